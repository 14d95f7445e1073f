begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What an endpoint with these fields is not sent of these changes: all that is in them but those
-- fields and the ids, also columns that are new, or that there are no more.
create function bookingdb.hidden_columns(p_changes bookingdb.booking_audit_log[], p_fields text[])
returns text[]
language sql
stable
begin atomic
  select array(
    select k.name
      from unnest(p_changes) as c
     cross join lateral jsonb_object_keys(coalesce(c.new_values, c.old_values)) as k (name)
    except
    select unnest(p_fields || '{business_id,booking_id}'::text[]));
end;
comment on function bookingdb.hidden_columns is 'What an endpoint is not sent of changes.';

commit;
