"""The Python wrappers are what the catalog says, in both their halves."""

import asyncio
import datetime as dt
import inspect
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, BookingStatus, aio
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

ROOT = Path(__file__).parent.parent


def test_generated_files_are_up_to_date(database: Database) -> None:
    """Names, order, types, defaults and docstrings: regenerating changes nothing."""
    command = [sys.executable, "-m", "tools.generate", "--check", "--dsn", database.dsn]
    result = subprocess.run(
        command, cwd=ROOT, text=True, capture_output=True, check=False, env=_environment()
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_stale_file_is_noticed(database: Database) -> None:
    with database.connect() as conn:
        conn.execute("alter function bookingdb.create_bookings rename to book_all")
    command = [sys.executable, "-m", "tools.generate", "--check", "--dsn", database.dsn]
    result = subprocess.run(
        command, cwd=ROOT, text=True, capture_output=True, check=False, env=_environment()
    )
    assert result.returncode == 1
    assert "stale: bookingdb/bookings.py" in result.stdout


def test_every_public_function_has_its_wrapper(conn: psycopg.Connection[Any]) -> None:
    query = """
      select proname, proargnames[:pronargs - inouts], pronargdefaults - inouts from pg_proc
       cross join lateral (select count(*) from unnest(proargmodes) m where m = 'b') b (inouts)
       where pronamespace = 'bookingdb'::regnamespace and proname <> 'default_business_id'
         and (has_function_privilege('bookingdb_admin', oid, 'execute')
              or has_function_privilege('bookingdb_auditor', oid, 'execute')
              or has_function_privilege('bookingdb_dispatcher', oid, 'execute'))
    """
    functions = conn.execute(query).fetchall()
    assert len(functions) > 15
    for name, arguments, default_count in functions:
        for package in (bookingdb, aio):
            wrapper = getattr(package, name)
            assert inspect.iscoroutinefunction(wrapper) == (package is aio)
            _, *parameters = inspect.signature(wrapper).parameters.values()
            names = [p.name.removesuffix("_") for p in parameters]
            assert names == [a.removeprefix("p_") for a in arguments or []]
            with_default = [p for p in parameters if p.default is not p.empty]
            assert len(with_default) == default_count
            assert all(p.kind is p.KEYWORD_ONLY for p in with_default)
            assert wrapper.__doc__


def test_default_business(conn: psycopg.Connection[Any]) -> None:
    row = conn.execute("select bookingdb.default_business_id()").fetchone()
    assert row == (bookingdb.DEFAULT_BUSINESS_ID,)


def test_async_half(database: Database, shop: Shop) -> None:
    async def story() -> None:
        async with await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as conn:
            hold = await aio.create_booking(
                conn, DAY, NINE, 2, None, None,
                hold_for=dt.timedelta(minutes=5), actor=Actor(ActorKind.CUSTOMER),
            )  # fmt: skip
            assert hold.status is BookingStatus.HELD
            confirmed = await aio.confirm_booking(
                conn, hold.booking_id, customer_name="Ada", customer_email="ada@example.org"
            )
            assert confirmed.status is BookingStatus.CONFIRMED
            with pytest.raises(bookingdb.MaximumBouquetsReached):
                await aio.create_booking_safe(conn, DAY, NINE, 9, "Bob", "bob@example.org")
            history = await aio.booking_history(conn, hold.booking_id)
            assert [h.action_type for h in history] == ["created", "confirmed"]
            assert len(await aio.available_slots(conn, DAY, DAY)) == 6

    asyncio.run(story())
    assert shop.slot()[:2] == (1, 2)


def test_rows_are_typed(shop: Shop) -> None:
    booking = shop.book(actor=Actor(ActorKind.ADMIN, ip_address="192.0.2.1"))
    assert type(booking.status) is BookingStatus
    assert type(booking.date) is dt.date
    (entry,) = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert type(entry.action_type) is bookingdb.BookingAction
    assert type(entry.performed_by) is ActorKind
    with pytest.raises(AttributeError):
        booking.bouquets = 3  # type: ignore[misc]
    (rule, *_) = bookingdb.set_opening_hours(shop.conn, [hours()])
    assert rule.in_force.lower is not None
    assert rule.slot_interval == dt.timedelta(minutes=30)
    assert bookingdb.get_business(shop.conn).hold_time_to_live == dt.timedelta(minutes=15)


def test_wrappers_do_not_end_the_transaction(shop: Shop, database: Database) -> None:
    with database.connect(autocommit=False) as conn:
        Shop(conn).book()
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        conn.rollback()


def test_retryable_errors_know_it(shop: Shop, database: Database) -> None:
    with database.connect(autocommit=False) as first, database.connect() as second:
        Shop(first).book()
        second.execute("set lock_timeout = '50ms'")
        with pytest.raises(bookingdb.LockNotAvailable) as caught:
            Shop(second).book()
        assert isinstance(caught.value, psycopg.errors.LockNotAvailable)
        assert bookingdb.is_retryable(caught.value)

        second.execute("set lock_timeout = 0")
        second.execute("begin isolation level repeatable read")
        second.execute("select 1 from bookingdb.time_slots limit 1")
        first.commit()
        with pytest.raises(bookingdb.SerializationFailure) as failed:
            Shop(second).book()
        assert bookingdb.is_retryable(failed.value)
        second.rollback()
    assert not bookingdb.is_retryable(ValueError())


def test_deadlock_is_retryable(shop: Shop, database: Database) -> None:
    shop.book()
    shop.book(dt.time(10))
    move = "update bookingdb.bookings set notes = 'x' where time = %s"
    with database.connect(autocommit=False) as first, database.connect(autocommit=False) as second:
        first.execute(move, ["09:00"])
        second.execute(move, ["10:00"])
        errors: list[BaseException] = []

        def cross(conn: psycopg.Connection[Any], time: str) -> None:
            try:
                conn.execute(move, [time])
                conn.commit()
            except psycopg.Error as error:
                errors.append(error)
                conn.rollback()

        thread = threading.Thread(target=cross, args=(second, "09:00"))
        thread.start()
        cross(first, "10:00")
        thread.join()
    assert [type(e) for e in errors] == [bookingdb.DeadlockDetected]
    assert bookingdb.is_retryable(errors[0])


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
