begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB003 for more bouquets than a slot takes even when it is empty.
create function bookingdb.check_slot_size(p_business_id uuid, p_date date, p_time time, p_bouquets int)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.fail('ZB003', format('The slot on %s at %s takes %s bouquets in all, not %s.',
                                         p_date, p_time, s.max_bouquets, p_bouquets))
     from bookingdb.time_slots s
    where s.business_id = p_business_id
      and s.date = p_date
      and s.time = p_time
      and s.max_bouquets < p_bouquets;
end $$;
comment on function bookingdb.check_slot_size is 'Raises ZB003 for more bouquets than a slot takes even when it is empty.';

commit;
