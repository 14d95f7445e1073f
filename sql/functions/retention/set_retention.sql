begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says how long a business keeps personal data of bookings (from the end of their slot), the
-- audit log (from the end of its month), deliveries, or their attempts alone (from when the
-- delivery was finished). NULL: for ever. What is older goes with the next maintain().
-- Returns the policies that hold now. Raises ZB012 for an unknown business, no p_kind, and a
-- p_keep not from 1 day (of the audit log 30 days) to 100 years.
create function bookingdb.set_retention(
  p_kind bookingdb.retention_kind,
  p_keep interval,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.retention_policies
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_least interval := case p_kind when 'audit' then interval '30 days' else interval '1 day' end;
begin
  perform bookingdb.get_business(p_business_id);
  if p_kind is null then
    perform bookingdb.fail('ZB012', 'Must say what is kept, not NULL.', 'p_kind');
  elsif p_keep not between v_least and interval '100 years' then
    perform bookingdb.fail('ZB012', format('Must be from %s to 100 years, not %s.', v_least, p_keep),
                           'p_keep');
  elsif p_keep is null then
    delete from bookingdb.retention_policies r
     where r.business_id = p_business_id
       and r.kind = p_kind;
  else
    insert into bookingdb.retention_policies as r (business_id, kind, keep)
    values (p_business_id, p_kind, p_keep)
    on conflict (business_id, kind) do update set keep = excluded.keep;
  end if;
  perform bookingdb.end_actor(v_outer);
  return query select * from bookingdb.get_retention(p_business_id);
end $$;
comment on function bookingdb.set_retention is 'Says how long a business keeps what.';

commit;
