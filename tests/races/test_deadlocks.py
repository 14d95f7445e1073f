"""All paths lock the slots in one order, so that those who change two never deadlock.

The tests leave nothing to chance: somebody holds the first slot until all others wait, in a known
order, and then lets go. Whoever locked the second slot before the first would now be stuck.
"""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from tests.races.concurrency import (
    background,
    connections,
    guarded,
    is_waiting,
    wait_until,
    wait_until_blocked,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]
Call = Callable[[Connection], object]

TEN = dt.time(10)
FREE_THEN_TAKE = """
create or replace function bookingdb.tg_bookings__count_places()
returns trigger language plpgsql security definer as $$
begin
  if tg_op <> 'INSERT' then
    update bookingdb.time_slots set booked_count = booked_count - 1
     where date = old.date and time = old.time;
  end if;
  update bookingdb.time_slots set booked_count = booked_count + 1
   where date = new.date and time = new.time;
  return null;
end $$;
"""


def lock_slot(conn: Connection, time: dt.time) -> None:
    """Lock a slot by hand."""
    conn.execute(
        "select from bookingdb.time_slots where date = %s and time = %s for no key update",
        [DAY, time],
    )


def queue_behind_first_slot(database: Database, *calls: Call) -> None:
    """Run the calls while the slot at nine is locked; let go when all of them wait."""
    with (
        connections(database, len(calls) + 2) as (observer, holder, *conns),
        ThreadPoolExecutor(len(calls)) as pool,
    ):
        with holder.transaction():
            lock_slot(holder, NINE)
            futures = []
            for conn, call in zip(conns, calls, strict=True):
                futures.append(pool.submit(call, conn))
                wait_until(partial(is_waiting, observer, conn), "the call to wait")
        for future in futures:
            future.result()


def move(booking_id: UUID, time: dt.time) -> Call:
    """A hand-written move to another slot."""
    return lambda conn: conn.execute(
        "update bookingdb.bookings set time = %s where booking_id = %s", [time, booking_id]
    )


def reschedule(booking_id: UUID, time: dt.time) -> Call:
    """The same by the function."""
    return lambda conn: bookingdb.reschedule_booking(conn, booking_id, DAY, time)


def batch(*times: str) -> Call:
    """A booking in each of the slots."""
    customer = {"bouquets": 1, "customer_name": "Ada", "customer_email": "ada@example.org"}
    requests = [{"date": DAY, "time": time, **customer} for time in times]
    return lambda conn: bookingdb.create_bookings(conn, requests)


@pytest.fixture(params=[1, -1], ids=["forward_first", "backward_first"])
def order(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[move, reschedule], ids=["by_hand", "reschedule"])
def moves(shop: Shop, request: pytest.FixtureRequest, order: int) -> list[Call]:
    """Two bookings that change places."""
    there, back = shop.book(NINE).booking_id, shop.book(TEN).booking_id
    calls: list[Call] = [request.param(there, TEN), request.param(back, NINE)]
    return calls[::order]


def test_two_that_change_places(shop: Shop, database: Database, moves: list[Call]) -> None:
    queue_behind_first_slot(database, *moves)
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (1, 1)


def test_two_that_change_places_would_deadlock_in_another_order(
    database: Database, conn: Connection
) -> None:
    """The control: a trigger that frees first and then takes, as one writes it at first."""
    shop = Shop(conn)
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin")
    shop.set_hours(hours())
    there, back = shop.book(NINE).booking_id, shop.book(TEN).booking_id
    conn.execute(FREE_THEN_TAKE)
    with pytest.raises(bookingdb.DeadlockDetected):
        queue_behind_first_slot(database, move(there, TEN), move(back, NINE))


def test_who_locks_by_hand_in_another_order_deadlocks(shop: Shop, database: Database) -> None:
    """The control: it is the order that counts."""
    booking = shop.book(NINE)
    with guarded(database) as mover, guarded(database) as by_hand:
        by_hand.execute("begin")
        lock_slot(by_hand, TEN)
        with background(lambda: move(booking.booking_id, TEN)(mover)) as moving:
            wait_until_blocked(shop.conn, mover, by_hand)
            errors: list[BaseException | None] = []
            try:
                lock_slot(by_hand, NINE)
            except psycopg.Error as error:
                errors.append(error)
            by_hand.execute("rollback")
        errors.append(moving.exception())
        (victim,) = filter(None, errors)
        assert isinstance(victim, bookingdb.DeadlockDetected)
        assert bookingdb.is_retryable(victim)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("09:00", "10:00"), ("10:00", "09:00")),
        (("10:00", "09:00"), ("09:00", "10:00")),
        (("09:00", "10:00"), ("10:00", "9:00")),  # as text, 10:00 comes before 9:00
    ],
)
def test_batches_in_opposite_order(
    shop: Shop, database: Database, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    queue_behind_first_slot(database, batch(*first), batch(*second))
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (2, 2)


def test_batch_with_a_bad_time_names_the_element(shop: Shop) -> None:
    with pytest.raises(bookingdb.InvalidArgument) as caught:
        batch("10:00", "nine", "09:00")(shop.conn)
    assert caught.value.detail.startswith("Element 2.")


@pytest.mark.parametrize("target", [NINE, TEN])
@pytest.mark.parametrize("is_first", [False, True], ids=["refresh_first", "move_first"])
def test_move_beside_a_refresh(
    shop: Shop, database: Database, target: dt.time, is_first: bool
) -> None:
    booking = shop.book(TEN if target == NINE else NINE)
    bookingdb.set_opening_hours(shop.conn, [hours(max_bookings=4)])
    calls = [bookingdb.refresh_future_schedule, move(booking.booking_id, target)]
    queue_behind_first_slot(database, *(calls[::-1] if is_first else calls))
    assert shop.slot(target)[:4] == (1, 1, 4, 10)


def test_batch_beside_a_refresh(shop: Shop, database: Database) -> None:
    bookingdb.set_opening_hours(shop.conn, [hours(max_bookings=4)])
    queue_behind_first_slot(
        database,
        bookingdb.refresh_future_schedule,
        batch("10:00", "09:00"),
        batch("09:00", "10:00"),
    )
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (2, 2)
