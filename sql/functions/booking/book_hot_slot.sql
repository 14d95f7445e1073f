begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- create_booking_safe() for a slot that very many want at once, with the same arguments and
-- errors. The lock of the slot is let go before the booking is on disk, the answer is given
-- after. In between others see the booking, and a crash undoes it: nobody was told of it.
--
-- It makes two commits, so it runs outside of a transaction, in autocommit mode. What
-- set_actor() says of a transaction does not reach it; p_actor does. An error after the first
-- commit (a cancelled call, a lost connection) leaves the booking made, as at any COMMIT: call
-- again with the same p_idempotency_key. Both synchronous_commit = off and on mean on here;
-- another setting is kept.
--
-- Locks: as create_booking_safe, up to the first commit, which waits for no disk.
-- Raises what create_booking_safe raises, and, before anything is done, 25001: inside a
-- transaction, or in a procedure that has something to commit.
-- Returns the booking.
create procedure bookingdb.book_hot_slot(
  p_date date,
  p_time time,
  p_bouquets int,
  p_customer_name text,
  p_customer_email text,
  p_customer_phone text default null,
  p_payment_method bookingdb.payment_method default 'pay_on_arrival',
  p_notes text default null,
  p_idempotency_key text default null,
  p_hold_for interval default null,
  p_external_reference text default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id(),
  inout booking bookingdb.bookings default null
)
language plpgsql
security invoker  -- with another, or with a SET clause, it could not commit: so all names in full
as $$
declare
  v_never pg_catalog.text;
  v_here pg_catalog.text;
begin
  -- A block with a handler cannot commit, and PostgreSQL says why: because of the block, or, as
  -- in a DO that is no statement of its own, because of what is around it. In whatever language:
  -- how the latter reads is learnt once a session.
  v_never := pg_catalog.current_setting('bookingdb.never_commits', true);
  if coalesce(v_never, '') operator(pg_catalog.=) '' then
    begin
      do 'begin commit; end';
    exception when invalid_transaction_termination then
      v_never := sqlerrm;
    end;
    perform pg_catalog.set_config('bookingdb.never_commits', v_never, false);
  end if;
  begin
    commit;
  exception when invalid_transaction_termination then
    v_here := sqlerrm;
  end;
  if v_here operator(pg_catalog.=) v_never
    or pg_catalog.pg_current_xact_id_if_assigned() is not null
  then
    raise exception using
      errcode = 'active_sql_transaction',
      message = 'book_hot_slot cannot run inside a transaction block',
      detail = 'It commits, and would commit what was done before.',
      hint = 'Call it in autocommit mode, or use create_booking_safe() inside a transaction.';
  end if;

  set local synchronous_commit = off;
  booking := bookingdb.create_booking_safe(
    p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
    p_payment_method, p_notes, p_idempotency_key, p_hold_for, p_external_reference, p_actor,
    p_business_id);
  commit;

  -- The setting is the session's again. To flush this commit is to flush the one before, or that
  -- of whoever made the booking that was found by its key; many callers share one flush.
  if pg_catalog.current_setting('synchronous_commit') operator(pg_catalog.=) 'off' then
    set local synchronous_commit = on;
  end if;
  perform pg_catalog.pg_logical_emit_message(true, 'bookingdb', '');
  commit;
end $$;
comment on procedure bookingdb.book_hot_slot is 'Books in a slot that very many want at once; makes two commits.';

commit;
