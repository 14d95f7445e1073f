begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Keeps the hashes of a partition that is about to be dropped to which something that stays is
-- chained: a later row, or the next change of a booking. A booking that went to another
-- business without a row there yet counts as one that goes on. Forgets those of earlier months
-- to which nothing that stays is chained any more.
create function bookingdb.cut_chains(p_partition regclass)
returns void
language plpgsql
as $$
begin
  execute format(
    'insert into bookingdb.audit_chain_cuts (business_id, booking_id, booking_version, hash)'
    ' select l.business_id, l.booking_id, l.booking_version, l.hash'
    '   from %1$s l'
    '  where not exists ('
    '    select from %1$s n'
    '     where n.business_id = l.business_id'
    '       and n.booking_id = l.booking_id'
    '       and n.previous_hash = l.hash)'
    '     on conflict do nothing', p_partition);
  delete from bookingdb.audit_chain_cuts c
   where not exists (
           select from bookingdb.bookings b
            where b.booking_id = c.booking_id
              and (b.business_id <> c.business_id or b.version = c.booking_version)
         )
     and not exists (
           select from bookingdb.booking_audit_log l
            where l.business_id = c.business_id
              and l.booking_id = c.booking_id
              and l.previous_hash = c.hash
              and l.tableoid <> p_partition
         );
end $$;
comment on function bookingdb.cut_chains is 'Keeps the hashes of a partition that is about to be dropped to which something is chained.';

commit;
