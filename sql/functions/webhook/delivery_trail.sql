begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The chain of custody of a booking: each change and who made it, each endpoint that was to
-- hear of it, each attempt and what the receiver answered, oldest first. A change that nobody
-- subscribes to has a row without a delivery, a delivery that was not tried one without an
-- attempt. Raises ZB006 when there never was such a booking.
create function bookingdb.delivery_trail(
  p_booking_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  booking_version int, action_type bookingdb.booking_action, changed_at timestamptz,
  performed_by bookingdb.actor_kind, performed_by_id text, endpoint_id uuid, url text,
  webhook_id uuid, state bookingdb.delivery_state, due_at timestamptz, finished_at timestamptz,
  processed_at timestamptz, attempt_number int, started_at timestamptz, duration interval,
  status int, error bookingdb.webhook_error, answer text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select l.booking_version, l.action_type, l.created_at, l.performed_by, l.performed_by_id,
         d.endpoint_id, e.url, d.webhook_id, d.state, d.due_at, d.finished_at, d.processed_at,
         a.attempt_number, a.started_at, a.duration, a.status, a.error, a.answer
    from bookingdb.booking_audit_log l
    left join (
      -- The id is worked out first: under its policy a table is not searched for what a function
      -- makes of other rows.
      lateral (
        select w.*, bookingdb.webhook_id_of(w.endpoint_id, l.id) as webhook_id
          from bookingdb.webhook_endpoints w
         where w.business_id = l.business_id
        offset 0
      ) e
      join bookingdb.webhook_deliveries d using (business_id, endpoint_id, webhook_id)
    ) on true
    left join bookingdb.webhook_attempts a
      on a.business_id = d.business_id and a.webhook_id = d.webhook_id
   where l.business_id = p_business_id
     and l.booking_id = p_booking_id
   order by l.booking_version, e.created_at, e.endpoint_id, a.attempt_number;
  if not found then
    perform bookingdb.get_booking(p_booking_id, p_business_id);
  end if;
end $$;
comment on function bookingdb.delivery_trail is 'The chain of custody of a booking: change, actor, delivery, attempts, answers.';

commit;
