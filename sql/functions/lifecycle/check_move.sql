begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB008 unless a booking may move from p_from (NULL: begin) to p_to.
create function bookingdb.check_move(p_from bookingdb.booking_status, p_to bookingdb.booking_status)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not bookingdb.is_status_move(p_from, p_to) then
    perform bookingdb.fail('ZB008', format('A booking cannot go from %s to %s.',
                           coalesce(p_from::text, 'nothing'), p_to));
  end if;
end $$;
comment on function bookingdb.check_move is 'Raises ZB008 unless a booking may move between two statuses.';

commit;
