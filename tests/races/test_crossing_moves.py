"""Bookings that move among the same few slots, to and fro, never deadlock and never crowd one."""

import datetime as dt
import random
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, VersionConflict
from tests.races.concurrency import ALL_LEVELS, background, connections, guarded, wait_until_blocked
from tests.races.crowd import Crowd, gathered
from tests.races.test_deadlocks import lock_slot
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.shop import DAY, NINE, Shop, open_shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

HALF_PAST, TEN = dt.time(9, 30), dt.time(10)
TIMES = NINE, HALF_PAST, TEN
MOVES = 5


def book_nearly_full(shop: Shop) -> list[Booking]:
    """Eight bookings in slots that take nine, some of several bouquets."""
    places = [(time, bouquets) for time in TIMES for bouquets in (2, 3, 4)]
    return [shop.book(time, bouquets) for time, bouquets in places[:-1]]


def move_some(bookings: list[Booking], conn: Connection, chance: random.Random) -> None:
    """Move a booking, or change its quantity, or both."""
    booking_id = chance.choice(bookings).booking_id
    bouquets = chance.choice([None, 1, 2, 3, 4])
    if chance.random() < 0.2:
        bookingdb.update_booking(conn, booking_id, bouquets=bouquets)
    else:
        bookingdb.reschedule_booking(conn, booking_id, DAY, chance.choice(TIMES), bouquets=bouquets)


def move_about(shop: Shop, crowd: Crowd, level: IsolationLevel, times: int) -> None:
    bookings = book_nearly_full(shop)

    def judge() -> None:
        assert overbooked(shop.conn, DAY) + miscounted(shop.conn, DAY) == []

    moves = partial(move_some, bookings)
    outcomes = crowd.run(
        level,
        [
            partial(moves, chance=random.Random(f"{level}-{number}"))
            for number in range(times * len(crowd.conns))
        ],
        judge,
    )
    assert outcomes.count(None) > times, "some of them did move"
    assert sum(shop.slot(time)[0] for time in TIMES) == len(bookings)
    by_log = counters_by_log(audit_entries(shop.conn))
    for time in TIMES:
        assert by_log.get((DAY, time), (0, 0)) == shop.slot(time)[:2]


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_many_move_to_and_fro(shop: Shop, database: Database, level: IsolationLevel) -> None:
    with gathered(database) as crowd:
        move_about(shop, crowd, level, MOVES)


def test_who_locks_his_own_slot_first_deadlocks(conn: Connection, database: Database) -> None:
    """The control: whence before whither, instead of one order for all."""
    shop = open_shop(conn)
    by_date_and_time = "order by s.date, s.time"
    rewrite(conn, "reschedule_booking", by_date_and_time, "order by s.time = p_time")
    with gathered(database) as crowd, pytest.raises(bookingdb.DeadlockDetected):
        move_about(shop, crowd, IsolationLevel.READ_COMMITTED, 20 * MOVES)


def test_booking_that_moved_meanwhile(shop: Shop, database: Database) -> None:
    """Whoever has waited for two slots must not lock a third one, which comes before them."""
    moving, other = shop.book(HALF_PAST), shop.book(NINE)
    to_ten = partial(bookingdb.reschedule_booking, date=DAY, time=TEN)
    with connections(database, 3) as (first, second, third), guarded(database) as holder:
        holder.execute("begin")
        lock_slot(holder, TEN)
        first.execute("begin")
        bookingdb.reschedule_booking(first, moving.booking_id, DAY, NINE)
        with background(lambda: to_ten(second, booking_id=moving.booking_id)) as moved:
            wait_until_blocked(shop.conn, second, first)
            first.execute("commit")
            wait_until_blocked(shop.conn, second, holder)
            with background(lambda: to_ten(third, booking_id=other.booking_id)) as moved_too:
                wait_until_blocked(shop.conn, third, second)
                holder.execute("commit")
        assert isinstance(moved.exception(), VersionConflict)
        assert moved_too.result().time == TEN
