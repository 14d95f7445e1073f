begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Removes what is older than a policy lets it be kept: at most p_limit bookings' personal data,
-- deliveries, or attempts. Returns how many.
create function bookingdb.remove_expired(p_policy bookingdb.retention_policies, p_limit int)
returns int
language plpgsql
as $$
begin
  if p_policy.kind = 'personal_data' then
    return bookingdb.erase_past_bookings(
      bookingdb.clock_now() - p_policy.keep, p_limit, p_policy.business_id);
  elsif p_policy.kind = 'attempts' then
    return bookingdb.purge_attempts(
      bookingdb.clock_now() - p_policy.keep, p_limit, p_policy.business_id);
  end if;
  return bookingdb.purge_finished(
    bookingdb.settle_before(p_policy.keep), p_limit, p_policy.business_id);
end $$;
comment on function bookingdb.remove_expired is 'Removes what is older than a policy lets it be kept.';

commit;
