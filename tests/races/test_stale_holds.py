"""A hold that has run out blocks nobody, swept or not, and its place goes to exactly one."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, BookingStatus, HoldExpired, MaximumBookingsReached
from tests.races.concurrency import ALL_LEVELS, at_once, connections, retried
from tests.races.writers import insert_by_hand
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]
Take = Callable[[Booking, Connection], None]

ROUNDS = 12
HOLD_FOR = dt.timedelta(minutes=5)
LATER = dt.timedelta(minutes=6)


def fill_with_holds(shop: Shop) -> list[Booking]:
    return [shop.book(hold_for=HOLD_FOR, customer_email=None) for _ in range(3)]


def let_holds_run_out(database: Database) -> None:
    database.set_clock((dt.datetime.now(dt.UTC) + LATER).isoformat())


def book(hold: Booking, conn: Connection) -> None:
    """Take the place of a hold with the function."""
    Shop(conn).book(hold.time, date=hold.date)


def insert(hold: Booking, conn: Connection) -> None:
    """Take the place of a hold by hand."""
    insert_by_hand(conn, date=hold.date, time=hold.time)


by_any_writer = pytest.mark.parametrize("take", [book, insert])


def left(conn: Connection) -> dict[dt.time, int]:
    return {
        slot.time: slot.remaining_bookings for slot in bookingdb.available_slots(conn, DAY, DAY)
    }


@by_any_writer
def test_unswept_hold_blocks_nobody(shop: Shop, database: Database, take: Take) -> None:
    holds = fill_with_holds(shop)
    assert NINE not in left(shop.conn)
    with pytest.raises(MaximumBookingsReached):
        take(holds[0], shop.conn)
    let_holds_run_out(database)
    assert left(shop.conn)[NINE] == 3
    take(holds[0], shop.conn)
    assert left(shop.conn)[NINE] == 2
    assert {bookingdb.get_booking(shop.conn, hold.booking_id).status for hold in holds} == {
        BookingStatus.EXPIRED
    }
    entry = bookingdb.booking_history(shop.conn, holds[0].booking_id)[-1]
    assert (entry.action_type, entry.performed_by) == ("expired", "system")


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
@by_any_writer
def test_place_of_a_hold_that_ran_out_goes_to_one(
    shop: Shop,
    database: Database,
    level: IsolationLevel,
    take: Take,
) -> None:
    shop.set_hours(hours(max_bookings=1))
    slots = [
        (slot.date, slot.time)
        for slot in bookingdb.available_slots(shop.conn, DAY, DAY + dt.timedelta(7))
    ]
    holds = [shop.book(time, date=date, hold_for=HOLD_FOR) for date, time in slots[:ROUNDS]]
    let_holds_run_out(database)
    winners = set()
    with connections(database, 2, level) as (confirmer, taker):
        for hold in holds:
            confirm = partial(bookingdb.confirm_booking, booking_id=hold.booking_id)
            outcomes = at_once(
                [
                    partial(retried, confirmer, confirm, deadlocks=False),
                    partial(retried, taker, partial(take, hold), deadlocks=False),
                ]
            )
            match outcomes:
                case [Booking(status=BookingStatus.CONFIRMED), MaximumBookingsReached()]:
                    winners.add("confirm")
                case [HoldExpired(), None]:
                    winners.add("take")
                case _:
                    pytest.fail(f"not exactly one won: {outcomes}")
            assert shop.slot(hold.time, hold.date)[0] == 1
    assert winners
