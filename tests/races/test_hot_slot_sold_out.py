"""However many call book_hot_slot at once, a slot takes what it may and not one more."""

from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, MaximumBookingsReached
from tests.races.concurrency import ALL_LEVELS, all_of, at_once, background, connections
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]

CALLERS = 32
PLACES = 100
ARGUMENTS = (DAY, NINE, 1, "Ada", "ada@example.org")
BY_FUNCTION = 4  # every fourth, beside the others


def book_until_full(conn: Connection, number: int) -> list[Booking]:
    """Book until the slot is sold out; what can be tried again is."""
    call = bookingdb.book_hot_slot if number % BY_FUNCTION else bookingdb.create_booking_safe
    made: list[Booking] = []
    while True:
        try:
            made.append(call(conn, *ARGUMENTS))
        except MaximumBookingsReached:
            return made
        except psycopg.Error as error:
            if not bookingdb.is_retryable(error):
                raise


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_never_overbooked(shop: Shop, database: Database, level: IsolationLevel) -> None:
    shop.set_hours(hours(max_bookings=PLACES, max_bouquets=1000))
    name = level.name.lower().replace("_", " ")
    with connections(database, CALLERS) as conns:
        for conn in conns:
            conn.execute(f"set default_transaction_isolation = '{name}'".encode())
        calls = [partial(book_until_full, conn, number) for number, conn in enumerate(conns)]
        with background(partial(at_once, calls)) as outcomes:
            while not outcomes.done():
                assert overbooked(shop.conn, DAY) + miscounted(shop.conn, DAY) == []
    kept = [booking for made in all_of(outcomes.result()) for booking in made]
    assert len({booking.booking_id for booking in kept}) == PLACES
    assert counters_by_log(audit_entries(shop.conn)) == {(DAY, NINE): shop.slot()[:2]}


def test_same_request_at_once(shop: Shop, database: Database) -> None:
    with connections(database, CALLERS) as conns:
        call = partial(bookingdb.book_hot_slot, idempotency_key="k")
        (first, *others) = all_of(at_once([partial(call, conn, *ARGUMENTS) for conn in conns]))
    assert all(booking == first for booking in others)
    assert shop.slot()[:2] == (1, 1)
