begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Keeps the last hash of each booking in a partition that is about to be dropped, where its
-- chain goes on, and forgets earlier ones of the same booking.
create function bookingdb.cut_chains(p_partition regclass)
returns void
language plpgsql
as $$
begin
  execute format(
    'insert into bookingdb.audit_chain_cuts (business_id, booking_id, booking_version, hash)'
    ' select distinct on (l.business_id, l.booking_id)'
    '        l.business_id, l.booking_id, l.booking_version, l.hash'
    '   from %s l'
    '   join bookingdb.bookings b using (business_id, booking_id)'
    '  order by l.business_id, l.booking_id, l.created_at desc, l.booking_version desc'
    '     on conflict do nothing', p_partition);
  delete from bookingdb.audit_chain_cuts c
   where not exists (
           select from bookingdb.bookings b
            where b.business_id = c.business_id and b.booking_id = c.booking_id
         )
      or exists (
           select from bookingdb.audit_chain_cuts later
            where later.business_id = c.business_id
              and later.booking_id = c.booking_id
              and later.booking_version > c.booking_version
         );
end $$;
comment on function bookingdb.cut_chains is 'Keeps the last hash of each booking in a partition that is about to be dropped.';

commit;
