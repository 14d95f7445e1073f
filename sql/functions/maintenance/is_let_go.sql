begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether all businesses with rows in a month of the audit log let it go, by the name of its
-- partition.
create function bookingdb.is_let_go(p_partition text)
returns boolean
language sql
stable
begin atomic
  select bookingdb.policy_hindrance(
           format('bookingdb.%I', p_partition)::regclass,
           (to_date(right(p_partition, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC'
         ) is null;
end;
comment on function bookingdb.is_let_go is 'Whether all businesses let a month of the audit log go.';

commit;
