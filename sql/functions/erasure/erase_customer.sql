begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal data of the customer with this e-mail, whatever its case, out of bookings
-- (a booking that changed hands: out of what was about him), the audit log, whose hashes still
-- hold, webhook payloads and answers, the waiting list and the quarantine. What stays is that
-- there were bookings, and a tombstone. Rows that others keep stay, as docs/erasure.md says.
-- p_reason is kept, and must not contain the e-mail. p_open_bookings: whether open bookings
-- refuse it, are kept without a name, or are cancelled; who waits is taken off the list.
-- Locks: the quarantined rows, the slots, the bookings, the endpoints, the relay, deliveries.
-- Returns the tombstone; receipt, which is kept nowhere: is_erasure_of() can show by it whose
-- data they were; kept_mentions: in how many rows the e-mail still stands, such as in a
-- reason. When there is nothing to erase, nothing is written: NULLs, and counts of 0.
-- Raises ZB007 when a booking was moved or deleted meanwhile, ZB012, ZB019 open bookings.
create function bookingdb.erase_customer(
  p_email text,
  p_reason text,
  p_open_bookings bookingdb.open_bookings default 'refuse',
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id(),
  out erasure_id uuid, out erased_at timestamptz, out reason text,
  out performed_by bookingdb.actor_kind, out performed_by_id text, out subject_digest bytea,
  out booking_count int, out change_count int, out delivery_count int, out attempt_count int,
  out other_count int, out changes_digest bytea, out receipt uuid, out kept_mentions bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_inner text;
  v_ids uuid[];
  v_receipt uuid := gen_random_uuid();
  v_erasure bookingdb.erasures;
begin
  perform bookingdb.check_erasure(p_email, p_reason, p_open_bookings, p_business_id);
  v_inner := bookingdb.begin_erasure(p_reason);
  perform bookingdb.lock_imports(p_email, p_business_id);
  v_ids := bookingdb.bookings_of_customer(p_email, p_business_id);
  perform bookingdb.lock_bookings(v_ids, p_business_id);
  perform bookingdb.settle_open_bookings(v_ids, p_open_bookings, p_email, p_business_id);
  v_erasure := bookingdb.erase_bookings(
    v_ids, p_reason, bookingdb.subject_digest(v_receipt, p_email), p_business_id, p_email);
  perform bookingdb.end_actor(v_inner);
  perform bookingdb.end_actor(v_outer);
  select v_erasure.erasure_id, v_erasure.erased_at, v_erasure.reason, v_erasure.performed_by,
         v_erasure.performed_by_id, v_erasure.subject_digest,
         coalesce(v_erasure.booking_count, 0), coalesce(v_erasure.change_count, 0),
         coalesce(v_erasure.delivery_count, 0), coalesce(v_erasure.attempt_count, 0),
         coalesce(v_erasure.other_count, 0), v_erasure.changes_digest,
         case when v_erasure.erasure_id is not null then v_receipt end,
         coalesce(sum(m.mention_count), 0)::bigint
    into erasure_id, erased_at, reason, performed_by, performed_by_id, subject_digest,
         booking_count, change_count, delivery_count, attempt_count, other_count,
         changes_digest, receipt, kept_mentions
    from bookingdb.mentions_of(p_email, p_business_id) m;
end $$;
comment on function bookingdb.erase_customer is 'Takes the personal data of a customer out of everything, and writes a tombstone.';

commit;
