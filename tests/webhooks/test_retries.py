"""Retries follow the schedule, receivers that ask for time get it, and the dead are kept."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import ClaimedDelivery
from tests.shop import Shop
from tests.support import Database
from tests.webhooks.queue_steps import NOW, Clock, add, answer, claim, due_at

SCHEDULE = [dt.timedelta(seconds=10), dt.timedelta(minutes=10), dt.timedelta(hours=1)]
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
TEN = dt.time(10)


def one(shop: Shop) -> ClaimedDelivery:
    (delivery,) = claim(shop.conn)
    return delivery


def test_schedule_with_jitter_then_dead(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    add(shop.conn, retry_schedule=SCHEDULE)
    shop.book()
    for wait in SCHEDULE:
        delivery = one(shop)
        answer(shop.conn, delivery, 500)
        due = due_at(shop.conn, delivery.webhook_id)
        assert 0.8 * wait <= due - clock.now <= 1.2 * wait
        clock.set(due - dt.timedelta(milliseconds=1))
        assert claim(shop.conn) == []
        clock.set(due)
    answer(shop.conn, one(shop), 500)
    (dead,) = bookingdb.recent_deliveries(shop.conn, state=bookingdb.DeliveryState.DEAD)
    assert (dead.attempt_count, dead.status, dead.finished_at) == (4, 500, clock.now)
    clock.advance(days=30)
    assert claim(shop.conn) == []


def test_jitter_spreads(shop: Shop, database: Database) -> None:
    """Over the whole range, so that those who fail together do not come back together."""
    Clock(database)
    for _ in range(40):
        add(shop.conn, retry_schedule=[HOUR])
    shop.book()
    waits = []
    for delivery in claim(shop.conn):
        answer(shop.conn, delivery, 500)
        waits.append((due_at(shop.conn, delivery.webhook_id) - NOW) / HOUR)
    assert 0.8 <= min(waits) < 0.9
    assert 1.1 < max(waits) <= 1.2


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(HOUR, HOUR), (7 * DAY, DAY), (dt.timedelta(seconds=1), None), (-HOUR, None)],
)
@pytest.mark.parametrize("status", [429, 503, 500])
def test_retry_after(
    shop: Shop, database: Database, status: int, asked: dt.timedelta, waits: dt.timedelta | None
) -> None:
    """Never sooner than the schedule; at most a day counts."""
    Clock(database)
    add(shop.conn, retry_schedule=SCHEDULE)
    shop.book()
    delivery = one(shop)
    answer(shop.conn, delivery, status, retry_after=asked)
    due = due_at(shop.conn, delivery.webhook_id) - NOW
    assert due == waits if waits else 0.8 * SCHEDULE[0] <= due <= 1.2 * SCHEDULE[0]


@pytest.mark.parametrize("status", [429, 503])
def test_whole_endpoint_rests(shop: Shop, database: Database, status: int) -> None:
    """A receiver that is overloaded is left alone altogether, an hour at most; others go on."""
    clock = Clock(database)
    resting = add(shop.conn).endpoint_id
    other = add(shop.conn).endpoint_id
    shop.book()
    first, second = sorted(claim(shop.conn), key=lambda d: d.endpoint_id != resting)
    answer(shop.conn, first, status, retry_after=dt.timedelta(minutes=10))
    answer(shop.conn, second)
    shop.book(TEN)
    assert [d.endpoint_id for d in claim(shop.conn)] == [other]
    assert bookingdb.idle_time(shop.conn) > dt.timedelta(seconds=30)
    clock.advance(minutes=10)
    assert {d.endpoint_id for d in claim(shop.conn)} == {resting, other}


def test_rest_is_an_hour_at_most(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    answer(shop.conn, one(shop), 429, retry_after=DAY)
    shop.book(TEN)
    clock.advance(minutes=59)
    assert claim(shop.conn) == []
    clock.advance(minutes=1)
    assert one(shop).attempt_number == 1


def test_answer_from_before_does_not_end_the_rest(shop: Shop, database: Database) -> None:
    """Two were on their way; the one that went well says nothing about later."""
    Clock(database)
    add(shop.conn)
    shop.book()
    shop.book(TEN)
    refused, accepted = claim(shop.conn)
    answer(shop.conn, refused, 429, retry_after=HOUR)
    answer(shop.conn, accepted)
    shop.book(dt.time(11))
    assert claim(shop.conn) == []


def test_500_does_not_rest_the_endpoint(shop: Shop, database: Database) -> None:
    Clock(database)
    add(shop.conn)
    shop.book()
    answer(shop.conn, one(shop), 500, retry_after=HOUR)
    shop.book(TEN)
    assert one(shop).attempt_number == 1


def test_idle_time(shop: Shop, database: Database) -> None:
    """Until the next is due; nothing when there is something to do."""
    clock = Clock(database)
    minute = dt.timedelta(minutes=1)
    add(shop.conn, retry_schedule=[dt.timedelta(seconds=30)])
    assert bookingdb.idle_time(shop.conn) == minute
    shop.book()
    assert bookingdb.idle_time(shop.conn) == dt.timedelta(0)
    answer(shop.conn, one(shop), 500)
    assert dt.timedelta(seconds=24) <= bookingdb.idle_time(shop.conn) <= dt.timedelta(seconds=36)
    assert bookingdb.idle_time(shop.conn, longest=dt.timedelta(seconds=5)).total_seconds() == 5
    clock.advance(seconds=36)
    assert bookingdb.idle_time(shop.conn) == dt.timedelta(0)
    one(shop)
    assert bookingdb.idle_time(shop.conn) == minute  # the lease
    with pytest.raises(bookingdb.InvalidArgument, match="p_longest"):
        bookingdb.idle_time(shop.conn, longest=dt.timedelta(days=2))
