begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the logs from p_from to before p_to know of bookings that came to nothing, of policies
-- that staff waived, and of webhooks that receivers refused.
create function bookingdb.report_failures(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (kind text, reason text, description text, happened_at timestamptz)
language sql
stable
begin atomic
  select 'booking', r.reason,
         case r.reason
           when 'waiting' then 'No place: put on the waiting list'
           when 'unserved' then 'Waited until the slot began: no place'
           when 'expired' then 'Hold ran out before it was confirmed'
           when 'payment_failed' then 'Payment failed'
         end,
         l.created_at
    from bookingdb.booking_audit_log l
   cross join lateral (
     select case l.action_type
              when 'created' then case when l.new_values ->> 'status' = 'waiting' then 'waiting' end
              when 'expired' then
                case l.old_values ->> 'status' when 'waiting' then 'unserved' else 'expired' end
              else l.action_type::text
            end
   ) as r (reason)
   where l.business_id = p_business_id
     and l.created_at >= p_from
     and l.created_at < p_to
     and l.action_type in ('created', 'expired', 'payment_failed')
     and r.reason is not null
  union all
  select 'waived', w.policy, 'Staff set it aside: ' || replace(w.policy, '_', ' '), l.created_at
    from bookingdb.booking_audit_log l
   cross join unnest(l.waived) as w (policy)
   where l.business_id = p_business_id
     and l.created_at >= p_from
     and l.created_at < p_to
     and l.waived is not null
  union all
  select 'webhook', coalesce(a.status::text, a.error::text),
         case when a.status is null then 'No answer: ' || replace(a.error::text, '_', ' ')
              else 'Receiver answered ' || a.status end,
         a.started_at
    from bookingdb.webhook_deliveries d
    join bookingdb.webhook_attempts a using (business_id, webhook_id)
   where d.business_id = p_business_id
     and d.created_at >= p_from
     and d.created_at < p_to
     and a.error is not null;
end;
comment on function bookingdb.report_failures is 'What the logs know of bookings and webhooks that came to nothing.';

commit;
