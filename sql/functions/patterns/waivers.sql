begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Changes for which staff waived a policy of the business.
create function bookingdb.waivers(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'waived_policies', c.staff, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   where cardinality(c.waived) > 0
     and c.staff is not null;
end;
comment on function bookingdb.waivers is 'Changes for which staff waived a policy.';

commit;
