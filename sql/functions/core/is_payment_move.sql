begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a payment may go from p_from to p_to; from NULL are those in which one may begin.
create function bookingdb.is_payment_move(p_from bookingdb.payment_status, p_to bookingdb.payment_status)
returns boolean
language plpgsql
immutable parallel safe
as $$
begin
  if p_from is null then
    return p_to in ('pending', 'paid', 'failed');
  elsif p_from = 'pending' then
    return p_to in ('paid', 'failed');
  elsif p_from = 'failed' then
    return p_to in ('pending', 'paid');
  elsif p_from = 'paid' then
    return p_to = 'refunded';
  end if;
  return false;
end $$;
comment on function bookingdb.is_payment_move is 'True when a payment may go from one status to another; from NULL it begins.';

commit;
