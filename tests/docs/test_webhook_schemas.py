"""The schemas of webhook payloads tell the truth: real payloads are valid, wrong ones are not."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

import bookingdb
from bookingdb import Actor, ActorKind, PaymentMethod, PaymentStatus, WebhookProfile
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import scalar

DOCS = Path(__file__).resolve().parents[2] / "docs" / "webhooks"
URL = "https://shop.example/"
ACTOR = Actor(ActorKind.CUSTOMER, "c-1", ip_address="192.0.2.7", user_agent="x", reason="why")
HOUR = dt.timedelta(hours=1)
TEN = dt.time(10)


def schema_of(name: str) -> Any:
    return json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))


PARTS = schema_of("booking-event")["$defs"]
BOOKING = Draft202012Validator(schema_of("booking-event"))
OTHER = Draft202012Validator(schema_of("other-events"))


def live(shop: Shop) -> None:
    """Let every action happen that the audit log knows."""
    conn = shop.conn
    paid = shop.book(payment_method=PaymentMethod.PAY_NOW, notes="tulips", actor=ACTOR)
    for status in (PaymentStatus.FAILED, PaymentStatus.PAID, PaymentStatus.REFUNDED):
        bookingdb.record_payment(conn, paid.booking_id, status)
    bookingdb.update_booking(conn, paid.booking_id, customer_phone="+31 6", actor=ACTOR)
    bookingdb.reschedule_booking(conn, paid.booking_id, DAY, TEN)
    bookingdb.complete_booking(conn, paid.booking_id)
    bookingdb.mark_no_show(conn, paid.booking_id)
    held = shop.book(hold_for=HOUR, customer_name=None, customer_email=None)
    bookingdb.confirm_booking(
        conn, held.booking_id, customer_name="Bob", customer_email="bob@example.org"
    )
    lapsed = shop.book(hold_for=HOUR)
    conn.execute(
        "update bookingdb.bookings set hold_expires_at = now() - interval '1 hour'"
        " where booking_id = %s",
        [lapsed.booking_id],
    )
    bookingdb.expire_holds(conn)
    full = [shop.book(dt.time(11)) for _ in range(3)]
    waits = bookingdb.join_waitlist(conn, DAY, dt.time(11), 1, "Eve", "eve@example.org")
    bookingdb.cancel_booking(conn, full[0].booking_id, reason="ill", actor=ACTOR)
    assert bookingdb.get_booking(conn, waits.booking_id).status == "held"
    bookingdb.set_opening_hours(conn, [hours("09:00", "10:30")])
    plan = bookingdb.plan_schedule_refresh(conn)[0].plan_id
    bookingdb.apply_schedule_plan(conn, plan, policy=bookingdb.AffectedPolicy.OFFER)
    conn.execute("delete from bookingdb.bookings where booking_id = %s", [full[1].booking_id])
    conn.execute(
        "update bookingdb.bookings set erased_at = now(), customer_name = '[erased]',"
        " customer_email = 'erased@erased.invalid' where booking_id = %s",
        [full[2].booking_id],
    )


def payloads(conn: psycopg.Connection[Any]) -> list[Any]:
    """What is queued, in the order in which it happened."""
    while bookingdb.relay_events(conn):
        pass
    query = """select p.payload from bookingdb.webhook_payloads p
                 join bookingdb.webhook_deliveries d using (business_id, webhook_id)
                order by d.event_at, d.booking_version"""
    return [json.loads(payload) for (payload,) in conn.execute(query).fetchall()]


@pytest.fixture(params=["all fields", "usual fields"])
def fields(request: pytest.FixtureRequest, conn: psycopg.Connection[Any]) -> list[str] | None:
    every = [one.field for one in bookingdb.webhook_fields(conn)]
    return every if request.param == "all fields" else None


@pytest.mark.parametrize("profile", WebhookProfile)
def test_real_payloads_are_valid(
    conn: psycopg.Connection[Any],
    profile: WebhookProfile,
    fields: list[str] | None,
) -> None:
    shop = open_shop(conn)
    bookingdb.add_webhook_endpoint(conn, URL, profile=profile, fields=fields)
    live(shop)
    sent = payloads(conn)
    for payload in sent:
        BOOKING.validate(payload)
        assert not OTHER.is_valid(payload)
    types = {one.event_type for one in bookingdb.webhook_event_types(conn)}
    assert {p["type"] for p in sent} == {one for one in types if one.startswith("booking.")}
    assert any(p["data"]["booking"].get("proposed_slots") for p in sent)
    known = set(fields or (f.field for f in bookingdb.webhook_fields(conn) if not f.is_personal))
    shown = {key for p in sent for part in ("booking", "actor") for key in p["data"][part]}
    assert shown == known | {"business_id", "booking_id", "performed_by"}
    flat = {*shown, "version"} - set(PARTS["actor"]["properties"])
    beside = set().union(*sent) - {"type", "timestamp", "data"}
    assert beside == (flat if profile == "make" else set())


def test_other_events_are_valid(conn: psycopg.Connection[Any], shop: Shop) -> None:
    one = bookingdb.add_webhook_endpoint(conn, URL, event_types=["*"])
    other = bookingdb.add_webhook_endpoint(conn, URL, profile=WebhookProfile.MAKE)
    bookingdb.send_test_event(conn, one.endpoint_id)
    bookingdb.send_test_event(conn, other.endpoint_id)
    bookingdb.pause_webhook_endpoint(conn, other.endpoint_id, reason="tried")
    sent = payloads(conn)
    assert [p["type"] for p in sent] == ["webhook.test", "webhook.test", "endpoint.paused"]
    for payload in sent:
        OTHER.validate(payload)
        assert not BOOKING.is_valid(payload)
        for wrong in (payload | {"type": "webhook.tset"}, payload | {"x": 1}):
            assert not OTHER.is_valid(wrong)
        assert not OTHER.is_valid(payload | {"data": payload["data"] | {"x": 1}})


@pytest.mark.parametrize("name", ["booking-event", "other-events"])
def test_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema_of(name))


def test_schema_knows_every_type_and_field(conn: psycopg.Connection[Any]) -> None:
    types = [one["const"] for one in PARTS["type"]["oneOf"]]
    types += [name for name in schema_of("other-events")["$defs"] if "." in name]
    assert types == [one.event_type for one in bookingdb.webhook_event_types(conn)]
    named = {*PARTS["fields"]["properties"]}
    named |= {*PARTS["actor"]["properties"]} - {"performed_by"}
    assert named == {one.field for one in bookingdb.webhook_fields(conn)}
    personal = {
        field
        for part in ("fields", "actor")
        for field, schema in PARTS[part]["properties"].items()
        if schema.get("description", "").startswith("Personal")
    }
    assert personal == {one.field for one in bookingdb.webhook_fields(conn) if one.is_personal}
    for field, labels in {
        "status": "booking_status",
        "payment_method": "payment_method",
        "payment_status": "payment_status",
    }.items():
        query = f"select enum_range(null::bookingdb.{labels})::text[]"
        assert PARTS["fields"]["properties"][field]["enum"] == scalar(conn, query)


@pytest.mark.parametrize("profile", WebhookProfile)
def test_wrong_payload_is_refused(
    conn: psycopg.Connection[Any], shop: Shop, profile: WebhookProfile
) -> None:
    bookingdb.add_webhook_endpoint(conn, URL, profile=profile)
    shop.book()
    (payload,) = payloads(conn)
    data, booking = payload["data"], payload["data"]["booking"]

    def refused(wrong: Any) -> bool:
        return not BOOKING.is_valid(wrong)

    BOOKING.validate(payload)
    assert refused(payload | {"idempotency_key": "k"})
    assert refused(payload | {"type": "booking.creatd"})
    assert refused(payload | {"timestamp": "yesterday"})
    assert refused({key: value for key, value in payload.items() if key != "data"})
    wrong_parts: list[dict[str, Any]] = [
        {"booking": booking | {"idempotency_key": "k"}},
        {"booking": booking | {"version": 1}},
        {"booking": booking | {"time": "9 o'clock"}},
        {"booking": {}},
        {"previous": {"idempotency_digest": "\\x00"}},
        {"changed": ["idempotency_key"]},
        {"actor": {"performed_by": "system", "password": "x"}},
        {"actor": {}},
        {"version": 0},
        {"schema_version": 2},
        {"more": 1},
    ]
    for wrong in wrong_parts:
        assert refused(payload | {"data": data | wrong}), wrong


def test_column_that_leaks_is_refused(conn: psycopg.Connection[Any], shop: Shop) -> None:
    """Without the guard that hides what an endpoint may not have, no payload is valid."""
    conn.execute(
        "create or replace function bookingdb.hidden_columns(p_fields text[]) returns text[]"
        " language sql stable begin atomic select array['version']; end"
    )
    bookingdb.add_webhook_endpoint(conn, URL)
    shop.book(TEN, idempotency_key="k")
    (payload,) = payloads(conn)
    assert not BOOKING.is_valid(payload)


def test_example_of_the_documentation() -> None:
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    (example,) = (block.partition("\n```")[0] for block in text.split("```json\n")[1:])
    BOOKING.validate(json.loads(example))
    assert json.loads(example)["data"]["booking"]["time"] == NINE.isoformat()
