begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a booking may go from p_from to p_to; from NULL are those in which one may begin.
-- A cancelled booking never comes back. An expired hold may have its place again, if it is
-- free; completed and no_show can be corrected into each other.
create function bookingdb.is_status_move(p_from bookingdb.booking_status, p_to bookingdb.booking_status)
returns boolean
language plpgsql
immutable parallel safe
as $$
begin
  if p_from is null then
    return p_to in ('waiting', 'held', 'confirmed');
  elsif p_from = 'waiting' then
    return p_to in ('held', 'cancelled', 'expired');
  elsif p_from = 'held' then
    return p_to in ('confirmed', 'cancelled', 'expired');
  elsif p_from = 'expired' then
    return p_to in ('held', 'confirmed');
  elsif p_from = 'confirmed' then
    return p_to in ('cancelled', 'completed', 'no_show');
  elsif p_from = 'completed' then
    return p_to = 'no_show';
  elsif p_from = 'no_show' then
    return p_to = 'completed';
  end if;
  return false;
end $$;
comment on function bookingdb.is_status_move is 'True when a booking may go from one status to another; from NULL it begins.';

commit;
