"""What was sent can be sent again, confirmed, and deleted when it is old."""

import datetime as dt
from typing import Any

import pytest

import bookingdb
from bookingdb import DeliveryState
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import (
    HOOK,
    NOW,
    Clock,
    add,
    answer,
    claim,
    deliver,
    relay,
    set_cursor,
)  # fmt: skip

TEN = dt.time(10)
DAY = dt.timedelta(days=1)


def story(shop: Shop, clock: Clock) -> dict[str, Any]:
    """Two endpoints, two bookings a day apart; one delivery of the second is dead."""
    first = add(shop.conn).endpoint_id
    second = add(shop.conn, HOOK + "/2", retry_schedule=[]).endpoint_id
    early = shop.book().booking_id
    deliver(shop.conn)
    clock.advance(days=1)
    late = shop.book(TEN).booking_id
    for delivery in claim(shop.conn):
        answer(shop.conn, delivery, 200 if delivery.endpoint_id == first else 500)
    return {"first": first, "second": second, "early": early, "late": late}


@pytest.mark.parametrize(
    ("what", "count"),
    [
        (lambda s: {"endpoint_id": s["first"]}, 2),
        (lambda s: {"endpoint_id": s["second"]}, 2),
        (lambda s: {"endpoint_id": s["second"], "state": DeliveryState.DEAD}, 1),
        (lambda s: {"booking_id": s["early"]}, 2),
        (lambda s: {"booking_id": s["late"], "state": DeliveryState.DELIVERED}, 1),
        (lambda s: {"from_": NOW, "to": NOW + DAY}, 2),
        (lambda s: {"from_": NOW + DAY}, 2),
        (lambda s: {"to": NOW + 2 * DAY}, 4),
        (lambda s: {"from_": NOW, "state": DeliveryState.DEAD}, 1),
        (lambda s: {"booking_id": s["first"]}, 0),
    ],
)
def test_replay(shop: Shop, database: Database, what: Any, count: int) -> None:
    settings = story(shop, Clock(database))
    before = {
        (w, bytes(p))
        for w, p in shop.conn.execute("select webhook_id, payload from bookingdb.webhook_payloads")
    }
    assert bookingdb.replay_deliveries(shop.conn, **what(settings)) == count
    assert bookingdb.replay_deliveries(shop.conn, **what(settings)) == 0  # they are pending
    sent = deliver(shop.conn)
    assert len(sent) == count
    assert {(d.webhook_id, d.payload) for d in sent} <= before
    assert all(d.attempt_number == 2 for d in sent)


@pytest.mark.parametrize(
    "bad",
    [
        {}, {"state": DeliveryState.DEAD}, {"from_": NOW + DAY, "to": NOW},
        {"from_": NOW, "state": DeliveryState.PENDING},
        {"from_": NOW, "state": DeliveryState.DISCARDED},
    ],
)  # fmt: skip
def test_replay_of_what(shop: Shop, bad: dict[str, Any]) -> None:
    with pytest.raises(bookingdb.InvalidArgument):
        bookingdb.replay_deliveries(shop.conn, **bad)


def test_replayed_ones_have_all_retries(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    endpoint = add(shop.conn, retry_schedule=[dt.timedelta(hours=1)]).endpoint_id
    shop.book()
    for _ in range(2):
        answer(shop.conn, claim(shop.conn)[0], 500)
        clock.advance(hours=2)
    assert claim(shop.conn) == []
    bookingdb.replay_deliveries(shop.conn, endpoint_id=endpoint)
    answer(shop.conn, claim(shop.conn)[0], 500)
    clock.advance(hours=2)
    assert len(deliver(shop.conn)) == 1


@pytest.mark.parametrize("state", ["delivered", "waiting", "claimed", "dead"])
def test_confirmation(shop: Shop, database: Database, state: str) -> None:
    """The receiver has processed it, however the answers went; the first confirmation counts."""
    clock = Clock(database)
    add(shop.conn, retry_schedule=[] if state == "dead" else None)
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    (delivery,) = claim(shop.conn)
    if state != "claimed":
        answer(shop.conn, delivery, 200 if state == "delivered" else 500)
    confirmed = bookingdb.confirm_processed(shop.conn, delivery.webhook_id)
    assert (confirmed.state, confirmed.processed_at) == (DeliveryState.DELIVERED, NOW)
    assert confirmed.claim_id is None
    if state == "claimed":
        assert not answer(shop.conn, delivery, 500)
    assert [d.booking_version for d in claim(shop.conn)] == [2]  # its follower is free
    clock.advance(hours=1)
    assert bookingdb.confirm_processed(shop.conn, delivery.webhook_id).processed_at == NOW


def test_confirmation_of_what_was_discarded(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    (delivery,) = claim(shop.conn)
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint)
    confirmed = bookingdb.confirm_processed(shop.conn, delivery.webhook_id)
    assert (confirmed.state, confirmed.processed_at is None) == (DeliveryState.DISCARDED, False)


def test_purge(shop: Shop, database: Database) -> None:
    """Only what was finished long ago, with all that belongs to it."""
    clock = Clock(database)
    story(shop, clock)
    clock.advance(hours=1)
    shop.book(dt.time(11))
    relay(shop.conn)
    clock.advance(days=10)
    assert bookingdb.purge_deliveries(shop.conn, older_than=11 * DAY) == 2
    assert bookingdb.purge_deliveries(shop.conn, older_than=DAY, limit=1) == 1
    assert bookingdb.purge_deliveries(shop.conn, older_than=DAY) == 1
    assert bookingdb.purge_deliveries(shop.conn, older_than=DAY) == 0
    for table, left in (("deliveries", 2), ("payloads", 2), ("attempts", 0)):
        assert scalar(shop.conn, f"select count(*) from bookingdb.webhook_{table}") == left
    set_cursor(shop.conn, "system_identifier = 1")
    assert len(deliver(shop.conn)) == 2  # the pending ones, and nothing of what was purged
    for bad in ({"older_than": dt.timedelta(hours=1)}, {"limit": 0}):
        with pytest.raises(bookingdb.InvalidArgument):
            bookingdb.purge_deliveries(shop.conn, **bad)


def test_replayed_old_ones_are_not_purged(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    ids = story(shop, clock)
    clock.advance(days=100)
    assert bookingdb.replay_deliveries(shop.conn, endpoint_id=ids["first"]) == 2
    assert bookingdb.purge_deliveries(shop.conn) == 2
    assert len(deliver(shop.conn)) == 2
    assert bookingdb.purge_deliveries(shop.conn) == 0
