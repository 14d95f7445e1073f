begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A token that stands for all that is committed on this primary: a replica on which
-- has_replayed() says so shows it. Take it after the COMMIT: what this transaction has written
-- becomes visible by a record that is yet to come, so a token from within would promise too
-- much.
-- It is a position in the log as inserted, not as flushed: a commit that did not wait for the
-- disk is before it, too.
-- Raises active_sql_transaction (25001) in a transaction that has written, and what PostgreSQL
-- raises on a standby (55000).
create function bookingdb.write_token()
returns pg_lsn
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_position pg_lsn := pg_current_wal_insert_lsn();
  v_bytes numeric := v_position - '0/0'::pg_lsn;
begin
  if pg_current_xact_id_if_assigned() is not null then
    raise exception using
      errcode = 'active_sql_transaction',
      message = 'write_token() was called before COMMIT',
      detail = 'Nobody sees yet what this transaction has written, and no token stands for it.',
      hint = 'Commit, and call it then.';
  end if;
  -- Where the last record filled its page, this is after the header of the next one, which a
  -- replica reaches only with another record.
  return v_position - case
    when v_bytes % pg_size_bytes(current_setting('wal_segment_size')) = 40 then 40
    when v_bytes % current_setting('wal_block_size')::int = 24 then 24
    else 0
  end;
end $$;
comment on function bookingdb.write_token is 'A token that stands for all that is committed on this primary.';

commit;
