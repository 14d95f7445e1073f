"""Reads are answered when the replica is behind or cancels them."""

import datetime as dt

import psycopg
import pytest

import bookingdb
from bookingdb import Fallback
from tests.replicas.pair import Pair, server_of
from tests.shop import DAY
from tests.test_any_input import USUAL

AT_ONCE = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
READS = """
select p.oid::regproc::text, p.proargnames[:p.pronargs]
  from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace
   and p.prokind = 'f'
   and p.provolatile <> 'v'
   and (has_function_privilege('bookingdb_admin', p.oid, 'execute')
        or has_function_privilege('bookingdb_auditor', p.oid, 'execute')
        or has_function_privilege('bookingdb_dispatcher', p.oid, 'execute'))
"""
NOT_ON_A_STANDBY = ("25006", "55000", "0A000")


def test_lag_bound(pair: Pair) -> None:
    strict, reasons = pair.replicated(max_lag=AT_ONCE)
    lenient, none = pair.replicated(max_lag=HOUR)
    with pair.paused():
        pair.boss.execute("select pg_current_xact_id()")
        assert server_of(strict) == "primary"
        assert server_of(lenient) == "replica"
    assert reasons == [Fallback.BEHIND]
    assert none == []


def test_read_that_is_cancelled(pair: Pair) -> None:
    db, reasons = pair.replicated()

    def read(conn: psycopg.Connection[object]) -> bool:
        if conn is pair.replica:
            raise psycopg.errors.SerializationFailure("conflict with recovery")
        return True

    assert db.read(read)
    assert reasons == [Fallback.CONFLICT]
    with pytest.raises(psycopg.errors.QueryCanceled):  # the primary would take as long
        db.read(lambda conn: conn.execute("set statement_timeout = 1; select pg_sleep(60)"))
    pair.replica.execute("set statement_timeout = 0")


def test_every_read_works_on_a_standby(pair: Pair) -> None:
    """What the wrappers send there is what is not volatile."""
    reads = pair.boss.execute(READS).fetchall()
    assert len(reads) > 30
    usual = USUAL | {"p_business_id": "bookingdb.default_business_id()"}
    refused = []
    for function, names in reads:
        arguments = ", ".join(f"{n} => {usual[n]}" for n in names or [] if n in usual)
        try:
            pair.standby.execute(f"select * from {function}({arguments})".encode())
        except psycopg.Error as error:
            if error.sqlstate in NOT_ON_A_STANDBY or not str(error.sqlstate).startswith("ZB"):
                refused.append((function, error.sqlstate, str(error)))
    assert refused == []


def test_primary_is_gone(pair: Pair) -> None:
    with psycopg.connect(pair.primary.info.dsn, autocommit=True) as primary:
        db = bookingdb.Replicated(primary, pair.replica)
    assert len(bookingdb.available_slots(db, DAY, DAY)) == 6
    db.note_write()
    with pytest.raises(psycopg.OperationalError):  # nobody can tell whether the replica has it
        bookingdb.available_slots(db, DAY, DAY)
