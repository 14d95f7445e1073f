begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings that hold a place in a slot that a refresh would make legacy or set below what
-- is booked, and how each is affected. Over a limit are those that came last. The caller gives
-- what planned_changes() says of the slot.
create function bookingdb.affected_bookings(
  p_business_id uuid, p_date date, p_time time, p_action bookingdb.refresh_action,
  p_max_bookings int, p_max_bouquets int
)
returns table (booking_id uuid, effect bookingdb.booking_effect)
language sql
stable
begin atomic
  select b.booking_id,
         case p_action when 'make_legacy' then 'kept_on_legacy' else 'over_limit'
         end::bookingdb.booking_effect
    from (
      select h.booking_id, h.created_at,
             count(*) over earlier as bookings,
             sum(h.bouquets) over earlier as bouquets
        from bookingdb.bookings h
       where h.business_id = p_business_id
         and h.date = p_date
         and h.time = p_time
         and bookingdb.holds_place(h.status)
      window earlier as (order by h.created_at, h.booking_id)
    ) b
   where p_action = 'make_legacy'
      or p_action in ('update', 'restore')
         and (b.bookings > p_max_bookings or b.bouquets > p_max_bouquets)
   order by b.created_at, b.booking_id;
end;
comment on function bookingdb.affected_bookings is 'The bookings of a slot that a refresh of the schedule affects, and how.';

commit;
