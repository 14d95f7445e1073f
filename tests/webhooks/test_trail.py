"""The chain of custody of a booking, and what of it is still missing anywhere."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest

import bookingdb
from bookingdb import Actor, ActorKind, DeliveryState, WebhookError
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database
from tests.webhooks.queue_steps import HOOK, NOW, Clock, add, answer, claim, deliver, relay

TEN = dt.time(10)
SINCE = NOW - dt.timedelta(hours=1)


def test_trail_of_a_booking(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    first = add(shop.conn, event_types=["booking.created"]).endpoint_id
    clock.advance(seconds=1)
    second = add(shop.conn, HOOK + "/2").endpoint_id
    customer = Actor(ActorKind.CUSTOMER, performed_by_id="c-1")
    booking = shop.book(actor=customer)
    for delivery in claim(shop.conn):
        answer(shop.conn, delivery, 503 if delivery.endpoint_id == second else 201)
    clock.advance(minutes=1)
    (retry,) = claim(shop.conn)
    answer(shop.conn, retry)
    bookingdb.confirm_processed(shop.conn, retry.webhook_id)
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    relay(shop.conn)
    bookingdb.remove_webhook_endpoint(shop.conn, second)
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    trail = bookingdb.delivery_trail(shop.conn, booking.booking_id)
    assert [
        (t.booking_version, t.action_type, t.endpoint_id, t.state, t.attempt_number, t.status)
        for t in trail
    ] == [
        (1, "created", first, "delivered", 1, 201),
        (1, "created", second, "delivered", 1, 503),
        (1, "created", second, "delivered", 2, 200),
        (2, "modified", second, "discarded", None, None),
        (3, "cancelled", None, None, None, None),
    ]
    assert (trail[0].performed_by, trail[0].performed_by_id) == (ActorKind.CUSTOMER, "c-1")
    assert (trail[1].error, trail[2].error, trail[1].answer) == (WebhookError.STATUS, None, "well")
    assert [t.processed_at for t in trail] == [None, clock.now, clock.now, None, None]
    assert trail[1].duration == dt.timedelta(milliseconds=20)
    assert (trail[2].url, trail[2].started_at) == (HOOK + "/2", NOW)


def test_trail_of_a_deleted_booking(shop: Shop) -> None:
    add(shop.conn)
    booking = shop.book()
    shop.conn.execute("delete from bookingdb.bookings")
    deliver(shop.conn)
    trail = bookingdb.delivery_trail(shop.conn, booking.booking_id)
    assert [(t.booking_version, t.state) for t in trail] == [(1, "delivered"), (2, "delivered")]
    with pytest.raises(bookingdb.BookingNotFound):
        bookingdb.delivery_trail(shop.conn, uuid4())


def problems(shop: Shop, **window: Any) -> list[tuple[str, DeliveryState | None]]:
    found = bookingdb.reconcile(shop.conn, window.pop("since", SINCE), **window)
    return [(f.problem, f.state) for f in found]


def test_nothing_to_reconcile_when_all_is_delivered(shop: Shop) -> None:
    shop.book()
    add(shop.conn)
    add(shop.conn, event_types=["booking.cancelled"])
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    deliver(shop.conn)
    assert problems(shop) == []


def test_each_problem_is_named(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    endpoint = add(shop.conn, retry_schedule=[dt.timedelta(hours=1)]).endpoint_id
    shop.book()
    assert problems(shop) == [("Not relayed yet", None)]
    relay(shop.conn)
    assert problems(shop) == [("It has not been its turn yet", DeliveryState.PENDING)]
    (delivery,) = claim(shop.conn)
    assert problems(shop) == [("It is being sent", DeliveryState.PENDING)]
    answer(shop.conn, delivery, 500)
    assert problems(shop) == [("It waits for retry 1", DeliveryState.PENDING)]
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason="Move")
    assert problems(shop) == [("The endpoint is paused: Move", DeliveryState.PENDING)]
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    for _ in range(2):
        answer(shop.conn, claim(shop.conn)[0], 500)
        clock.advance(hours=2)
    assert problems(shop) == [("All retries failed", DeliveryState.DEAD)]
    bookingdb.replay_deliveries(shop.conn, from_=SINCE)
    deliver(shop.conn)
    assert problems(shop) == []


def test_reconcile_drops_nothing(shop: Shop, database: Database) -> None:
    """Exactly what was not delivered, of many, whatever was done to them."""
    clock = Clock(database)
    add(shop.conn, retry_schedule=[])
    add(shop.conn, HOOK + "/2")
    shop.set_hours(hours(max_bookings=50, max_bouquets=50))
    expected: set[UUID] = set()
    for number in range(20):
        shop.book()
        clock.advance(seconds=1)
        for place, delivery in enumerate(claim(shop.conn)):
            well = (number + place) % 3 == 0
            answer(shop.conn, delivery, 200 if well else 500)
            if well:
                expected.discard(delivery.webhook_id)
            else:
                expected.add(delivery.webhook_id)
    found = bookingdb.reconcile(shop.conn, SINCE)
    assert {f.webhook_id for f in found} == expected
    assert len(found) == len(expected) > 15
    half = found[len(found) // 2].event_at
    parts = [
        bookingdb.reconcile(shop.conn, SINCE, to=half), bookingdb.reconcile(shop.conn, half),
    ]  # fmt: skip
    assert parts[0] + parts[1] == found
    assert bookingdb.reconcile(shop.conn, SINCE, to=SINCE) == []
    with pytest.raises(bookingdb.InvalidArgument):
        bookingdb.reconcile(shop.conn, NOW, to=SINCE)


def test_removed_endpoints_miss_nothing(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint)
    assert problems(shop) == []


def test_businesses_are_apart(shop: Shop) -> None:
    """The same changes, the same endpoints: each business sees its own."""
    other = bookingdb.create_business(shop.conn, "B", "UTC", business_id=uuid4()).business_id
    bookingdb.set_opening_hours(shop.conn, [hours()], business_id=other)
    bookingdb.refresh_future_schedule(shop.conn, business_id=other)
    own = add(shop.conn).endpoint_id
    foreign = add(shop.conn, business_id=other).endpoint_id
    booking = shop.book()
    theirs = bookingdb.create_booking_safe(
        shop.conn, DAY, NINE, 1, "Eve", "eve@example.org", business_id=other
    )
    for business, endpoint, booking_id in (
        (booking.business_id, own, booking.booking_id),
        (other, foreign, theirs.booking_id),
    ):
        (found,) = bookingdb.reconcile(shop.conn, SINCE, business_id=business)
        assert (found.endpoint_id, found.booking_id) == (endpoint, booking_id)
    deliveries = deliver(shop.conn)
    assert {(d.business_id, d.endpoint_id, d.booking_id) for d in deliveries} == {
        (booking.business_id, own, booking.booking_id), (other, foreign, theirs.booking_id),
    }  # fmt: skip
    (recent,) = bookingdb.recent_deliveries(shop.conn, business_id=other)
    assert recent.endpoint_id == foreign
    with pytest.raises(bookingdb.BookingNotFound):
        bookingdb.delivery_trail(shop.conn, theirs.booking_id)
    with pytest.raises(bookingdb.WebhookDeliveryNotFound):
        bookingdb.confirm_processed(shop.conn, recent.webhook_id)
    assert bookingdb.replay_deliveries(shop.conn, from_=SINCE) == 1
    assert [d.business_id for d in deliver(shop.conn)] == [booking.business_id]


def test_recent_deliveries(shop: Shop) -> None:
    add(shop.conn)
    first, second = shop.book(), shop.book(TEN)
    deliver(shop.conn)
    bookingdb.cancel_booking(shop.conn, first.booking_id)
    relay(shop.conn)

    def seen(**what: Any) -> list[tuple[UUID | None, int | None]]:
        rows = bookingdb.recent_deliveries(shop.conn, **what)
        return [(r.booking_id, r.booking_version) for r in rows]

    one, two = first.booking_id, second.booking_id
    assert seen() == [(one, 2), (two, 1), (one, 1)]
    assert seen(limit=1) == [(one, 2)]
    assert seen(state=DeliveryState.DELIVERED) == [(two, 1), (one, 1)]
    assert seen(booking_id=one) == [(one, 2), (one, 1)]
    assert seen(endpoint_id=uuid4()) == []
    for limit in (0, 10001):
        with pytest.raises(bookingdb.InvalidArgument, match="p_limit"):
            seen(limit=limit)
