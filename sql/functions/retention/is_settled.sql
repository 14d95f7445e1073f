begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for a delivery that was queued and finished before an instant.
create function bookingdb.is_settled(p_delivery bookingdb.webhook_deliveries, p_before timestamptz)
returns boolean
language sql
immutable
begin atomic
  select p_delivery.created_at < p_before and p_delivery.finished_at < p_before;
end;
comment on function bookingdb.is_settled is 'True for a delivery that was queued and finished before an instant.';

commit;
