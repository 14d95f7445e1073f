"""A request that is sent twice, also at once, books once; whoever sent it gets that booking."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection, IsolationLevel

import bookingdb
import bookingdb.aio
from bookingdb import Booking, IdempotencyKeyReused, MaximumBookingsReached
from tests.races.concurrency import (
    ALL_LEVELS,
    background,
    guarded,
    guarded_async,
    retried_async,
    wait_until_blocked,
)
from tests.shop import DAY, NINE, Shop
from tests.support import Database

CALLERS = 16
KEY = "order-1"
Request = Callable[[AsyncConnection[Any]], Coroutine[Any, Any, Booking]]

every_level = pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())


def request(bouquets: int = 1, key: str = KEY) -> Request:
    return lambda conn: bookingdb.aio.create_booking_safe(
        conn, DAY, NINE, bouquets, "Ada", "ada@example.org", idempotency_key=key
    )


def send(
    database: Database, level: IsolationLevel, *requests: Request
) -> list[Booking | BaseException]:
    """What each request got, all sent at once, each on a connection of its own."""

    async def send_all() -> list[Booking | BaseException]:
        async with AsyncExitStack() as stack:
            conns = [
                await stack.enter_async_context(await guarded_async(database, level))
                for _ in requests
            ]
            calls = map(retried_async, conns, requests)
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(send_all())


def audit_rows(shop: Shop) -> int:
    row = shop.conn.execute("select count(*)::int from bookingdb.booking_audit_log").fetchone()
    assert row is not None
    return int(row[0])


@every_level
@pytest.mark.parametrize("taken", [0, 2], ids=["empty_slot", "last_place"])
def test_same_request_at_once(
    shop: Shop, database: Database, level: IsolationLevel, taken: int
) -> None:
    for _ in range(taken):
        shop.book()
    bookings = send(database, level, *[request()] * CALLERS)
    assert len({repr(booking) for booking in bookings}) == 1
    assert isinstance(bookings[0], Booking)
    assert shop.slot()[:2] == (taken + 1, taken + 1)
    assert audit_rows(shop) == taken + 1


@every_level
def test_other_request_with_the_same_key_at_once(
    shop: Shop, database: Database, level: IsolationLevel
) -> None:
    outcomes = send(database, level, *[request(1), request(2)] * (CALLERS // 2))
    made = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, IdempotencyKeyReused)]
    assert (len(made), len(refused)) == (CALLERS // 2, CALLERS // 2)
    assert len(set(made)) == 1
    assert shop.slot()[0] == audit_rows(shop) == 1


@every_level
def test_more_requests_than_places(shop: Shop, database: Database, level: IsolationLevel) -> None:
    """Each key thrice, more keys than places: as many bookings as places, each seen thrice."""
    requests = [request(key=f"order-{number % 6}") for number in range(18)]
    outcomes = send(database, level, *requests)
    made = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, MaximumBookingsReached)]
    assert (len(made), len(set(made)), len(refused)) == (9, 3, 9)
    assert shop.slot()[0] == audit_rows(shop) == 3


def test_failed_attempt_leaves_the_key_free(shop: Shop) -> None:
    booking, *_ = [shop.book() for _ in range(3)]
    with pytest.raises(MaximumBookingsReached):
        shop.book(idempotency_key=KEY)
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    again = shop.book(idempotency_key=KEY)
    assert shop.book(idempotency_key=KEY) == again


@every_level
def test_attempt_that_is_rolled_back_leaves_the_key_to_who_waits(
    shop: Shop, database: Database, level: IsolationLevel
) -> None:
    def book(conn: psycopg.Connection[Any]) -> Booking:
        return Shop(conn).book(idempotency_key=KEY)

    with guarded(database, level) as first, guarded(database, level) as second:
        second.autocommit = False
        first.execute("begin")
        lost = book(first)
        with background(lambda: book(second)) as waiting:
            wait_until_blocked(shop.conn, second, first)
            first.execute("rollback")
        second.commit()
    assert waiting.result().booking_id != lost.booking_id
    assert shop.slot()[0] == audit_rows(shop) == 1


def test_booking_that_is_deleted_at_that_moment(shop: Shop, database: Database) -> None:
    """Who lost the race for the key finds the winner gone: books, and returns a booking."""
    shop.conn.execute("""
        create function pause() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock(1);
          return null;
        end $$;
        create trigger pause after insert on bookingdb.bookings execute function pause();
        """)
    with (
        guarded(database) as first,
        guarded(database) as second,
        guarded(database) as gate,
    ):
        first.execute("begin")
        Shop(first).book(idempotency_key=KEY)
        with background(lambda: Shop(second).book(idempotency_key=KEY)) as waiting:
            wait_until_blocked(shop.conn, second, first)
            with gate.transaction():
                gate_is_mine = background(lambda: gate.execute("select pg_advisory_xact_lock(1)"))
                with gate_is_mine:
                    wait_until_blocked(shop.conn, gate, first)
                    first.execute("commit")
                wait_until_blocked(shop.conn, second, gate)
                shop.conn.execute("delete from bookingdb.bookings")
        booking = waiting.result()
    assert bookingdb.get_booking(shop.conn, booking.booking_id) == booking
