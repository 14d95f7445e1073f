begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What webhooks keep of changes that are about a customer: to whom, what, how it stands, and
-- each attempt with its answer.
create function bookingdb.export_deliveries(
  p_booking_ids uuid[],
  p_email text,
  p_business_id uuid
)
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_agg(
           to_jsonb(d) || jsonb_build_object(
             'url', e.url,
             'payload', convert_from(
               case when lower(p_email) <> any (array[  -- somebody else is in it, too
                      lower(l.old_values ->> 'customer_email'),
                      lower(l.new_values ->> 'customer_email')])
                 then bookingdb.booking_payload(
                        s, e.profile, e.fields, bookingdb.hidden_columns(e.fields))
                 else p.payload end, 'UTF8')::jsonb,
             'attempts', (
               select coalesce(jsonb_agg(to_jsonb(a) order by a.attempt_number), '[]')
                 from bookingdb.webhook_attempts a
                where a.business_id = d.business_id and a.webhook_id = d.webhook_id))
           order by s.booking_id, s.booking_version, e.endpoint_id), '[]')
    from bookingdb.changes_shown_to(p_booking_ids, p_email, p_business_id) s
    join bookingdb.booking_audit_log l using (business_id, booking_id, booking_version, created_at)
    join bookingdb.webhook_endpoints e using (business_id)
    join bookingdb.webhook_deliveries d
      on d.business_id = s.business_id
     and d.webhook_id = bookingdb.webhook_id_of(e.endpoint_id, s.id)
    join bookingdb.webhook_payloads p
      on p.business_id = d.business_id and p.webhook_id = d.webhook_id;
end;
comment on function bookingdb.export_deliveries is 'What webhooks keep of changes that are about a customer.';

commit;
