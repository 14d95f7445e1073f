begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The instant before which finished deliveries may go that are older than p_older_than: no
-- later than the first change that is not relayed. From then on neither reconcile() nor the
-- relay after a restore looks for deliveries of earlier events, of any business: all of these
-- were relayed, so what is not there was purged, and is not sent again. Holds the relay up.
create function bookingdb.settle_before(p_older_than interval)
returns timestamptz
language plpgsql
as $$
declare
  v_before timestamptz;
begin
  perform bookingdb.hold_relay();
  v_before := least(bookingdb.clock_now() - p_older_than, bookingdb.relayed_until());
  update bookingdb.relay_cursor c
     set settled_before = v_before
   where c.settled_before < v_before;
  return v_before;
end $$;
comment on function bookingdb.settle_before is 'The instant before which finished deliveries may go.';

commit;
