begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Compares lines of an exported audit log with what is stored. p_rows: an array of at most
-- 10,000 of them. Returns the places in it, from 1, of those that are not, in every field but
-- the transaction, a row of the log; none when all are. Raises ZB012 for anything but an array
-- of rows.
create function bookingdb.differing_changes(p_rows jsonb)
returns setof int
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set bytea_output = 'hex'
as $$
begin
  if p_rows is null or jsonb_typeof(p_rows) <> 'array' or jsonb_array_length(p_rows) > 10000 then
    perform bookingdb.fail('ZB012', 'Must be an array of at most 10000 rows.', 'p_rows');
  end if;
  return query
    with line as materialized (
      select r.n::int as n, r.value, k.business_id, k.booking_id, k.booking_version, k.created_at
        from jsonb_array_elements(p_rows) with ordinality as r (value, n)
       cross join lateral jsonb_to_record(
         case jsonb_typeof(r.value) when 'object' then r.value else '{}' end
       ) as k (business_id uuid, booking_id uuid, booking_version int, created_at timestamptz)
    )
    select i.n
      from line i
      left join bookingdb.booking_audit_log l
        on l.business_id = i.business_id
       and l.booking_id = i.booking_id
       and l.booking_version = i.booking_version
       and l.created_at = i.created_at
     where to_jsonb(l) - 'xid' is distinct from i.value
     order by i.n;
exception
  when data_exception then
    perform bookingdb.fail('ZB012', format('Not rows of the audit log: %s.', sqlerrm), 'p_rows');
end $$;
comment on function bookingdb.differing_changes is 'Which lines of an exported audit log are not what is stored.';

commit;
