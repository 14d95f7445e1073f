begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Decides that a quarantined booking is not to be. It stays in the table, with the reason.
-- Locks: the quarantined row.
-- Raises ZB006, ZB008 when it is decided on already, ZB012 without a reason.
-- Returns the row.
create function bookingdb.discard_quarantined(
  p_quarantine_id uuid,
  p_reason text,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.booking_quarantine
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_row bookingdb.booking_quarantine;
begin
  if bookingdb.is_text(p_reason, 1000) is not true then
    perform bookingdb.fail('ZB012', 'It must not be blank or longer than 1000 characters.', 'p_reason');
  end if;
  perform bookingdb.lock_quarantined(p_quarantine_id, p_business_id);
  update bookingdb.booking_quarantine q
     set resolution = p_reason,
         resolved_at = bookingdb.clock_now()
   where q.business_id = p_business_id
     and q.quarantine_id = p_quarantine_id
  returning * into v_row;
  perform bookingdb.end_actor(v_outer);
  return v_row;
end $$;
comment on function bookingdb.discard_quarantined is 'Decides that a quarantined booking is not to be.';

commit;
