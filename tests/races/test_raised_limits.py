"""What a slot takes more than before goes to those who wait, and then to others."""

from functools import partial
from typing import Any, Protocol

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import BookingStatus, MaximumBookingsReached
from tests.races.concurrency import ALL_LEVELS, background, guarded, retried
from tests.races.crowd import Call, Crowd, gathered
from tests.races.verdict import miscounted, overbooked
from tests.races.watch import findings, set_watch
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database

Connection = psycopg.Connection[Any]


class Raise(Protocol):
    """One way to raise the limit."""

    def __call__(self, conn: Connection, limit: int) -> object: ...


LIMIT = 3  # of the shop
RAISES = 6
ACTS = 6


def by_hand(conn: Connection, limit: int) -> None:
    bookingdb.adjust_slot(conn, DAY, NINE, max_bookings=limit, max_bouquets=10 * limit)


def by_schedule(conn: Connection, limit: int) -> None:
    bookingdb.set_opening_hours(conn, [hours(max_bookings=limit, max_bouquets=10 * limit)])
    bookingdb.refresh_future_schedule(conn)


def by_plan(conn: Connection, limit: int) -> None:
    bookingdb.set_opening_hours(conn, [hours(max_bookings=limit, max_bouquets=10 * limit)])
    plan_id = bookingdb.plan_schedule_refresh(conn)[0].plan_id
    bookingdb.apply_schedule_plan(conn, plan_id)


def raise_beside_newcomers(
    shop: Shop, crowd: Crowd, admin: Connection, level: IsolationLevel, raised: Raise
) -> None:
    """Raise the limit step by step under newcomers; fails when one of these comes first."""
    set_watch(shop.conn)
    for _ in range(LIMIT):
        shop.book()
    line = [
        bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", f"{place}@example.org")
        for place in range(2 * RAISES)
    ]
    admin.isolation_level = level

    def raise_all() -> None:
        for limit in range(LIMIT + 2, LIMIT + 2 * RAISES + 1, 2):
            retried(admin, partial(raised, limit=limit), deadlocks=False)

    def judge() -> None:
        assert overbooked(shop.conn, DAY) + miscounted(shop.conn, DAY) == []

    newcomers: list[Call] = [lambda conn: Shop(conn).book()] * (len(crowd.conns) * ACTS)
    with background(raise_all) as raising:
        outcomes = crowd.run(level, newcomers, judge)
        raising.result()
    assert findings(shop.conn) == set()
    assert all(isinstance(outcome, MaximumBookingsReached) for outcome in outcomes)
    assert {bookingdb.get_booking(shop.conn, waited.booking_id).status for waited in line} == {
        BookingStatus.HELD
    }
    judge()


@pytest.mark.parametrize(
    ("level", "raised"), list(zip(ALL_LEVELS, [by_plan, by_hand, by_schedule], strict=True))
)
def test_who_waits_comes_first(
    shop: Shop, database: Database, level: IsolationLevel, raised: Raise
) -> None:
    with gathered(database) as crowd, guarded(database) as admin:
        raise_beside_newcomers(shop, crowd, admin, level, raised)


def test_without_the_trigger_it_would_be_seen(conn: Connection, database: Database) -> None:
    """The control."""
    shop = open_shop(conn)
    conn.execute("alter table bookingdb.time_slots disable trigger d_offer")
    with gathered(database, 4) as few, guarded(database) as admin, pytest.raises(AssertionError):
        raise_beside_newcomers(shop, few, admin, IsolationLevel.READ_COMMITTED, by_hand)
