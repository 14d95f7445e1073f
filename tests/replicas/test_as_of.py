"""What an answer of available_slots() says of its age is true, on both servers."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

import bookingdb
from tests.races.concurrency import wait_until
from tests.replicas.pair import Pair
from tests.shop import DAY, Shop
from tests.support import rewrite, scalar

NOW = "select clock_timestamp()"


def answer(conn: psycopg.Connection[object], day: dt.date) -> tuple[int, dt.datetime]:
    """Places in the first slot of a day, and as of when."""
    (slot, *_) = bookingdb.available_slots(conn, day, day)
    assert slot.as_of is not None
    return slot.remaining_bookings, slot.as_of


def test_on_a_primary(shop: Shop) -> None:
    before = scalar(shop.conn, NOW)
    slots = bookingdb.available_slots(shop.conn, DAY, DAY, include_full=True)
    (as_of,) = {slot.as_of for slot in slots}
    assert as_of is not None
    assert before < as_of < scalar(shop.conn, NOW)


def test_a_transaction_that_sees_the_past(shop: Shop) -> None:
    shop.conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with shop.conn.transaction():
        shop.conn.execute("select 1 from bookingdb.time_slots limit 1")
        later = scalar(shop.conn, NOW)
        assert answer(shop.conn, DAY)[1] < later
    shop.conn.isolation_level = None


def test_counted_anew_where_counters_differ(shop: Shop) -> None:
    """The other of the two queries behind it."""
    shop.book(hold_for=dt.timedelta(minutes=5))
    query = "update bookingdb.bookings set hold_expires_at = clock_timestamp()"
    shop.conn.execute(query)
    before = scalar(shop.conn, NOW)
    remaining, as_of = answer(shop.conn, DAY)
    assert remaining == 3
    assert as_of > before - dt.timedelta(seconds=1)


def claims_too_much(pair: Pair, day: dt.date) -> bool:
    """Whether the standby, which replays nothing, calls an answer newer than what it lacks."""
    with pair.paused():
        Shop(pair.primary).book(date=day)
        booked_at: dt.datetime = scalar(pair.boss, NOW)
        pair.boss.execute("select pg_current_xact_id()")
        remaining, as_of = answer(pair.replica, day)
        assert remaining == 3
        lag = bookingdb.replica_lag(pair.replica)
        assert lag.lag is not None
        assert lag.lag > dt.timedelta()
        return as_of >= booked_at


def test_on_a_standby(pair: Pair) -> None:
    assert not claims_too_much(pair, DAY)
    now = scalar(pair.boss, NOW)
    pair.boss.execute("select pg_current_xact_id()")
    wait_until(lambda: answer(pair.replica, DAY)[1] >= now, "the standby to be as new as that")
    assert answer(pair.replica, DAY)[0] == 2


@contextmanager
def a_wrong_clock(pair: Pair) -> Iterator[None]:
    """An as_of that is the standby's own present."""
    rewrite(pair.boss, "available_slots", "bookingdb.replayed_at()", "statement_timestamp()")
    yield
    rewrite(
        pair.boss,
        "available_slots",
        "when pg_is_in_recovery() then statement_timestamp()",
        "when pg_is_in_recovery() then bookingdb.replayed_at()",
    )


def test_too_much_would_be_seen(pair: Pair) -> None:
    """The control."""
    with a_wrong_clock(pair):
        assert claims_too_much(pair, DAY + dt.timedelta(1))


def test_a_standby_does_not_know_how_old_the_past_is(pair: Pair) -> None:
    pair.boss.execute("select pg_current_xact_id()")
    pair.catch_up()
    pair.replica.execute("set default_transaction_isolation = 'repeatable read'")
    (slot, *_) = bookingdb.available_slots(pair.replica, DAY, DAY)
    assert slot.as_of is None
    assert bookingdb.replica_lag(pair.replica).lag is None
    assert not bookingdb.has_replayed(pair.replica, "0/0", max_lag=dt.timedelta(days=1))
    pair.replica.execute("reset default_transaction_isolation")


def test_nobody_writes(pair: Pair) -> None:
    """The last commit gets older though nothing is missing, unless the standby may look."""
    pair.boss.execute("select pg_current_xact_id()")
    pair.catch_up()
    quiet = scalar(pair.boss, NOW)
    assert answer(pair.replica, DAY)[1] < quiet
    pair.boss.execute("grant pg_read_all_stats to bookingdb_owner")
    try:
        pair.catch_up()
        quiet = scalar(pair.boss, NOW)
        commit = scalar(pair.standby, "select pg_last_xact_replay_timestamp()")
        wait_until(lambda: answer(pair.replica, DAY)[1] > quiet, "the primary to be heard")
        assert scalar(pair.standby, "select pg_last_xact_replay_timestamp()") == commit
        assert not claims_too_much(pair, DAY + dt.timedelta(2))
    finally:
        pair.boss.execute("revoke pg_read_all_stats from bookingdb_owner")


def test_writes_are_refused(pair: Pair) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction, match="cannot execute") as caught:
        Shop(pair.replica).book(date=DAY)
    assert not bookingdb.is_retryable(caught.value)
