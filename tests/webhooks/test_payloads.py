"""What a receiver reads: every change of a booking, in bytes that never change."""

import datetime as dt
import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest

import bookingdb
from bookingdb import Actor, ActorKind, PaymentStatus, WebhookProfile
from tests.shop import DAY, NINE, Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import Clock, Connection, add, answer, body, claim, deliver

MINUTES = dt.timedelta(minutes=5)
TEN = dt.time(10)
Act = Callable[[Shop, Clock], object]


def hold(shop: Shop) -> UUID:
    return shop.book(hold_for=MINUTES).booking_id


def paid_now(shop: Shop) -> UUID:
    booking = shop.book(payment_method="pay_now")
    bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.PAID)
    return booking.booking_id


def offer(shop: Shop, clock: Clock) -> None:
    """Somebody waits, and a place becomes free."""
    full = shop.book(bouquets=10)
    bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", "eve@example.org")
    bookingdb.cancel_booking(shop.conn, full.booking_id)


def after(days: int, act: Callable[[Connection, UUID], object]) -> Act:
    def later(shop: Shop, clock: Clock) -> None:
        booking = shop.book()
        clock.advance(days=days)
        act(shop.conn, booking.booking_id)

    return later


def expire(shop: Shop, clock: Clock) -> None:
    hold(shop)
    clock.advance(hours=1)
    bookingdb.expire_holds(shop.conn)


def delete(shop: Shop, _clock: Clock) -> None:
    shop.book()
    shop.conn.execute("delete from bookingdb.bookings")


def pay(shop: Shop, status: PaymentStatus) -> None:
    booking = shop.book(payment_method="pay_now")
    bookingdb.record_payment(shop.conn, booking.booking_id, status)


ACTS: dict[str, Act] = {
    "created": lambda s, _: s.book(),
    "offered": offer,
    "confirmed": lambda s, _: bookingdb.confirm_booking(
        s.conn, hold(s), customer_name="Ada", customer_email="ada@example.org"
    ),
    "modified": lambda s, _: bookingdb.update_booking(s.conn, s.book().booking_id, notes="x"),
    "rescheduled": lambda s, _: bookingdb.reschedule_booking(s.conn, s.book().booking_id, DAY, TEN),
    "cancelled": lambda s, _: bookingdb.cancel_booking(s.conn, s.book().booking_id),
    "expired": expire,
    "payment_succeeded": lambda s, _: paid_now(s),
    "payment_failed": lambda s, _: pay(s, PaymentStatus.FAILED),
    "payment_refunded": lambda s, _: bookingdb.record_payment(
        s.conn, paid_now(s), PaymentStatus.REFUNDED
    ),
    "completed": after(7, bookingdb.complete_booking),
    "no_show": after(7, bookingdb.mark_no_show),
    "deleted": delete,
}


@pytest.mark.parametrize("action", ACTS)
def test_every_action_has_its_event(shop: Shop, database: Database, action: str) -> None:
    clock = Clock(database)
    add(shop.conn, fields=[f.field for f in bookingdb.webhook_fields(shop.conn)])
    ACTS[action](shop, clock)
    (event,) = [e for e in map(body, deliver(shop.conn)) if e["type"] == f"booking.{action}"]
    (log,) = shop.conn.execute(
        "select to_jsonb(l), created_at from bookingdb.booking_audit_log l where action_type = %s",
        [action],
    )
    assert dt.datetime.fromisoformat(event["timestamp"]) == log[1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["timestamp"])
    data = event["data"]
    assert data.keys() == {
        "schema_version", "booking", "changed", "previous", "version", "actor", "audit",
    }  # fmt: skip
    assert (data["schema_version"], data["version"]) == (1, log[0]["booking_version"])
    assert data["audit"] == {"id": log[0]["id"], "hash": log[0]["hash"].removeprefix("\\x")}
    after, before = log[0]["new_values"], log[0]["old_values"]
    current = after or before
    assert data["booking"] == {name: current[name] for name in data["booking"]}
    names = [n for n in data["booking"] if before and after and before[n] != after[n]]
    assert sorted(data["changed"]) == sorted(names)
    assert data["previous"] == {name: before[name] for name in names}
    assert names or action in ("created", "deleted")


def test_every_action_is_tried() -> None:
    assert set(bookingdb.BookingAction) - set(ACTS) == {"redacted"}  # nothing does that yet


def test_what_changed_and_who_did_it(shop: Shop) -> None:
    add(shop.conn, fields=["time", "status", "performed_by_id", "ip_address", "reason"])
    actor = Actor(
        ActorKind.CUSTOMER, performed_by_id="c-7", ip_address="192.0.2.7",
        user_agent="curl", reason="too early",
    )  # fmt: skip
    booking = shop.book()
    bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, TEN, actor=actor)
    data = body(deliver(shop.conn)[1])["data"]
    assert data["changed"] == ["time"]
    assert data["previous"] == {"time": "09:00:00"}
    assert data["booking"] == {
        "business_id": str(booking.business_id), "booking_id": str(booking.booking_id),
        "time": "10:00:00", "status": "confirmed",
    }  # fmt: skip
    assert data["actor"] == {
        "performed_by": "customer", "performed_by_id": "c-7", "ip_address": "192.0.2.7",
        "reason": "too early",
    }  # fmt: skip


def test_profile_of_make_has_flat_aliases(shop: Shop) -> None:
    add(shop.conn)
    add(shop.conn, profile=WebhookProfile.MAKE)
    booking = shop.book()
    standard, make = sorted(deliver(shop.conn), key=lambda d: len(d.payload))
    flat, event = body(make), body(standard)
    assert flat == event["data"]["booking"] | {"version": 1} | event
    assert (flat["booking_id"], flat["date"]) == (str(booking.booking_id), str(DAY))
    assert flat["time"] == "09:00:00"


def test_same_bytes_on_every_attempt(shop: Shop) -> None:
    """Whatever changes meanwhile: the endpoint, the booking, the settings of the session."""
    endpoint = add(shop.conn).endpoint_id
    booking = shop.book(notes="first")
    (first,) = claim(shop.conn)
    answer(shop.conn, first, 503)
    bookingdb.update_webhook_endpoint(
        shop.conn, endpoint, fields=["notes"], profile=WebhookProfile.MAKE, event_types=["*"]
    )
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="second")
    bookingdb.rotate_webhook_secret(shop.conn, endpoint)
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    shop.conn.execute("set timezone = 'Asia/Tokyo'; set bytea_output = 'escape'")
    (again,) = claim(shop.conn)
    assert (again.webhook_id, again.payload) == (first.webhook_id, first.payload)
    assert again.attempt_number == 2
    answer(shop.conn, again)
    bookingdb.replay_deliveries(shop.conn, booking_id=booking.booking_id)
    replayed = [d for d in deliver(shop.conn) if d.booking_version == 1]
    assert [d.payload for d in replayed] == [first.payload]


@pytest.mark.parametrize(
    "name", ["Zoë Müßig", "Bobby \"'; drop table", "a\\b\tc", "花 🌷", "</script>\u2028", "{{7*7}}"]
)
def test_any_text_arrives_as_it_is(shop: Shop, name: str) -> None:
    add(shop.conn, fields=["customer_name", "time"])
    shop.book(NINE, customer_name=name)
    (delivery,) = deliver(shop.conn)
    assert body(delivery)["data"]["booking"]["customer_name"] == name
    assert json.loads(delivery.payload.decode("utf-8"))
    stored = scalar(shop.conn, "select payload from bookingdb.webhook_payloads")
    assert bytes(stored) == delivery.payload


@pytest.mark.parametrize(
    "setting", ["timezone = 'Asia/Tokyo'", "datestyle = 'SQL, DMY'", "bytea_output = 'escape'"]
)
def test_session_that_relays_leaves_no_trace(shop: Shop, setting: str) -> None:
    add(shop.conn)
    add(shop.conn)
    shop.book()
    shop.conn.execute(f"set {setting}".encode())
    first, second = (body(d) for d in deliver(shop.conn))
    assert first == second
    assert first["timestamp"].endswith("Z")
    assert first["data"]["booking"]["created_at"].endswith("+00:00")
    assert first["data"]["booking"]["date"] == str(DAY)
