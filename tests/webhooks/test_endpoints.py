"""Endpoints: what they are by default, what they may be, and who hears of a change."""

import dataclasses
import datetime as dt
from typing import Any
from uuid import uuid4

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, WebhookProfile
from tests.shop import Shop
from tests.support import scalar
from tests.webhooks.queue_steps import HOOK, add, answer, claim, deliver

ENDPOINT = "select {} from bookingdb.webhook_endpoints"
SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"  # 24 bytes


def column(shop: Shop, name: str) -> Any:
    return scalar(shop.conn, ENDPOINT.format(name))


def test_usual_values(shop: Shop) -> None:
    add(shop.conn)
    fields = {f.field for f in bookingdb.webhook_fields(shop.conn) if not f.is_personal}
    assert set(column(shop, "fields")) == fields
    assert column(shop, "event_types") == ["booking.*"]
    assert (column(shop, "rate_limit"), column(shop, "profile")) == (0, "standard")
    assert column(shop, "timeout") == dt.timedelta(seconds=15)
    schedule = column(shop, "retry_schedule")
    assert [s.total_seconds() for s in schedule] == [
        5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400,
    ]  # fmt: skip
    assert dt.timedelta(days=3) <= sum(schedule, dt.timedelta()) <= dt.timedelta(days=4)


def test_make_has_a_rate_limit(shop: Shop) -> None:
    add(shop.conn, profile=WebhookProfile.MAKE)
    assert column(shop, "rate_limit") == 25
    bookingdb.update_webhook_endpoint(shop.conn, column(shop, "endpoint_id"), rate_limit=0)
    assert column(shop, "rate_limit") == 0


WRONG: list[tuple[str, dict[str, Any]]] = [
    *(
        ("p_url", {"url": url})
        for url in (
            "", "example.org", "ftp://example.org", "https://", "https:///x", "https://a b/",
            "https://user:pw@example.org/", "https://example.org/#x", "https://example.org/\n",
            "https://example.org\\@evil.example/", "https://example.org/" + "x" * 2000,
        )
    ),
    *(
        ("p_event_types", {"event_types": types})
        for types in ([], ["booking.eaten"], ["*", "*"], [None], ["booking"], ["booking.%"])
    ),
    ("p_fields", {"fields": ["date", "idempotency_key"]}),
    ("p_fields", {"fields": ["version"]}),
    ("p_fields", {"fields": [None]}),
    ("p_fields", {"fields": [["date", "time", "notes"]]}),
    ("p_event_types", {"event_types": [["booking.created", "booking.cancelled"]]}),
    *(
        ("p_headers", {"headers": headers})
        for headers in (
            ["x"], {"webhook-id": "1"}, {"Content-Type": "text/plain"}, {"Host": "x"},
            {"x y": "1"}, {"": "1"}, {"x": 1}, {"x": "a\r\nb: c"}, {"x": "ü"}, {"x": "1", "X": "2"},
            {f"x{n}": "1" for n in range(21)}, {"x": "1" * 4001},
        )
    ),
    ("rate_limit_in_range", {"rate_limit": -1}),
    ("rate_limit_in_range", {"rate_limit": 1001}),
    ("timeout_in_range", {"timeout": dt.timedelta(seconds=0.5)}),
    ("timeout_in_range", {"timeout": dt.timedelta(seconds=31)}),
    ("retry_schedule_valid", {"retry_schedule": [dt.timedelta(0)]}),
    ("retry_schedule_valid", {"retry_schedule": [dt.timedelta(days=8)]}),
    ("retry_schedule_valid", {"retry_schedule": [dt.timedelta(1)] * 31}),
    ("retry_schedule_valid", {"retry_schedule": [dt.timedelta(1), None]}),
    ("pause_after_in_range", {"pause_after": dt.timedelta(seconds=59)}),
    ("description_valid", {"description": " "}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), WRONG)
def test_bad_settings_are_named(shop: Shop, name: str, settings: dict[str, Any]) -> None:
    """When an endpoint is added, and when it is changed; nothing is left behind."""
    with pytest.raises(bookingdb.InvalidArgument) as caught:
        add(shop.conn, **settings)
    assert name in f"{caught.value.message} {caught.value.detail}"
    assert scalar(shop.conn, ENDPOINT.format("count(*)")) == 0
    endpoint = add(shop.conn).endpoint_id
    before = column(shop, "to_jsonb(webhook_endpoints)")
    with pytest.raises(bookingdb.InvalidArgument) as caught:
        bookingdb.update_webhook_endpoint(shop.conn, endpoint, **settings)
    assert name in f"{caught.value.message} {caught.value.detail}"
    assert column(shop, "to_jsonb(webhook_endpoints)") == before


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_MDEy", SECRET + "=", SECRET[6:], SECRET + "\n", "whsec_" + "A" * 88],
)
def test_bad_secrets(shop: Shop, secret: str) -> None:
    with pytest.raises(bookingdb.InvalidArgument, match="p_secret"):
        add(shop.conn, secret=secret)
    endpoint = add(shop.conn, secret=SECRET)
    assert endpoint.secret == SECRET
    with pytest.raises(bookingdb.InvalidArgument, match="p_secret"):
        bookingdb.rotate_webhook_secret(shop.conn, endpoint.endpoint_id, secret=secret)


def test_unknown_and_removed_endpoints(shop: Shop) -> None:
    removed = add(shop.conn).endpoint_id
    assert bookingdb.remove_webhook_endpoint(shop.conn, removed) == 0
    other = bookingdb.create_business(shop.conn, "B", "UTC", business_id=uuid4()).business_id
    foreign = add(shop.conn, business_id=other).endpoint_id
    for endpoint in (uuid4(), removed, foreign):
        for call in (
            bookingdb.update_webhook_endpoint, bookingdb.pause_webhook_endpoint,
            bookingdb.resume_webhook_endpoint, bookingdb.remove_webhook_endpoint,
            bookingdb.rotate_webhook_secret, bookingdb.send_test_event,
        ):  # fmt: skip
            with pytest.raises(bookingdb.WebhookEndpointNotFound):
                call(shop.conn, endpoint)
        with pytest.raises(bookingdb.WebhookEndpointNotFound):
            bookingdb.replay_deliveries(shop.conn, endpoint_id=endpoint)
    with pytest.raises(bookingdb.InvalidArgument):
        add(shop.conn, business_id=uuid4())


def test_changes_reach_what_is_queued_already(shop: Shop) -> None:
    endpoint = add(shop.conn, headers={"x-old": "1"}).endpoint_id
    shop.book()
    (first,) = claim(shop.conn)
    answer(shop.conn, first, 500)
    changed = bookingdb.update_webhook_endpoint(
        shop.conn, endpoint, url=HOOK + "/2", headers={"x-new": "2"},
        timeout=dt.timedelta(seconds=3), description="second",
    )  # fmt: skip
    assert (changed.url, changed.header_names) == (HOOK + "/2", ["x-new"])
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    (second,) = claim(shop.conn)
    assert (second.url, second.headers, second.timeout) == (
        HOOK + "/2", {"x-new": "2"}, dt.timedelta(seconds=3),
    )  # fmt: skip
    assert (second.payload, second.webhook_id) == (first.payload, first.webhook_id)


def test_settings_are_audited_without_secrets(shop: Shop) -> None:
    actor = Actor(ActorKind.ADMIN, performed_by_id="eve", reason="new hook")
    endpoint = add(shop.conn, headers={"x-key": "sesame-1"}, secret=SECRET, actor=actor)
    new = bookingdb.rotate_webhook_secret(shop.conn, endpoint.endpoint_id, actor=actor)
    bookingdb.update_webhook_endpoint(
        shop.conn, endpoint.endpoint_id, headers={"x-key": "sesame-2"}, actor=actor
    )
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint.endpoint_id, actor=actor)
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint.endpoint_id, actor=actor)
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint.endpoint_id, actor=actor)
    rows = shop.conn.execute(
        "select performed_by_id, reason, old_values::text || new_values::text"
        " from bookingdb.settings_audit_log where table_name = 'webhook_endpoints'"
    ).fetchall()
    assert len(rows) == 6
    assert all(row[:2] == ("eve", "new hook") for row in rows)
    for secret in (SECRET, new, "sesame-1", "sesame-2"):
        assert secret not in str(rows)


def test_status_of_endpoints(shop: Shop) -> None:
    endpoint = add(shop.conn, description="Till", retry_schedule=[]).endpoint_id
    shop.book()
    (delivery,) = claim(shop.conn)
    (status,) = bookingdb.webhook_status(shop.conn)
    assert (status.pending_count, status.dead_count, status.failing_since) == (1, 0, None)
    answer(shop.conn, delivery, 500)
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason="Move")
    (status,) = bookingdb.webhook_status(shop.conn)
    assert (status.pending_count, status.dead_count, status.pause_reason) == (0, 1, "Move")
    assert status.failing_since is not None
    with pytest.raises(bookingdb.InvalidArgument, match="p_reason"):
        bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason=" ")
    assert [f.name for f in dataclasses.fields(status) if "secret" in f.name] == []


def test_test_event_goes_to_one_endpoint_whatever_it_subscribes_to(shop: Shop) -> None:
    endpoint = add(shop.conn, event_types=["booking.cancelled"]).endpoint_id
    add(shop.conn, HOOK + "/other", event_types=["*"])
    webhook_id = bookingdb.send_test_event(shop.conn, endpoint)
    (sent,) = deliver(shop.conn)
    assert (sent.webhook_id, sent.endpoint_id, sent.event_type) == (
        webhook_id, endpoint, "webhook.test",
    )  # fmt: skip
    (recent,) = bookingdb.recent_deliveries(shop.conn)
    assert (recent.state, recent.status, recent.booking_id) == ("delivered", 200, None)


def test_no_business_sees_anothers(shop: Shop) -> None:
    other = bookingdb.create_business(shop.conn, "B", "UTC", business_id=uuid4()).business_id
    add(shop.conn, business_id=other, event_types=["*"])
    shop.book()
    assert claim(shop.conn) == []
    assert bookingdb.webhook_status(shop.conn) == []
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        shop.conn.execute(
            "update bookingdb.webhook_secrets set business_id = %s",
            [bookingdb.DEFAULT_BUSINESS_ID],
        )
