begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What staff did from p_night_from to before p_night_to by the clocks of the business.
create function bookingdb.changes_at_night(
  p_from timestamptz, p_to timestamptz, p_night_from time, p_night_to time, p_time_zone text,
  p_business_id uuid
)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'night_changes', c.staff, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (select (c.changed_at at time zone p_time_zone)::time) as l (local)
   where c.staff is not null
     and case when p_night_from <= p_night_to
              then l.local >= p_night_from and l.local < p_night_to
              else l.local >= p_night_from or l.local < p_night_to end;
end;
comment on function bookingdb.changes_at_night is 'What staff did at night.';

commit;
