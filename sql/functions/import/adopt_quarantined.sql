begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Books a quarantined booking after all: where it was, once there is room, or in another slot,
-- or with another quantity.
-- Locks: the quarantined row, then as create_booking_safe.
-- Raises ZB001 to ZB005 and ZB014 when it has no place there either, ZB006, ZB008 when it is
-- decided on already, ZB012.
-- Returns the booking.
create function bookingdb.adopt_quarantined(
  p_quarantine_id uuid,
  p_date date default null,
  p_time time default null,
  p_bouquets int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_row bookingdb.booking_quarantine
    := bookingdb.lock_quarantined(p_quarantine_id, p_business_id);
begin
  select b.booking_id into v_row.booking_id
    from bookingdb.book_imported(
           v_row.request || jsonb_strip_nulls(
             jsonb_build_object('date', p_date, 'time', p_time, 'bouquets', p_bouquets)),
           format('import %s row %s', v_row.source, v_row.row_number), p_business_id) b;
  update bookingdb.booking_quarantine q
     set booking_id = v_row.booking_id,
         resolution = 'adopted',
         resolved_at = bookingdb.clock_now()
   where q.business_id = p_business_id
     and q.quarantine_id = p_quarantine_id;
  perform bookingdb.end_actor(v_outer);
  return bookingdb.get_booking(v_row.booking_id, p_business_id);
end $$;
comment on function bookingdb.adopt_quarantined is 'Books a quarantined booking after all.';

commit;
