begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Seals what was committed to the audit log since the last time: a Merkle root over the rows of
-- each business, chained to its seal before, kept here, and sent out as the event audit.sealed.
-- So who receives the webhooks holds what nobody here can change any more. maintain() runs it;
-- 10,000 rows at most go into one seal. Locks: the cursor; a second call waits. Returns
-- the new seals; none when there was nothing to seal.
create function bookingdb.seal_audit()
returns table (
  business_id uuid, seal_number int, sealed_at timestamptz, row_count int, root bytea, hash bytea
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_cursor bookingdb.audit_seal_cursor;
  v_seen pg_snapshot;
  v_page record;
begin
  perform bookingdb.refuse_bound('seal_audit()');
  select * into strict v_cursor from bookingdb.audit_seal_cursor for update;
  v_seen := bookingdb.others_snapshot();
  for v_page in
    select u.business_id, u.page, array_agg(u.id order by u.n) as ids,
           array_agg(u.hash order by u.n) as hashes,
           min(u.created_at) as first_at, max(u.created_at) as last_at
      from (
        select c.business_id, c.id, c.hash, c.created_at, n, (n - 1) / 10000 as page
          from (
            select c.business_id, c.id, c.hash, c.created_at,
                   row_number() over (partition by c.business_id order by c.created_at, c.id) as n
              from bookingdb.unsealed_changes(v_cursor, v_seen) c
          ) c
      ) u
     group by u.business_id, u.page
     order by u.business_id, u.page
  loop
    return query
      select s.business_id, s.seal_number, s.sealed_at, s.row_count, s.root, s.hash
        from bookingdb.add_seal(v_page.business_id, v_page.ids, v_page.hashes, v_page.first_at,
                                v_page.last_at) s;
  end loop;
  update bookingdb.audit_seal_cursor c
     set seen = v_seen,
         restored_at = case when i.is_same then c.restored_at else now() end,
         restored_xmax = case when i.is_same then c.restored_xmax else pg_current_xact_id() end,
         system_identifier = i.system_identifier
    from (
      select s.system_identifier, s.system_identifier = v_cursor.system_identifier as is_same
        from pg_control_system() s
    ) i;
end $$;
comment on function bookingdb.seal_audit is 'Seals what was committed to the audit log since the last time.';

commit;
