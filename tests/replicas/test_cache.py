"""A cache answers as the database would, soon after each change; and no booking trusts it."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

import bookingdb
from bookingdb import AsyncAvailabilityCache, AvailabilityCache, aio
from bookingdb._answers import Answers, Question
from tests.races.concurrency import wait_until
from tests.replicas.pair import Pair, server_of
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, scalar

Connection = psycopg.Connection[Any]

NEXT = DAY + dt.timedelta(1)
LONG = dt.timedelta(hours=1)


@pytest.fixture
def ear(database: Database, shop: Shop) -> Iterator[Connection]:
    with database.login("bookingdb_app") as conn:
        yield conn


@pytest.fixture
def cache(ear: Connection) -> AvailabilityCache:
    cache = AvailabilityCache(max_age=LONG)
    cache.listen(ear)
    return cache


def as_of(cache: AvailabilityCache, shop: Shop, day: dt.date = DAY) -> dt.datetime | None:
    """When the answer was given that the cache has of a day."""
    return cache.available_slots(shop.conn, day, day, include_full=True)[0].as_of


def places(cache: AvailabilityCache, conn: Any, day: dt.date = DAY) -> int:
    return cache.available_slots(conn, day, day, include_full=True)[0].remaining_bookings


def test_an_answer_is_kept(cache: AvailabilityCache, shop: Shop) -> None:
    first = cache.available_slots(shop.conn, DAY, DAY)
    again = cache.available_slots(shop.conn, DAY, DAY)
    assert again == first
    again.clear()  # a list of the caller's own
    assert cache.available_slots(shop.conn, DAY, DAY) == first
    assert cache.available_slots(shop.conn, DAY, DAY, bouquets=11) == []


def test_a_booking_is_announced(cache: AvailabilityCache, shop: Shop) -> None:
    assert places(cache, shop.conn) == 3
    booking = shop.book()
    wait_until(lambda: places(cache, shop.conn) == 2, "the booking to be heard of")
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    wait_until(lambda: places(cache, shop.conn) == 3, "the cancellation to be heard of")


def test_a_booking_that_moves(cache: AvailabilityCache, shop: Shop) -> None:
    booking = shop.book()
    wait_until(lambda: places(cache, shop.conn) == 2, "the booking to be heard of")
    assert places(cache, shop.conn, NEXT) == 3
    bookingdb.reschedule_booking(shop.conn, booking.booking_id, NEXT, NINE)
    wait_until(lambda: places(cache, shop.conn, NEXT) == 2, "where it moved to")
    wait_until(lambda: places(cache, shop.conn) == 3, "where it came from")


def test_other_days_stay(cache: AvailabilityCache, shop: Shop) -> None:
    before, other = as_of(cache, shop), as_of(cache, shop, NEXT)
    shop.book(date=NEXT)
    wait_until(lambda: as_of(cache, shop, NEXT) != other, "the booking to be heard of")
    assert as_of(cache, shop) == before


def test_other_businesses_stay(cache: AvailabilityCache, shop: Shop) -> None:
    before = as_of(cache, shop)
    business = bookingdb.create_business(shop.conn, "Another", "UTC", business_id=uuid4())
    bookingdb.set_opening_hours(shop.conn, [hours()], business_id=business.business_id)
    bookingdb.refresh_future_schedule(shop.conn, business_id=business.business_id)
    other = as_of(cache, shop, NEXT)
    shop.book(date=NEXT)  # announced after all that
    wait_until(lambda: as_of(cache, shop, NEXT) != other, "the booking to be heard of")
    assert as_of(cache, shop) == before


CHANGES: dict[str, Callable[[Shop], object]] = {
    "a limit": lambda shop: bookingdb.adjust_slot(shop.conn, DAY, NINE, max_bookings=1),
    "hours": lambda shop: shop.set_hours(hours(closes="15:00")),
    "closed": lambda shop: (
        bookingdb.set_schedule_exception(shop.conn, DAY, []),
        bookingdb.refresh_future_schedule(shop.conn),
    ),
    "lead time": lambda shop: bookingdb.update_business(shop.conn, lead_time=dt.timedelta(days=30)),
    "by hand": lambda shop: shop.conn.execute(
        "delete from bookingdb.time_slots where date = %s", [DAY]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_of_the_schedule(cache: AvailabilityCache, shop: Shop, change: str) -> None:
    before = cache.available_slots(shop.conn, DAY, DAY)
    CHANGES[change](shop)
    wait_until(lambda: cache.available_slots(shop.conn, DAY, DAY) != before, change)


def test_a_booking_trusts_no_cache(cache: AvailabilityCache, ear: Connection, shop: Shop) -> None:
    """One that hears nothing still calls free what is full."""
    ear.execute("unlisten *")
    before = places(cache, shop.conn)
    for _ in range(3):
        shop.book()
    assert places(cache, shop.conn) == before == 3
    with pytest.raises(bookingdb.MaximumBookingsReached):
        shop.book()
    shop.book(dt.time(10), 9)
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.book(dt.time(10), 2)


def test_what_nobody_announces_is_kept_for_a_while(
    ear: Connection, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = AvailabilityCache(max_age=dt.timedelta(seconds=5))
    cache.listen(ear)
    ear.execute("unlisten *")
    now = 1000.0
    monkeypatch.setattr("bookingdb._answers.time.monotonic", lambda: now)
    assert places(cache, shop.conn) == 3
    shop.book()
    now += 4.9
    assert places(cache, shop.conn) == 3
    now += 0.1
    assert places(cache, shop.conn) == 2


def test_an_open_transaction_is_not_answered_from_the_cache(
    cache: AvailabilityCache, shop: Shop
) -> None:
    """It sees what nobody else does, and that must not be kept either."""
    assert places(cache, shop.conn) == 3
    with shop.conn.transaction(force_rollback=True):
        shop.book()
        shop.book(date=NEXT)
        assert places(cache, shop.conn) == 2
        assert places(cache, shop.conn, NEXT) == 2
    assert places(cache, shop.conn) == 3
    assert places(cache, shop.conn, NEXT) == 3


def test_what_others_do_not_see_would_be_kept(
    cache: AvailabilityCache, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr("bookingdb.cache.is_idle", lambda _: True)
    with shop.conn.transaction(force_rollback=True):
        shop.book()
        assert places(cache, shop.conn) == 2
    assert places(cache, shop.conn) == 2


def test_the_connection_breaks(
    cache: AvailabilityCache, ear: Connection, database: Database, shop: Shop
) -> None:
    before = as_of(cache, shop)
    shop.conn.execute("select pg_terminate_backend(%s)", [ear.info.backend_pid])
    wait_until(lambda: as_of(cache, shop) != before, "the end to be noticed")
    assert as_of(cache, shop) != as_of(cache, shop)  # it keeps nothing
    with database.login("bookingdb_app") as conn:
        cache.listen(conn)
        assert as_of(cache, shop) == as_of(cache, shop)


def test_nobody_is_notified_unless_somebody_watches(database: Database, shop: Shop) -> None:
    with database.login("bookingdb_app") as conn:
        conn.execute("listen bookingdb_availability")
        shop.book()
        assert list(conn.notifies(timeout=0)) == []
        bookingdb.watch_availability(conn, True)
        with shop.conn.transaction():
            shop.book()
            shop.book(dt.time(10))
        (notify,) = conn.notifies(timeout=60, stop_after=1)  # one, of both
        assert notify.payload.endswith(f" {DAY} {DAY}")
        assert str(bookingdb.DEFAULT_BUSINESS_ID) not in notify.payload
        reading = scalar(shop.conn, "select bookingdb.measure_dispatcher()::text")
        assert "no dispatcher listens" in reading  # a cache is none
        bookingdb.watch_availability(conn, False)
        shop.book()
        assert list(conn.notifies(timeout=0)) == []


def test_listens_in_autocommit_mode(database: Database) -> None:
    with database.connect(autocommit=False) as conn, pytest.raises(ValueError, match="autocommit"):
        AvailabilityCache().listen(conn)


def test_announced_while_it_was_asked() -> None:
    answers = Answers(LONG, 2)
    question = Question(DAY, DAY, 1, False, bookingdb.DEFAULT_BUSINESS_ID)
    begun = answers.begin()
    answers.forget([f"{'0' * 64} {NEXT} {NEXT}"])
    answers.put(question, [], begun)
    assert answers.get(question) is None
    answers.put(question, [], answers.begin())
    assert answers.get(question) == []


def test_size_is_bounded() -> None:
    answers = Answers(LONG, 2)
    questions = [Question(DAY, DAY, n, False, bookingdb.DEFAULT_BUSINESS_ID) for n in range(3)]
    for question in questions:
        answers.put(question, [], answers.begin())
    assert [answers.get(question) for question in questions] == [None, [], []]


def test_async_half(database: Database, shop: Shop) -> None:
    async def story() -> None:
        async with (
            await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as ear,
            await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as conn,
        ):
            cache = AsyncAvailabilityCache(max_age=LONG)
            await cache.listen(ear)
            first = await cache.available_slots(conn, DAY, DAY)
            assert await cache.available_slots(conn, DAY, DAY) == first
            await aio.create_booking(conn, DAY, NINE, 1, "Ada", "ada@example.org")
            while await cache.available_slots(conn, DAY, DAY) == first:
                await asyncio.sleep(0.005)
            (slot, *_) = await cache.available_slots(conn, DAY, DAY)
            assert slot.remaining_bookings == 2

    asyncio.run(asyncio.wait_for(story(), 60))


def test_before_a_replica(pair: Pair) -> None:
    """What was announced already the replica may not have: nothing older is kept."""
    cache = AvailabilityCache(max_age=LONG)
    with psycopg.connect(pair.primary.info.dsn, autocommit=True) as ear:
        cache.listen(ear)
        db, _ = pair.replicated(patience=dt.timedelta())
        assert places(cache, db) == 3
        with pair.paused():
            Shop(pair.primary).book()
            wait_until(lambda: places(cache, db) == 2, "the booking to be heard of")
            (slot, *_) = bookingdb.available_slots(pair.replica, DAY, DAY)
            assert slot.remaining_bookings == 3
        pair.catch_up()
        assert server_of(db) == "replica"
        assert places(cache, db) == 2
