"""Endpoints that go while something is queued for them; what others learn of them."""

import threading
import uuid
from collections.abc import Callable

import psycopg
import pytest

import bookingdb
from bookingdb import relay
from bookingdb.dispatch import Dispatcher
from bookingdb.errors import InvalidArgument
from bookingdb.models import DeliveryState
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.dispatching import subscribe
from tests.webhooks.receiver import Receiver

Connection = psycopg.Connection[tuple[object, ...]]


def remove_meanwhile(
    database: Database, shop: Shop, endpoint: uuid.UUID, queue: Callable[[Connection], object]
) -> None:
    """Remove `endpoint` while `queue` has queued something for it and not committed yet."""
    with database.connect(autocommit=False) as first, database.connect() as second:
        queue(first)
        pid = second.info.backend_pid
        thread = threading.Thread(target=bookingdb.remove_webhook_endpoint, args=[second, endpoint])
        thread.start()
        waits = "select wait_event_type from pg_stat_activity where pid = %s"
        wait_until(
            lambda: not thread.is_alive() or scalar(shop.conn, waits, [pid]) == "Lock",
            "the removal waits, or is done",
        )
        first.commit()
        thread.join()
    states = [d.state for d in bookingdb.recent_deliveries(shop.conn, endpoint_id=endpoint)]
    assert states == [DeliveryState.DISCARDED]


def test_nothing_is_replayed_to_an_endpoint_that_is_removed(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        endpoint = subscribe(shop.conn, receiver)
        shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
    remove_meanwhile(
        database, shop, endpoint, lambda c: bookingdb.replay_deliveries(c, endpoint_id=endpoint)
    )


def test_nor_is_it_told_that_another_is_paused(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        endpoint = subscribe(shop.conn, receiver, event_types=["endpoint.paused"])
        other = subscribe(shop.conn, receiver)
    remove_meanwhile(database, shop, endpoint, lambda c: bookingdb.pause_webhook_endpoint(c, other))


def test_who_hears_that_another_is_paused_does_not_learn_its_path(
    database: Database, shop: Shop
) -> None:
    hook = "https://hook.example.com/s3cr3t?key=t0ken"
    with Receiver() as receiver:
        subscribe(shop.conn, receiver, event_types=["*"])
        endpoint = bookingdb.add_webhook_endpoint(shop.conn, hook).endpoint_id
        bookingdb.pause_webhook_endpoint(shop.conn, endpoint)
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        (request,) = receiver.requests
    assert request.json()["data"]["url"] == "https://hook.example.com"
    assert b"s3cr3t" not in request.body
    assert b"t0ken" not in request.body


@pytest.mark.parametrize("headers", [{"x-a": " b"}, {"keep-alive": "5"}])
def test_headers_that_could_never_be_sent_are_refused(shop: Shop, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidArgument):
        bookingdb.add_webhook_endpoint(shop.conn, "https://example.org/", headers=headers)


def test_nobody_records_what_nobody_has_claimed(shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
    shop.book()
    relay.relay_events(shop.conn)
    (delivery,) = bookingdb.recent_deliveries(shop.conn)
    record = "select bookingdb.record_attempt(%s, null, 1, now(), '0', 200)"
    assert not scalar(shop.conn, record, [delivery.webhook_id])
    assert bookingdb.recent_deliveries(shop.conn)[0].state == DeliveryState.PENDING
