"""book_hot_slot answers as create_booking_safe does, and never commits the work of others."""

import asyncio
import datetime as dt
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.errors import (
    ActiveSqlTransaction,
    InsufficientPrivilege,
    QueryCanceled,
    ReadOnlySqlTransaction,
)

import bookingdb
import bookingdb.aio
from bookingdb import Actor, ActorKind, BookingStatus
from tests.races.concurrency import ALL_LEVELS, background, guarded, wait_until_blocked
from tests.races.test_deadlocks import lock_slot
from tests.shop import DAY, NINE, Shop
from tests.support import Database, rewrite, scalar

Connection = psycopg.Connection[Any]

CALL = f"call bookingdb.book_hot_slot('{DAY}', '09:00', 1, 'Ada', 'ada@example.org')"
NESTED = CALL.removesuffix(")") + ", booking => v_booking)"
BLOCK = "declare v_booking bookingdb.bookings; begin {} end"
DO = f"do $$ {BLOCK} $$"
BOOKS = f"create function public.books() returns void language plpgsql as $$ {BLOCK} $$"
WORK = "insert into public.work default values;"
ARGUMENTS = (DAY, NINE, 1, "Ada", "ada@example.org")
COMMIT_SETTINGS = "off", "local", "remote_write", "on", "remote_apply"
EARLIER_WORK = {  # what somebody has begun before the call, or around it
    "block": f"begin; {CALL}",
    "two statements in one message": f"select 1; {CALL}",
    "function": "select public.books()",
    "handler": DO.format(f"begin {NESTED}; exception when division_by_zero then end;"),
    "work of a procedure": DO.format(f"{WORK} {NESTED};"),
    "work in a loop": DO.format(f"loop {NESTED}; {WORK} end loop;"),
}


@pytest.fixture
def work(shop: Shop) -> Shop:
    """A shop, and a table of the caller's with a function that books."""
    shop.conn.execute("create table public.work (id int generated always as identity)")
    shop.conn.execute(BOOKS.format(NESTED + ";").encode())
    return shop


def booked(shop: Shop) -> int:
    return int(scalar(shop.conn, "select count(*) from bookingdb.bookings"))


def error_of(conn: Connection, call: Any, *arguments: Any, **options: Any) -> tuple[Any, ...]:
    with pytest.raises(psycopg.Error) as caught:
        call(conn, *arguments, **options)
    diag = caught.value.diag
    return diag.sqlstate, diag.message_primary, diag.message_detail, diag.message_hint


def test_it_books(shop: Shop) -> None:
    actor = Actor(ActorKind.CUSTOMER, "7", ip_address="192.0.2.7", reason="a gift")
    booking = bookingdb.book_hot_slot(
        shop.conn, DAY, NINE, 2, "Ada, \"the\" (1st) O'Hara\\", "ada@example.org",
        customer_phone="1", notes="x" * 2000, external_reference="r", actor=actor,
    )  # fmt: skip
    assert booking == bookingdb.get_booking(shop.conn, booking.booking_id)
    assert booking.notes == "x" * 2000
    (entry,) = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert (entry.performed_by, entry.performed_by_id) == (ActorKind.CUSTOMER, "7")
    assert (str(entry.ip_address), entry.reason) == ("192.0.2.7", "a gift")
    assert shop.slot()[:2] == (1, 2)


def test_it_holds(shop: Shop) -> None:
    hold = bookingdb.book_hot_slot(
        shop.conn, DAY, NINE, 1, None, None, hold_for=dt.timedelta(minutes=5)
    )
    assert hold.status is BookingStatus.HELD
    assert hold.hold_expires_at is not None


def test_application_may(shop: Shop, database: Database) -> None:
    """A login that may read no booking calls it, and the guarded function behind it."""
    with database.login("bookingdb_app") as conn:
        booking = bookingdb.book_hot_slot(conn, *ARGUMENTS)
        with pytest.raises(InsufficientPrivilege):
            conn.execute("table bookingdb.bookings")
    assert booking == bookingdb.get_booking(shop.conn, booking.booking_id)
    (entry,) = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert entry.performed_by_id == "login_bookingdb_app"


def test_asynchronously(shop: Shop, database: Database) -> None:
    async def book() -> bookingdb.Booking:
        async with await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as conn:
            return await bookingdb.aio.book_hot_slot(conn, *ARGUMENTS)

    booking = asyncio.run(book())
    assert booking == bookingdb.get_booking(shop.conn, booking.booking_id)


@pytest.mark.parametrize("statement", EARLIER_WORK.values(), ids=EARLIER_WORK)
def test_refused_where_it_would_commit_for_others(work: Shop, statement: str) -> None:
    with pytest.raises(ActiveSqlTransaction) as caught:
        work.conn.execute(statement.encode())
    assert caught.value.diag.message_primary == (
        "book_hot_slot cannot run inside a transaction block"
    )
    assert "create_booking_safe()" in str(caught.value.diag.message_hint)
    work.conn.execute("rollback")
    assert scalar(work.conn, "select count(*) from public.work") == 0
    assert booked(work) == ("loop" in statement)


def test_work_would_be_committed(work: Shop) -> None:
    """The control."""
    guard = "\n    or pg_catalog.pg_current_xact_id_if_assigned() is not null"
    rewrite(work.conn, "book_hot_slot", guard, "")
    work.conn.execute(DO.format(f"{WORK} {NESTED}; rollback;").encode())
    assert scalar(work.conn, "select count(*) from public.work") == 1


def test_refused_in_a_transaction_of_psycopg(shop: Shop, database: Database) -> None:
    """Its BEGIN comes first, the call with arguments by the extended protocol."""
    with database.connect(autocommit=False) as conn:
        with pytest.raises(ActiveSqlTransaction):
            bookingdb.book_hot_slot(conn, *ARGUMENTS)
        conn.rollback()
    with pytest.raises(ActiveSqlTransaction), shop.conn.transaction():
        bookingdb.book_hot_slot(shop.conn, *ARGUMENTS)
    assert booked(shop) == 0


def test_refused_behind_work_in_a_pipeline(work: Shop) -> None:
    with pytest.raises(ActiveSqlTransaction), work.conn.pipeline():
        work.conn.execute(WORK.encode())
        work.conn.execute(CALL.encode())
    assert scalar(work.conn, "select count(*) from public.work") == 0
    assert booked(work) == 0


def test_in_a_pipeline(work: Shop) -> None:
    """First, or after a sync."""
    with work.conn.pipeline() as pipeline:
        booking = bookingdb.book_hot_slot(work.conn, *ARGUMENTS)
        work.conn.execute(WORK.encode())
        pipeline.sync()
        other = bookingdb.book_hot_slot(work.conn, *ARGUMENTS)
    assert booking == bookingdb.get_booking(work.conn, booking.booking_id)
    assert booked(work) == 2
    assert other != booking


def test_procedure_that_has_done_nothing_yet(shop: Shop) -> None:
    shop.conn.execute(DO.format(f"for i in 1..3 loop {NESTED}; end loop;").encode())
    assert booked(shop) == 3


def test_prepared(shop: Shop) -> None:
    for _ in range(3):
        shop.conn.execute(CALL.encode(), prepare=True)
    assert booked(shop) == 3


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"time": dt.time(3)}, "ZB001"),
        ({"time": dt.time(10)}, "ZB002"),
        ({"bouquets": 11}, "ZB003"),
        ({"date": DAY + dt.timedelta(days=500)}, "ZB001"),
        ({"idempotency_key": "taken"}, "ZB009"),
        ({"bouquets": 0}, "ZB012"),
        ({"customer_email": "nobody"}, "ZB012"),
        ({"actor": Actor(ActorKind.CUSTOMER, ip_address="here")}, "ZB012"),
        ({"customer_email": "eve@example.org"}, "ZB014"),
    ],
)
def test_errors_are_the_same(shop: Shop, changed: dict[str, Any], code: str) -> None:
    for _ in range(3):
        shop.book(dt.time(10))
    shop.book(dt.time(11), customer_email="eve@example.org", idempotency_key="taken")
    bookingdb.update_business(shop.conn, customer_limit=1)
    names = ("date", "time", "bouquets", "customer_name", "customer_email")
    request = dict(zip(names, (DAY, NINE, 1, "Bob", "bob@example.org"), strict=True)) | changed
    error = error_of(shop.conn, bookingdb.book_hot_slot, **request)
    assert error == error_of(shop.conn, bookingdb.create_booking_safe, **request)
    assert error[0] == code
    assert booked(shop) == 4


@pytest.mark.parametrize("setting", COMMIT_SETTINGS)
def test_settings_stay(shop: Shop, setting: str) -> None:
    shop.conn.execute(f"set synchronous_commit = {setting}".encode())
    bookingdb.book_hot_slot(shop.conn, *ARGUMENTS)
    assert scalar(shop.conn, "show synchronous_commit") == setting
    error_of(shop.conn, bookingdb.book_hot_slot, DAY, dt.time(3), 1, "Ada", "ada@example.org")
    assert scalar(shop.conn, "show synchronous_commit") == setting
    assert booked(shop) == 1


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_isolation_of_the_session(shop: Shop, database: Database, level: IsolationLevel) -> None:
    """It decides, as for every call: above READ COMMITTED who has waited is to call again."""
    with guarded(database) as holder, guarded(database) as conn:
        name = level.name.lower().replace("_", " ")
        conn.execute(f"set default_transaction_isolation = '{name}'".encode())
        holder.execute("begin")
        Shop(holder).book()
        with background(lambda: bookingdb.book_hot_slot(conn, *ARGUMENTS)) as booking:
            wait_until_blocked(shop.conn, conn, holder)
            holder.execute("commit")
        if level is IsolationLevel.READ_COMMITTED:
            assert booking.exception() is None
        else:
            assert bookingdb.is_retryable(booking.exception() or ValueError())
            bookingdb.book_hot_slot(conn, *ARGUMENTS)
    assert booked(shop) == 2


def test_session_that_may_only_read(shop: Shop) -> None:
    shop.conn.execute("set default_transaction_read_only = on")
    with pytest.raises(ReadOnlySqlTransaction):
        bookingdb.book_hot_slot(shop.conn, *ARGUMENTS)
    shop.conn.execute("reset default_transaction_read_only")
    assert booked(shop) == 0


def test_same_key_is_the_same_booking(shop: Shop) -> None:
    first = bookingdb.book_hot_slot(shop.conn, *ARGUMENTS, idempotency_key="k")
    again = bookingdb.book_hot_slot(shop.conn, *ARGUMENTS, idempotency_key="k")
    assert (
        again == first == bookingdb.create_booking_safe(shop.conn, *ARGUMENTS, idempotency_key="k")
    )
    assert len(bookingdb.booking_history(shop.conn, first.booking_id)) == 1


def test_cancelled_while_it_waits(shop: Shop, database: Database) -> None:
    with guarded(database) as holder, guarded(database) as conn:
        holder.execute("begin")
        lock_slot(holder, NINE)
        with background(lambda: bookingdb.book_hot_slot(conn, *ARGUMENTS)) as booking:
            wait_until_blocked(shop.conn, conn, holder)
            conn.cancel_safe()
            assert isinstance(booking.exception(), QueryCanceled)
        holder.execute("rollback")
        assert scalar(conn, "show synchronous_commit") == "on"
    assert booked(shop) == 0
