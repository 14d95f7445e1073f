begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Removes what the policies of all businesses let go: personal data of bookings, attempts and
-- deliveries of webhooks, whole months of the audit log. A month goes when every business with
-- rows in it lets it go, and when it is relayed, delivered, sealed and exported.
-- So that transactions stay short, a call removes one kind only, at most p_limit of it or one
-- month: call it until no outcome is `gone`. Several at once do not get in each other's way.
-- Returns what went; with p_dry_run all that would go, without a limit; and the month that has
-- to stay although a business lets it go, with the reason.
-- Locks: as erase_customer(), or the relay's cursor and then deliveries, passing over those
-- that are locked; or as drop_audit_partition(). Raises ZB012: p_limit not from 1 to 100000;
-- 42501 for a login that is bound to businesses.
create function bookingdb.apply_retention(
  p_dry_run boolean default true,
  p_limit int default 1000,
  p_actor jsonb default null
)
returns table (
  business_id uuid, kind bookingdb.retention_kind, object text, row_count bigint,
  outcome bookingdb.retention_outcome, reason text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_policy bookingdb.retention_policies;
  v_left int := p_limit;
begin
  perform bookingdb.refuse_bound('apply_retention()');
  if p_limit is null or p_limit not between 1 and 100000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 100000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  perform bookingdb.check_dry_run(p_dry_run);
  outcome := case when p_dry_run then 'would_go' else 'gone' end::bookingdb.retention_outcome;
  for v_policy in
    select * from bookingdb.retention_policies r
     where r.kind <> 'audit'
     order by r.kind, r.business_id
  loop
    exit when v_left < p_limit and (v_left <= 0 or v_policy.kind <> kind);
    business_id := v_policy.business_id;
    kind := v_policy.kind;
    object := case kind when 'personal_data' then 'bookings' else 'webhook_' || kind end;
    if p_dry_run then
      row_count := bookingdb.count_expired(v_policy);
    else
      row_count := bookingdb.remove_expired(v_policy, v_left)::bigint;
      v_left := v_left - row_count::int;
    end if;
    if row_count > 0 then
      return next;
    end if;
  end loop;
  if v_left = p_limit then
    return query
      select null::uuid, 'audit'::bookingdb.retention_kind, m.object, m.row_count, m.outcome, m.reason
        from bookingdb.drop_next_month(p_dry_run) m;
  end if;
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.apply_retention is 'Removes what the policies of all businesses let go.';

commit;
