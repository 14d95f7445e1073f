begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012, naming what is wrong, for event types or fields that there are not, and for
-- lists of lists.
create function bookingdb.check_webhook_lists(p_event_types text[], p_fields text[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong text;
begin
  if cardinality(p_event_types) = 0 or array_ndims(p_event_types) > 1
     or cardinality(p_event_types) <> (select count(distinct t) from unnest(p_event_types) t) then
    perform bookingdb.fail('ZB012', 'Must name event types, each of them once.', 'p_event_types');
  end if;
  if array_ndims(p_fields) > 1 then
    perform bookingdb.fail('ZB012', 'Must be a plain list.', 'p_fields');
  end if;
  select t into v_wrong
    from unnest(p_event_types) as t
   where not exists (
     select from bookingdb.webhook_event_types() k where bookingdb.matches_event(t, k.event_type)
   )
   limit 1;
  if found then
    perform bookingdb.fail(
      'ZB012', format('No event is called %L; webhook_event_types() lists them.', v_wrong),
      'p_event_types');
  end if;
  select coalesce(f, 'NULL') into v_wrong
    from unnest(p_fields) as f
   where coalesce(f, '') <> all (array(select k.field from bookingdb.webhook_fields() k))
   limit 1;
  if found then
    perform bookingdb.fail(
      'ZB012', format('No field is called %L; webhook_fields() lists them.', v_wrong), 'p_fields');
  end if;
end $$;
comment on function bookingdb.check_webhook_lists is 'Raises ZB012 for event types or fields that there are not.';

commit;
