"""Rows that several import at once are taken over once."""

import datetime as dt
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import ImportedRow, ImportOutcome
from tests.races.concurrency import (
    ALL_LEVELS,
    all_of,
    at_once,
    background,
    connections,
    is_waiting,
    retried,
    wait_until,
    wait_until_blocked,
)
from tests.races.test_deadlocks import batch, queue_behind_first_slot
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database, rewrite, scalar

Connection = psycopg.Connection[Any]

IMPORTERS = 4
ROWS = 60
ROUNDS = 2
PLACES = 9  # of three slots
TAKEN_OVER = {ImportOutcome.IMPORTED, ImportOutcome.PRESENT}


def rows_to_import() -> list[dict[str, Any]]:
    """More than have a place, in no order, their times spelled in different ways; and a bad one."""
    rows: list[dict[str, Any]] = [
        {
            "date": str(DAY),
            "time": ["9:00", "09:30", "10:00:00"][number % 3],
            "bouquets": 1,
            "customer_name": "Old",
            "customer_email": f"{number}@example.org",
            "payment_status": ["pending", "paid"][number % 2],
        }
        for number in range(ROWS - 1)
    ]
    random.Random(ROWS).shuffle(rows)
    return [*rows, {"date": "some day"}]


def import_at_once(
    shop: Shop,
    importers: Sequence[Connection],
    level: IsolationLevel,
    source: str,
    places: int = PLACES,
) -> None:
    """All import the same; fails unless each row is there once, and all are told the same."""
    for conn in importers:
        conn.isolation_level = level
    work = partial(bookingdb.import_bookings, rows=rows_to_import(), source=source)
    told: list[list[ImportedRow]] = all_of(
        at_once([partial(retried, conn, work, deadlocks=False) for conn in importers])
    )
    query = "select idempotency_key from bookingdb.bookings where idempotency_key like %s"
    keys = [key for (key,) in shop.conn.execute(query, [f"import {source} %"])]
    assert len(set(keys)) == len(keys) == places
    waiting = [row for row in bookingdb.quarantined_bookings(shop.conn) if row.source == source]
    assert len({row.row_number for row in waiting}) == len(waiting) == ROWS - 1 - places
    assert not {f"import {source} row {row.row_number}" for row in waiting} & set(keys)
    for rows in zip(*told, strict=True):
        assert len({row.booking_id for row in rows}) == 1
        outcomes = {row.outcome for row in rows}
        assert outcomes <= TAKEN_OVER or len(outcomes) == 1
    booked = "select count(*) from bookingdb.bookings where status = 'confirmed'"
    assert scalar(shop.conn, booked) == places


def empty_day(shop: Shop) -> None:
    shop.conn.execute("delete from bookingdb.bookings")


def test_each_row_is_there_once(shop: Shop, database: Database) -> None:
    with connections(database, IMPORTERS) as importers:
        for number, level in enumerate(ALL_LEVELS * ROUNDS):
            empty_day(shop)
            import_at_once(shop, importers, level, f"round {number}")
    assert shop.slot(NINE)[:2] == (3, 3)


def test_without_the_key_it_would_be_there_twice(conn: Connection, database: Database) -> None:
    """The control."""
    shop = open_shop(conn)
    shop.set_hours(hours(max_bookings=IMPORTERS * ROWS, max_bouquets=IMPORTERS * ROWS))
    key = "p_source, p_row_number"
    rewrite(conn, "import_row", f"{key})", f"{key} || '-' || pg_backend_pid())")
    with connections(database, IMPORTERS) as importers, pytest.raises(AssertionError):
        import_at_once(shop, importers, IsolationLevel.READ_COMMITTED, "source", ROWS - 1)


def test_import_beside_a_batch_in_the_order_of_time(shop: Shop, database: Database) -> None:
    """As text, 10:00 comes before 9:00."""
    rows = rows_to_import()[:1]
    imported = [{**rows[0], "time": time} for time in ("9:00", "10:00")]
    queue_behind_first_slot(
        database,
        batch("9:00", "10:00"),
        lambda conn: bookingdb.import_bookings(conn, imported, "old system"),
        batch("10:00", "9:00"),
    )
    assert shop.slot(NINE)[0] == 3


def test_place_that_becomes_free_between_two_imports(shop: Shop, database: Database) -> None:
    """A row that one import found no place for is adopted by the other, and decided on."""
    booked = [shop.book() for _ in range(3)]
    row = {**rows_to_import()[0], "time": "9:00"}
    with connections(database, 2) as (first, second):
        first.execute("begin")
        (there,) = bookingdb.import_bookings(first, [row], "old system")
        assert there.outcome == ImportOutcome.QUARANTINED
        bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
        with background(lambda: bookingdb.import_bookings(second, [row], "old system")) as again:
            wait_until(lambda: again.done() or is_waiting(shop.conn, second), "the second import")
            first.execute("commit")
        assert [row.outcome for row in again.result()] == [ImportOutcome.IMPORTED]
    assert bookingdb.quarantined_bookings(shop.conn) == []
    assert shop.slot(NINE)[0] == 3


def test_adoption_beside_a_repeated_import(shop: Shop, database: Database) -> None:
    """The import waits for what staff decides on before it locks any slot."""
    booked, nowhere = (
        rows_to_import()[0] | {"time": "9:00"},
        rows_to_import()[1] | {"time": "15:00"},
    )
    bookingdb.import_bookings(shop.conn, [nowhere], "old system", first_row=2)
    (held,) = bookingdb.quarantined_bookings(shop.conn)
    with connections(database, 2) as (staff, importer):
        staff.execute("begin")
        bookingdb.adopt_quarantined(staff, held.quarantine_id, time=dt.time(11))
        rows = [booked, nowhere]
        with background(lambda: bookingdb.import_bookings(importer, rows, "old system")) as again:
            wait_until_blocked(shop.conn, importer, staff)
            Shop(staff).book(NINE)
            staff.execute("commit")
        assert [row.outcome for row in again.result()] == [
            ImportOutcome.IMPORTED,
            ImportOutcome.PRESENT,
        ]
    assert (shop.slot(NINE)[0], shop.slot(dt.time(11))[0]) == (2, 1)
