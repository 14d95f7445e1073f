"""Nobody gets more open bookings on a date than the business allows, however many he tries."""

import datetime as dt
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, CustomerLimitReached
from tests.races.concurrency import (
    background,
    guarded,
    is_waiting,
    wait_until,
    wait_until_blocked,
)
from tests.races.crowd import Call, Crowd, gathered
from tests.races.test_deadlocks import lock_slot
from tests.shop import DAY, NINE, Shop, open_shop
from tests.support import Database, rewrite, scalar

Connection = psycopg.Connection[Any]

LIMIT = 4
ROUNDS = 2
TIMES = [dt.time(hour, minute) for hour in (9, 10, 11) for minute in (0, 30)]
# Where a snapshot is older than the wait for the lock, REPEATABLE READ would count too few.
LEVELS = IsolationLevel.READ_COMMITTED, IsolationLevel.SERIALIZABLE
OPEN_BOOKINGS = """
select count(*) from bookingdb.bookings
 where date = %s and lower(customer_email) = 'eve@example.org' and status in ('confirmed', 'held')
"""


def book(time: dt.time, date: dt.date, email: str = "eve@example.org") -> Call:
    return lambda conn: Shop(conn).book(time, date=date, customer_email=email)


def ways_to_one_more(shop: Shop, date: dt.date) -> list[Call]:
    """All calls by which a customer may get a booking on a date: a new one, another day's, ..."""
    confirm, move, take = [], [], []
    for time in TIMES:
        hold = shop.book(time, date=date, customer_email=None, hold_for=dt.timedelta(minutes=5))
        confirm.append(partial(bookingdb.confirm_booking, booking_id=hold.booking_id))
        elsewhere = shop.book(time, date=date + dt.timedelta(1), customer_email="EVE@example.org")
        move.append(partial(bookingdb.reschedule_booking, booking_id=elsewhere.booking_id))
        friends = shop.book(time, date=date)
        take.append(partial(bookingdb.update_booking, booking_id=friends.booking_id))
    calls: list[Call] = []
    for place, time in enumerate(TIMES):
        calls += [
            book(time, date),
            partial(confirm[place], customer_email="Eve@example.org"),
            partial(move[place], date=date, time=TIMES[place - 1]),
            partial(take[place], customer_email="eve@example.org"),
            book(time, date, "EVE@EXAMPLE.ORG"),
        ]
    return calls


def try_for_more(shop: Shop, crowd: Crowd, level: IsolationLevel, rounds: int) -> None:
    for _ in range(rounds):
        date, _ = crowd.new_day(), crowd.new_day()
        bookingdb.update_business(shop.conn, customer_limit=0)
        calls = ways_to_one_more(shop, date)
        bookingdb.update_business(shop.conn, customer_limit=LIMIT)
        outcomes = crowd.run(level, calls)
        assert sum(isinstance(outcome, Booking) for outcome in outcomes) == LIMIT
        assert scalar(shop.conn, OPEN_BOOKINGS, [date]) == LIMIT
        assert any(isinstance(outcome, CustomerLimitReached) for outcome in outcomes)


def test_never_more_than_the_limit(shop: Shop, database: Database) -> None:
    with gathered(database) as crowd:
        for level in LEVELS:
            try_for_more(shop, crowd, level, ROUNDS)


def test_who_counts_without_a_lock_gives_more(conn: Connection, database: Database) -> None:
    """The control."""
    shop = open_shop(conn)
    rewrite(conn, "lock_customer", "perform pg_advisory_xact_lock", "perform")
    with gathered(database) as crowd, pytest.raises(AssertionError):
        try_for_more(shop, crowd, IsolationLevel.READ_COMMITTED, 4)


def test_same_request_twice_is_one_booking(shop: Shop, database: Database) -> None:
    bookingdb.update_business(shop.conn, customer_limit=1)
    with guarded(database) as first, guarded(database) as second:
        first.execute("begin")
        booking = Shop(first).book(idempotency_key="key")
        with background(partial(Shop(second).book, idempotency_key="key")) as again:
            wait_until_blocked(shop.conn, second, first)
            first.execute("commit")
        assert again.result() == booking


@pytest.mark.parametrize("by_import", [False, True], ids=["batch", "import"])
def test_batch_for_two_beside_one_of_them(shop: Shop, database: Database, by_import: bool) -> None:
    """Customers come before slots, also when a batch has several of them."""
    bookingdb.update_business(shop.conn, customer_limit=LIMIT)
    rows = [
        {
            "date": str(DAY),
            "time": time,
            "bouquets": 1,
            "customer_name": "A",
            "customer_email": email,
        }
        for time, email in (("09:00", "ada@example.org"), ("10:00", "eve@example.org"))
    ]

    def batch(conn: Connection) -> object:
        if by_import:
            return bookingdb.import_bookings(conn, rows, "old system")
        return bookingdb.create_bookings(conn, rows)

    with guarded(database) as holder, guarded(database) as many, guarded(database) as one:
        holder.execute("begin")
        lock_slot(holder, NINE)
        with background(partial(batch, many)) as booked:
            wait_until_blocked(shop.conn, many, holder)
            with background(partial(book(NINE, DAY), one)) as too:
                wait_until(partial(is_waiting, shop.conn, one), "the other to wait")
                holder.execute("commit")
        assert booked.result()
        assert too.result()
