"""Whoever writes reads what he wrote, wherever the read goes; and no token promises too much."""

import asyncio
import datetime as dt
import re
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import AsyncReplicated, Fallback, Replicated, aio
from tests.races.concurrency import background, wait_until
from tests.replicas.pair import NAME, Pair, connect, server_of
from tests.shop import DAY, Shop
from tests.support import scalar

LONG = dt.timedelta(minutes=1)
NEVER = dt.timedelta()


def places(db: bookingdb.replicas.AnyConnection, day: dt.date) -> int:
    """Of the first slot of a day; 3 when nobody has booked."""
    return bookingdb.available_slots(db, day, day)[0].remaining_bookings


def book(db: bookingdb.replicas.AnyConnection, day: dt.date) -> bookingdb.Booking:
    return bookingdb.create_booking(db, day, dt.time(9), 1, "Ada", "ada@example.org")


def test_reads_go_to_the_replica(pair: Pair) -> None:
    db, reasons = pair.replicated()
    assert server_of(db) == "replica"
    assert places(db, DAY) == 3
    assert reasons == []


def test_what_was_written_is_read(pair: Pair) -> None:
    db, reasons = pair.replicated(patience=NEVER)
    with pair.paused():
        booking = book(db, DAY)
        assert places(db, DAY) == 2
        assert bookingdb.get_booking(db, booking.booking_id) == booking
        assert reasons == [Fallback.BEHIND, Fallback.BEHIND]
        # The control: who knows of no write reads what was there before.
        other, reasons = pair.replicated()
        assert places(other, DAY) == 3
        with pytest.raises(bookingdb.BookingNotFound):
            bookingdb.get_booking(other, booking.booking_id)
        assert reasons == []
    pair.catch_up()
    assert server_of(db) == "replica"
    assert places(db, DAY) == 2


def test_token_goes_to_another_process(pair: Pair) -> None:
    day = DAY + dt.timedelta(1)
    db, _ = pair.replicated()
    with pair.paused():
        assert db.token() is None
        book(db, day)
        token = db.token()
        other, reasons = pair.replicated(token=token, patience=NEVER)
        assert places(other, day) == 2
        assert reasons == [Fallback.BEHIND]
        assert other.token() == token
    pair.catch_up()
    assert server_of(other) == "replica"
    with pytest.raises(psycopg.errors.ActiveSqlTransaction), pair.primary.transaction():
        db.token()


def test_it_waits_a_little(pair: Pair) -> None:
    day = DAY + dt.timedelta(2)
    db, reasons = pair.replicated(patience=LONG)
    with pair.paused():
        book(db, day)
        with background(partial(places, db, day)) as read:
            asked = "select 1 from pg_stat_activity where query like %s and pid = %s"
            arguments = ["%has_replayed%", pair.replica.info.backend_pid]
            wait_until(lambda: pair.standby.execute(asked, arguments).fetchone(), "the read")
            assert not read.done()
            pair.resume()
            assert read.result() == 2
    assert server_of(db) == "replica"
    assert reasons == []


def test_open_transaction_reads_from_the_primary(pair: Pair) -> None:
    day = DAY + dt.timedelta(3)
    db, reasons = pair.replicated()
    with pair.primary.transaction(force_rollback=True):
        book(db, day)
        assert places(db, day) == 2
        assert server_of(db) == "primary"
        assert reasons == []
    assert places(db, day) == 3


def test_no_transaction_is_left_open(pair: Pair) -> None:
    day = DAY + dt.timedelta(4)
    with psycopg.connect(pair.primary.info.dsn) as primary:
        db = Replicated(primary, pair.replica)
        book(db, day)
        primary.commit()
        assert places(db, day) == 2
        assert primary.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    with pytest.raises(ValueError, match="autocommit"):
        Replicated(pair.primary, primary)


def test_token_from_before_commit_would_promise_too_much(pair: Pair) -> None:
    day = DAY + dt.timedelta(5)
    with pytest.raises(psycopg.errors.ActiveSqlTransaction) as caught, pair.primary.transaction():
        book(pair.primary, day)
        bookingdb.write_token(pair.primary)
    assert caught.value.diag.message_hint == "Commit, and call it then."

    with pair.primary.transaction():
        book(pair.primary, day)
        early = scalar(pair.primary, "select pg_current_wal_insert_lsn()")
        pair.boss.execute("select pg_current_xact_id()")  # its commit brings all that to the disk
        wait_until(lambda: bookingdb.has_replayed(pair.replica, early), "the token from within")
        pair.standby.execute("select pg_wal_replay_pause()")
    try:
        assert bookingdb.has_replayed(pair.replica, early)
        assert places(pair.replica, day) == 3
        assert not bookingdb.has_replayed(pair.replica, bookingdb.write_token(pair.primary))
    finally:
        pair.resume()
    pair.catch_up()
    assert places(pair.replica, day) == 2


def test_commit_that_did_not_wait_for_the_disk(pair: Pair) -> None:
    day = DAY + dt.timedelta(6)
    with pair.primary.transaction():
        pair.primary.execute("set local synchronous_commit = off")
        book(pair.primary, day)
    token = bookingdb.write_token(pair.primary)
    wait_until(lambda: bookingdb.has_replayed(pair.replica, token), "the token")
    assert places(pair.replica, day) == 2


def test_token_at_the_end_of_a_page(pair: Pair) -> None:
    """A record that fills its page: the server then names a position behind the next header."""
    emit = "select pg_logical_emit_message({}, 'test', repeat('x', {}))"

    def position() -> int:
        return int(scalar(pair.boss, "select pg_current_wal_insert_lsn() - '0/0'"))

    def is_at_header() -> bool:
        """After a commit that was meant to fill the page."""
        before = position()
        pair.boss.execute(emit.format("true", 0).encode())
        commit = position() - before
        pair.boss.execute(emit.format("false", 300).encode())
        overhead = position() - before - commit - 300  # and what makes it a multiple of 8
        left = 8192 - position() % 8192 - commit
        if before // 8192 != position() // 8192 or left < 1000:
            return False
        pair.boss.execute(emit.format("false", left - overhead).encode())
        pair.boss.execute(emit.format("true", 0).encode())
        return position() % 8192 == 24

    def promises() -> tuple[bool, bool]:
        """Whether the replica has what we ask for, and what the server names."""
        return (
            bookingdb.has_replayed(pair.replica, token),
            bookingdb.has_replayed(pair.replica, named),
        )

    while True:
        wait_until(is_at_header, "a record to end with its page")
        named = scalar(pair.boss, "select pg_current_wal_insert_lsn()")
        token = bookingdb.write_token(pair.primary)
        wait_until(lambda: promises()[0], "the token")
        if promises() == (True, False):
            break  # else somebody has written more
    assert named.endswith("018")


def test_async_half(pair: Pair) -> None:
    day = DAY + dt.timedelta(7)

    async def story() -> None:
        async with (
            await psycopg.AsyncConnection.connect(pair.primary.info.dsn) as primary,
            await psycopg.AsyncConnection.connect(
                pair.server.dsn(NAME), user="login_bookingdb_app", autocommit=True
            ) as replica,
        ):
            reasons: list[Fallback] = []
            db = AsyncReplicated(primary, replica, patience=NEVER, on_fallback=reasons.append)
            with pair.paused():
                await aio.create_booking(db, day, dt.time(9), 1, "Ada", "ada@example.org")
                await primary.commit()
                (slot, *_) = await aio.available_slots(db, day, day)
                assert slot.remaining_bookings == 2
                assert reasons == [Fallback.BEHIND]
                await primary.commit()
                assert await db.token() is not None
            pair.catch_up()
            (slot, *_) = await aio.available_slots(db, day, day)
            assert slot.remaining_bookings == 2
            assert len(reasons) == 1

    asyncio.run(story())


def test_tokens_of_hand_written_sql(pair: Pair) -> None:
    db, reasons = pair.replicated(patience=NEVER)
    with pair.paused():
        Shop(pair.primary).book(date=DAY - dt.timedelta(1))
        assert places(db, DAY - dt.timedelta(1)) == 3
        db.note_write()
        assert places(db, DAY - dt.timedelta(1)) == 2
        assert reasons == [Fallback.BEHIND]


def test_a_login_of_the_application_may_ask(pair: Pair) -> None:
    with connect(pair.server.dsn(NAME), user="login_bookingdb_app") as conn:
        assert bookingdb.has_replayed(conn, "0/0")
        assert not bookingdb.has_replayed(conn, "FFFFFFFF/0")
        assert bookingdb.replica_lag(conn).bytes == 0
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="recovery"):
            bookingdb.write_token(conn)
    lag = bookingdb.replica_lag(pair.primary)
    assert (lag.lag, lag.bytes) == (dt.timedelta(), 0)
    assert bookingdb.has_replayed(pair.primary, "FFFFFFFF/0", max_lag=NEVER)
    with pytest.raises(bookingdb.InvalidArgument):
        pair.primary.execute("select bookingdb.has_replayed(null)")


def test_examples_of_the_page(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(bookingdb.__file__).parent.parent / "docs/replicas.md"
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    assert [language for language, _ in blocks] == ["sql", "python", "sql", "python"]
    at = pair.primary.info
    for name in ("host", "port", "user", "dbname"):
        value = str(getattr(at, name))
        monkeypatch.setenv("PGDATABASE" if name == "dbname" else f"PG{name.upper()}", value)
    monkeypatch.setenv("REPLICA", pair.replica.info.dsn)
    names: dict[str, Any] = {}
    for language, block in blocks:
        if language == "python":
            exec(block, names)
        else:  # replica_lag() and has_replayed() answer on a primary, too
            pair.boss.execute(block.encode())
    pair.boss.execute("revoke pg_read_all_stats from bookingdb_owner")
    assert len(names["slots"]) == 6
