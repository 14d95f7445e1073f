begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Registers a file that a month of the audit log was exported to and that was read back: how
-- many rows it has, and the SHA-256 over their hashes in its order. Only a month that was
-- exported as it is can be dropped. Returns the entry. Raises ZB012 for a month that has no
-- partition or is not over, for a count or a digest that is not that of the log, and for a name
-- that is no text of at most 1000 characters.
create function bookingdb.record_audit_export(
  p_month date,
  p_row_count bigint,
  p_digest bytea,
  p_file text,
  p_actor jsonb default null
)
returns bookingdb.audit_exports
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_actor bookingdb.actor := bookingdb.current_actor();
  v_partition regclass := bookingdb.past_partition(p_month);
  v_stored record;
  v_export bookingdb.audit_exports;
begin
  perform bookingdb.refuse_bound('record_audit_export()');
  v_stored := bookingdb.partition_digest(v_partition);
  if p_row_count is distinct from v_stored.row_count then
    perform bookingdb.fail('ZB012', format('The log has %s rows of that month, not %s.',
                           v_stored.row_count, coalesce(p_row_count::text, 'NULL')), 'p_row_count');
  elsif p_digest is distinct from v_stored.digest then
    perform bookingdb.fail('ZB012', format('The log has the digest %s, not %s.',
                           encode(v_stored.digest, 'hex'),
                           coalesce(encode(p_digest, 'hex'), 'NULL')), 'p_digest');
  elsif p_file is null or not bookingdb.is_text(p_file, 1000) then
    perform bookingdb.fail('ZB012', 'Must be the name of a file.', 'p_file');
  end if;
  insert into bookingdb.audit_exports (month, row_count, digest, file, performed_by, performed_by_id)
  values (date_trunc('month', p_month::timestamp)::date, p_row_count, p_digest, p_file,
          v_actor.performed_by, v_actor.performed_by_id)
  returning * into v_export;
  perform bookingdb.end_actor(v_outer);
  return v_export;
end $$;
comment on function bookingdb.record_audit_export is 'Registers a file that a month of the audit log was exported to.';

commit;
