begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How much is older than a policy lets it be kept: bookings with personal data, deliveries,
-- or attempts.
create function bookingdb.count_expired(p_policy bookingdb.retention_policies)
returns bigint
language plpgsql
stable
as $$
declare
  v_before timestamptz := bookingdb.clock_now() - p_policy.keep;
begin
  if p_policy.kind = 'personal_data' then
    return (
      select count(*)
        from bookingdb.bookings b
        join bookingdb.time_slots s using (business_id, date, time)
       where b.business_id = p_policy.business_id
         and b.date <= (v_before at time zone 'UTC')::date + 1
         and bookingdb.is_past(b, s, v_before));
  end if;
  v_before := least(v_before, bookingdb.relayed_until());
  if p_policy.kind = 'deliveries' then
    return (
      select count(*)
        from bookingdb.webhook_deliveries d
       where d.business_id = p_policy.business_id
         and bookingdb.is_settled(d, v_before));
  end if;
  return (
    select count(*)
      from bookingdb.webhook_deliveries d
      join bookingdb.webhook_attempts a using (webhook_id, business_id)
     where d.business_id = p_policy.business_id
       and bookingdb.is_settled(d, v_before));
end $$;
comment on function bookingdb.count_expired is 'How much is older than a policy lets it be kept.';

commit;
