begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- For how long a delivery could have been sent, while no dispatcher sends anything. One that
-- sleeps holds the lock of announce_sleep(); one that works holds leases.
create function bookingdb.measure_dispatcher()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := bookingdb.clock_now();
  v_due_at timestamptz;
  v_sleeps boolean;
begin
  if exists (
    select
      from bookingdb.webhook_endpoints e
     cross join lateral (
       select d.claim_id
         from bookingdb.webhook_deliveries d
        where d.business_id = e.business_id
          and d.endpoint_id = e.endpoint_id
          and d.state = 'pending'
          and d.due_at > v_now
        order by d.due_at
        limit 1000
     ) d
     where d.claim_id is not null
  ) then
    return (0, 'A dispatcher is sending.', null, null)::bookingdb.health_reading;
  end if;
  select min(greatest(d.due_at, e.next_at))
    into v_due_at
    from bookingdb.open_endpoints(v_now, 1) e
   cross join lateral bookingdb.due_deliveries(e.business_id, e.endpoint_id, v_now, 1) d;
  v_sleeps := exists (
    select
      from pg_locks l
     where l.locktype = 'advisory'
       and l.database = (select d.oid from pg_database d where d.datname = current_database())
       and (l.classid, l.objid, l.objsubid) = (2026, 1122, 2)
       and l.mode = 'ShareLock'
       and not exists (  -- a cache of availability, which holds this one as well
         select
           from pg_locks c
          where c.pid = l.pid
            and c.locktype = 'advisory'
            and (c.classid, c.objid, c.objsubid) = (2026, 1123, 2)
       ));
  return (
    coalesce(round(greatest(extract(epoch from v_now - v_due_at), 0)), 0),
    format(case when v_due_at is null then 'Nothing is due, and %2$s.'
             else 'A delivery has been due since %1$s, and %2$s.' end,
           date_trunc('second', v_due_at),
           case when v_sleeps then 'a dispatcher sleeps' else 'no dispatcher listens' end),
    'bookingdb dispatch sends: start it, or read in its log why it does not.', null)::bookingdb.health_reading;
end $$;
comment on function bookingdb.measure_dispatcher is 'For how long no dispatcher has sent what is due.';

commit;
