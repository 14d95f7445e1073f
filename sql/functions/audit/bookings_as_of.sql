begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings of a date as they were at p_at: of those that have this date now, and of those
-- that left it since, which the log of the business since then tells.
create function bookingdb.bookings_as_of(p_business_id uuid, p_date date, p_at timestamptz)
returns setof bookingdb.bookings
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select s.*
      from (
        select b.booking_id
          from bookingdb.bookings b
         where b.business_id = p_business_id
           and b.date = p_date
        union
        select l.booking_id
          from bookingdb.booking_audit_log l
         where l.business_id = p_business_id
           and l.created_at > p_at
           and l.old_values -> 'date' = to_jsonb(p_date)
           and l.new_values -> 'date' is distinct from to_jsonb(p_date)
      ) c
     cross join lateral bookingdb.booking_state(p_business_id, c.booking_id, p_at) s
     where s.date = p_date;
end $$;
comment on function bookingdb.bookings_as_of is 'The bookings of a date as they were at an instant.';

commit;
