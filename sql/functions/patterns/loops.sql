begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Bookings that were cancelled within p_loop_within of being made, not by staff, by e-mail and
-- address.
create function bookingdb.loops(
  p_from timestamptz, p_to timestamptz, p_loop_within interval, p_business_id uuid
)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'book_and_cancel', s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (values (c.email), (c.address)) as s (subject)
   where c.action_type = 'cancelled'
     and not c.is_staff
     and c.changed_at - (c.row_values ->> 'created_at')::timestamptz <= p_loop_within
     and s.subject is not null;
end;
comment on function bookingdb.loops is 'Bookings that were cancelled soon after they were made.';

commit;
