begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Holds that ran out ten minutes ago or longer and are not swept, up to 1000 of each business.
create function bookingdb.measure_expired_holds()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return (
    select (
             count(*),
             case count(*) when 0 then 'All holds that ran out are expired.'
               else format('Holds that ran out ten minutes ago or more: %s, of businesses: %s, the first at %s.',
                           count(*), count(distinct h.business_id), date_trunc('second', min(h.hold_expires_at)))
             end,
             'bookingdb expire --all expires them and offers their places; let bookingdb worker run, or cron'
             ' every minute.',
             null)::bookingdb.health_reading
      from bookingdb.businesses v
     cross join lateral (
       select b.business_id, b.hold_expires_at
         from bookingdb.bookings b
        where b.business_id = v.business_id
          and b.status = 'held'
          and b.hold_expires_at <= bookingdb.clock_now() - interval '10 minutes'
        limit 1000
     ) h);
end $$;
comment on function bookingdb.measure_expired_holds is 'Holds that ran out and are not swept.';

commit;
