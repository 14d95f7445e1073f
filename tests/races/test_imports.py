"""Imports beside each other and beside staff: nothing twice, no deadlock."""

import datetime as dt
import threading
import time
from typing import Any

import bookingdb
from bookingdb import ImportedRow
from tests.shop import DAY, NINE, Shop
from tests.support import Database, scalar


def row(time: str, name: str) -> dict[str, Any]:
    email = f"{name}@example.org"
    return {
        "date": str(DAY),
        "time": time,
        "bouquets": 1,
        "customer_name": name,
        "customer_email": email,
    }


def wait_until_somebody_waits(shop: Shop) -> None:
    query = "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
    for _ in range(500):
        if scalar(shop.conn, query):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_adoption_beside_a_repeated_import_does_not_deadlock(
    shop: Shop, database: Database
) -> None:
    rows = [row("09:00", "ada"), row("12:00", "bob")]  # nothing begins at 12
    bookingdb.import_bookings(shop.conn, rows[1:], "old.csv", first_row=2)
    (held,) = bookingdb.quarantined_bookings(shop.conn)
    results: list[ImportedRow] = []

    def repeat() -> None:
        with database.connect() as conn:
            results.extend(bookingdb.import_bookings(conn, rows, "old.csv"))

    with database.connect(autocommit=False) as staff:
        bookingdb.adopt_quarantined(staff, held.quarantine_id, time=dt.time(11))
        thread = threading.Thread(target=repeat)
        thread.start()
        wait_until_somebody_waits(shop)
        Shop(staff).book(NINE)  # the import must not hold this slot while it waits
        staff.commit()
    thread.join(60)
    assert [r.outcome for r in results] == ["imported", "present"]
    assert shop.slot(NINE)[0] == 2
    assert shop.slot(dt.time(11))[0] == 1


def test_same_file_twice_at_once(shop: Shop, database: Database) -> None:
    rows = [row(f"{9 + n % 3:02}:00", f"c{n}") for n in range(12)]
    results: list[list[ImportedRow]] = []
    barrier = threading.Barrier(4)

    def take_over() -> None:
        with database.connect() as conn:
            barrier.wait(60)
            results.append(bookingdb.import_bookings(conn, rows, "old.csv"))

    threads = [threading.Thread(target=take_over) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4
    assert {tuple(r.booking_id for r in done) for done in results} == {
        tuple(r.booking_id for r in results[0])
    }
    query = "select array_agg(idempotency_key) from bookingdb.bookings"
    keys = scalar(shop.conn, query)
    held = bookingdb.quarantined_bookings(shop.conn)
    assert len(keys) == len(set(keys)) == 9
    assert [q.row_number for q in held] == [10, 11, 12]
