begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Places that are held.
create function bookingdb.metrics_of_holds(p_listed uuid[])
returns table (name text, labels jsonb, value double precision)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := bookingdb.clock_now();
begin
  return query
  select 'bookingdb_holds',
         bookingdb.business_label(b.business_id, p_listed) || jsonb_build_object('state', s.state),
         coalesce(sum(h.count), 0)::double precision
    from bookingdb.businesses b
   cross join (values ('live'), ('run_out')) as s (state)
    left join (
      select o.business_id,
             case when o.hold_expires_at > v_now then 'live' else 'run_out' end as state,
             count(*)
        from bookingdb.bookings o
       where o.status = 'held'
       group by 1, 2
    ) h on h.business_id = b.business_id and h.state = s.state
   group by 2;
end $$;
comment on function bookingdb.metrics_of_holds is 'Metrics: places that are held.';

commit;
