"""Who is slow, or dies, spoils nothing: what it says about a delivery that another has is noted."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

import bookingdb
from bookingdb import ClaimedDelivery, WebhookError
from tests.races.concurrency import all_of, at_once, connections
from tests.shop import Shop, hours
from tests.support import Database, scalar
from tests.webhooks.queue_steps import NOW, Clock, add, answer, claim, due_at, relay

ATTEMPTS = (
    "select attempt_number, status, error from bookingdb.webhook_attempts order by attempt_number"
)


def state(shop: Shop) -> Any:
    """The delivery as it is, without anything of its attempts."""
    return scalar(shop.conn, "select to_jsonb(d) from bookingdb.webhook_deliveries d")


def overtaken(shop: Shop, database: Database) -> tuple[ClaimedDelivery, ClaimedDelivery]:
    """A claim whose lease ran out, and the one that came after it."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    (slow,) = claim(shop.conn, seconds=30)
    clock.advance(seconds=29)
    assert claim(shop.conn) == []
    clock.advance(seconds=1)
    (quick,) = claim(shop.conn)
    assert quick.claim_id != slow.claim_id
    assert (quick.attempt_number, quick.payload) == (2, slow.payload)
    return slow, quick


@pytest.mark.parametrize("status", [200, 410, 503, None])
def test_slow_one_changes_nothing_but_its_attempt(
    shop: Shop, database: Database, status: int | None
) -> None:
    slow, quick = overtaken(shop, database)
    assert shop.conn.execute(ATTEMPTS).fetchall() == [(1, None, "lost")]
    before = state(shop)
    assert not answer(shop.conn, slow, status, retry_after=dt.timedelta(hours=1))
    assert state(shop) == before
    ((number, noted, _),) = shop.conn.execute(ATTEMPTS).fetchall()
    assert (number, noted) == (1, status)
    (endpoint,) = bookingdb.webhook_status(shop.conn)
    assert (endpoint.failing_since, endpoint.resting_until, endpoint.paused_at) == (
        None, None, None,
    )  # fmt: skip
    assert answer(shop.conn, quick)
    assert not answer(shop.conn, slow, 500)
    assert not answer(shop.conn, quick, 500)
    assert bookingdb.recent_deliveries(shop.conn)[0].state == "delivered"
    assert [row[:2] for row in shop.conn.execute(ATTEMPTS)] == [(1, status), (2, 200)]


def test_late_but_not_overtaken(shop: Shop, database: Database) -> None:
    """The lease ran out, but nobody else has claimed it: what the receiver said counts."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    (late,) = claim(shop.conn, seconds=30)
    clock.advance(minutes=5)
    assert answer(shop.conn, late)
    assert claim(shop.conn) == []


def test_lost_attempts_are_in_the_trail(shop: Shop, database: Database) -> None:
    overtaken(shop, database)
    booking_id = scalar(shop.conn, "select booking_id from bookingdb.bookings")
    (lost,) = bookingdb.delivery_trail(shop.conn, booking_id)
    assert (lost.attempt_number, lost.error, lost.duration) == (1, WebhookError.LOST, None)


def test_claims_at_once_share_nothing(shop: Shop, database: Database) -> None:
    add(shop.conn)
    add(shop.conn)
    shop.set_hours(hours(max_bookings=100, max_bouquets=100))
    for _ in range(40):
        shop.book()
    relay(shop.conn)
    with connections(database, 4) as conns:
        claimed: list[ClaimedDelivery] = []
        while len(claimed) < 80:
            calls = [lambda c=c: bookingdb.claim_deliveries(c, limit=7) for c in conns]
            for part in all_of(at_once(calls)):
                claimed += part
    assert len({d.webhook_id for d in claimed}) == 80
    assert claim(shop.conn) == []


def test_released_deliveries_are_due_at_once(shop: Shop, database: Database) -> None:
    """It was no attempt; what another has claimed meanwhile is left alone."""
    Clock(database)
    add(shop.conn)
    shop.book()
    (given,) = claim(shop.conn)
    ids = [given.webhook_id]
    assert bookingdb.release_deliveries(shop.conn, ids, uuid4()) == 0
    assert bookingdb.release_deliveries(shop.conn, ids, given.claim_id) == 1
    assert bookingdb.release_deliveries(shop.conn, ids, given.claim_id) == 0
    assert due_at(shop.conn, given.webhook_id) == NOW
    (again,) = claim(shop.conn)
    assert again.attempt_number == 1
    assert not answer(shop.conn, given, 500)
    assert bookingdb.release_deliveries(shop.conn, ids, given.claim_id) == 0
    assert answer(shop.conn, again)


def test_overtaken_one_cannot_release(shop: Shop, database: Database) -> None:
    slow, quick = overtaken(shop, database)
    assert bookingdb.release_deliveries(shop.conn, [slow.webhook_id], slow.claim_id) == 0
    assert answer(shop.conn, quick)


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, WebhookError.STATUS), (500, None), (None, None), (99, WebhookError.STATUS), (304, None)],
)
def test_status_and_error_must_agree(
    shop: Shop, status: int | None, error: WebhookError | None
) -> None:
    add(shop.conn)
    shop.book()
    (delivery,) = claim(shop.conn)
    before = state(shop)
    with pytest.raises(bookingdb.InvalidArgument):
        bookingdb.record_attempt(
            shop.conn, delivery.webhook_id, delivery.claim_id, 1, NOW, dt.timedelta(1),
            status=status, error=error,
        )  # fmt: skip
    assert state(shop) == before


def test_unknown_delivery(shop: Shop) -> None:
    with pytest.raises(bookingdb.WebhookDeliveryNotFound):
        bookingdb.record_attempt(shop.conn, uuid4(), uuid4(), 1, NOW, dt.timedelta(0), status=200)
    with pytest.raises(bookingdb.WebhookDeliveryNotFound):
        bookingdb.confirm_processed(shop.conn, uuid4())


def test_long_answers_are_cut(shop: Shop) -> None:
    add(shop.conn)
    shop.book()
    (delivery,) = claim(shop.conn)
    assert bookingdb.record_attempt(
        shop.conn, delivery.webhook_id, delivery.claim_id, 1, NOW, dt.timedelta(0),
        status=200, answer="🌷" * 5000,
    )  # fmt: skip
    assert bookingdb.recent_deliveries(shop.conn)[0].answer == "🌷" * 1024


@pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 10001}, {"lease": dt.timedelta(0)}])
def test_limits_of_a_claim(shop: Shop, bad: dict[str, Any]) -> None:
    with pytest.raises(bookingdb.InvalidArgument, match=f"p_{next(iter(bad))}"):
        bookingdb.claim_deliveries(shop.conn, **bad)
