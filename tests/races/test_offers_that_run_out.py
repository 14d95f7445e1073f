"""An offer that runs out goes to the next in line, once, however many sweep at the same time."""

import datetime as dt
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, BookingStatus
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import Crowd, gathered
from tests.races.verdict import audit_entries
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

LINE = 5
SWEEPERS = 8
HOLD_FOR = dt.timedelta(minutes=15)


def sweep(conn: Connection) -> int:
    return bookingdb.expire_holds(conn)


def stand_in_line(shop: Shop) -> list[Booking]:
    """Who waits for the one place of a slot, which is then given up."""
    shop.set_hours(hours(max_bookings=1))
    booked = shop.book()
    bookingdb.update_business(shop.conn, hold_time_to_live=HOLD_FOR)
    line = [
        bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", f"{place}@example.org")
        for place in range(LINE)
    ]
    bookingdb.cancel_booking(shop.conn, booked.booking_id)
    return line


def pass_it_on(shop: Shop, database: Database, crowd: Crowd, level: IsolationLevel) -> None:
    """Let one offer after the other run out; fails unless each goes to the next."""
    line = stand_in_line(shop)
    now = dt.datetime.now(dt.UTC)
    for place, booking in enumerate(line):
        offered = [
            entry.booking_id
            for entry in sorted(audit_entries(shop.conn), key=lambda entry: entry.created_at)
            if entry.action_type == "offered"
        ]
        assert offered == [booking.booking_id for booking in line[: place + 1]]
        offer = bookingdb.get_booking(shop.conn, booking.booking_id)
        assert offer.status == BookingStatus.HELD
        now += HOLD_FOR + dt.timedelta(seconds=1)
        database.set_clock(now.isoformat())
        counts = crowd.run(level, [sweep] * SWEEPERS)
        assert sorted(map(str, counts)) == ["0"] * (SWEEPERS - 1) + ["1"]
        assert shop.slot()[0] == (1 if place + 1 < LINE else 0)
    query = "select count(*) from bookingdb.bookings where status <> 'expired'"
    assert shop.conn.execute(query).fetchone() == (1,), "only what was cancelled"


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_offer_goes_to_the_next(shop: Shop, database: Database, level: IsolationLevel) -> None:
    with gathered(database, SWEEPERS) as crowd:
        pass_it_on(shop, database, crowd, level)


CONTROLS = {
    "order": ("fitting_waiters", "order by b.created_at,", "order by b.created_at desc,"),
    "offers": ("offer_places", "and b.status = 'waiting'", "and false"),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_without_the_guard_it_would_be_seen(
    conn: Connection, database: Database, control: str
) -> None:
    shop = open_shop(conn)
    rewrite(conn, *CONTROLS[control])
    with gathered(database, SWEEPERS) as crowd, pytest.raises(AssertionError):
        pass_it_on(shop, database, crowd, IsolationLevel.READ_COMMITTED)
