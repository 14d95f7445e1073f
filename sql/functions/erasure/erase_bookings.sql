begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal data out of bookings, deleted ones too: their rows, their audit rows, what
-- webhooks keep of them; and writes the tombstone. p_email: only what is about that customer,
-- and what the quarantine has of him; NULL: everything.
-- Locks: the quarantined rows, the slots, the bookings, the endpoints, the relay, deliveries.
-- Returns the tombstone; a row of NULLs, and nothing is written, when there was nothing left.
-- Raises ZB007 when a booking was moved or deleted meanwhile.
create function bookingdb.erase_bookings(
  p_booking_ids uuid[],
  p_reason text,
  p_subject_digest bytea,
  p_business_id uuid,
  p_email text default null
)
returns bookingdb.erasures
language plpgsql
as $$
declare
  v_outer text := bookingdb.begin_erasure(p_reason);
  v_actor bookingdb.actor := bookingdb.current_actor();
  v_imports uuid[] := bookingdb.lock_imports(p_email, p_business_id);
  v_id uuid := gen_random_uuid();
  v_changes record;
  v_row_ids uuid[];
  v_deliveries record;
  v_orphans record;
  v_other_count int;
  v_erasure bookingdb.erasures;
begin
  perform bookingdb.lock_bookings(p_booking_ids, p_business_id);
  perform bookingdb.end_waits(p_booking_ids, p_email, p_business_id);
  perform bookingdb.lock_webhooks(p_business_id);
  -- The log first: so the rows that this writes to it, saying that it was, stay as they are.
  v_changes := bookingdb.erase_changes(p_booking_ids, p_email, v_id, p_business_id);
  v_row_ids := bookingdb.erase_rows(p_booking_ids, p_email, v_id, p_business_id);
  v_deliveries := bookingdb.erase_deliveries(p_booking_ids, v_id, p_business_id);
  v_orphans := bookingdb.erase_orphans(p_booking_ids, p_email, p_business_id);
  v_other_count := bookingdb.erase_imports(v_imports, p_email, p_business_id);
  if v_changes.change_count + cardinality(v_row_ids) + v_other_count > 0 then
    insert into bookingdb.erasures (
      business_id, erasure_id, reason, performed_by, performed_by_id, subject_digest,
      booking_count, change_count, delivery_count, attempt_count, other_count, changes_digest
    )
    select p_business_id, v_id, p_reason, v_actor.performed_by, v_actor.performed_by_id,
           p_subject_digest, count(distinct b.booking_id), v_changes.change_count,
           v_deliveries.delivery_count + v_orphans.delivery_count,
           v_deliveries.attempt_count + v_orphans.attempt_count, v_other_count,
           v_changes.changes_digest
      from unnest(v_changes.booking_ids || v_row_ids) as b (booking_id)
    returning * into v_erasure;
  end if;
  perform bookingdb.end_actor(v_outer);
  return v_erasure;
end $$;
comment on function bookingdb.erase_bookings is 'Takes the personal data out of bookings, and writes the tombstone.';

commit;
