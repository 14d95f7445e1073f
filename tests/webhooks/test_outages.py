"""A receiver that is down for days: its endpoint is paused, and nothing is dead."""

import datetime as dt
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.models import DeliveryState, WebhookError
from tests.shop import Shop
from tests.support import Database, rewrite, scalar

HOUR = dt.timedelta(hours=1)


def suffer(database: Database, conn: psycopg.Connection[Any]) -> None:
    """Fail every attempt, each when it is due, for as long as there is one to make."""
    for _ in range(20):
        now = scalar(conn, "select max(due_at) from bookingdb.webhook_deliveries")
        database.set_clock(now.isoformat())
        for claimed in bookingdb.claim_deliveries(conn):
            bookingdb.record_attempt(
                conn, claimed.webhook_id, claimed.claim_id, claimed.attempt_number, now, HOUR,
                error=WebhookError.TIMEOUT,
            )  # fmt: skip


@pytest.mark.parametrize("event_count", [1, 3])
def test_an_outage_ends_in_a_pause(database: Database, shop: Shop, event_count: int) -> None:
    endpoint = bookingdb.add_webhook_endpoint(shop.conn, "https://example.com/").endpoint_id
    for _ in range(event_count):
        shop.book()
    bookingdb.relay_events(shop.conn)
    suffer(database, shop.conn)
    [status] = bookingdb.webhook_status(shop.conn)
    assert status.pause_reason is not None
    assert status.pause_reason.startswith("Nothing but failures since")
    assert (status.pending_count, status.dead_count) == (event_count, 0)
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    assert len(bookingdb.claim_deliveries(shop.conn)) == event_count


def test_a_delivery_that_alone_fails_is_dead_in_the_end(database: Database, shop: Shop) -> None:
    bookingdb.add_webhook_endpoint(shop.conn, "https://example.com/")
    shop.book()
    bookingdb.relay_events(shop.conn)
    rewrite(shop.conn, "note_failure", "elsif v_now - v_since", "elsif false and v_now - v_since")
    suffer(database, shop.conn)
    [delivery] = bookingdb.recent_deliveries(shop.conn)
    assert (delivery.state, delivery.attempt_count) == (DeliveryState.DEAD, 11)


def test_the_last_attempt_of_a_paused_endpoint_waits(database: Database, shop: Shop) -> None:
    bookingdb.add_webhook_endpoint(shop.conn, "https://example.com/", retry_schedule=[])
    shop.book()
    bookingdb.relay_events(shop.conn)
    [claimed] = bookingdb.claim_deliveries(shop.conn)
    bookingdb.record_attempt(
        shop.conn, claimed.webhook_id, claimed.claim_id, 1, dt.datetime.now(dt.UTC), HOUR,
        status=410, error=WebhookError.STATUS,
    )  # fmt: skip
    [status] = bookingdb.webhook_status(shop.conn)
    assert (status.pending_count, status.dead_count) == (1, 0)
