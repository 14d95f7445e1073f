"""What would keep the relay from queueing a change, or make it queue what is nobody's business."""

import datetime as dt
import threading
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import relay
from bookingdb.errors import InvalidArgument
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.dispatching import LONG_AGO, subscribe
from tests.webhooks.receiver import Receiver

NESTED: list[dict[str, Any]] = [
    {"fields": [["date"]]},
    {"event_types": [["booking.*"]]},
    {"retry_schedule": [[dt.timedelta(seconds=5)]]},
]


def relay_all(conn: psycopg.Connection[Any]) -> None:
    while relay.relay_events(conn):
        pass


@pytest.mark.parametrize("settings", NESTED, ids=lambda s: "".join(s))
def test_a_list_of_lists_stops_nobodys_webhooks(shop: Shop, settings: dict[str, Any]) -> None:
    with Receiver() as receiver:
        endpoint = subscribe(shop.conn, receiver)
        with pytest.raises(InvalidArgument):
            bookingdb.add_webhook_endpoint(shop.conn, receiver.url, **settings)
        with pytest.raises(InvalidArgument):
            bookingdb.update_webhook_endpoint(shop.conn, endpoint, **settings)
    shop.book()
    relay_all(shop.conn)
    assert len(bookingdb.recent_deliveries(shop.conn)) == 1


def test_nor_does_one_that_is_written_by_hand(shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
    for change in ("fields = '{{date}}'", "retry_schedule = '{{5 s}}'", "event_types = '{{*}}'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            shop.conn.execute(f"update bookingdb.webhook_endpoints set {change}".encode())


def add_while_a_relay_waits(database: Database, shop: Shop, level: str) -> int:
    """How many of one change are queued for an endpoint that was added before it, though the
    relay began before that was committed."""
    with (
        Receiver() as receiver,
        database.connect(autocommit=False) as admin,
        database.connect() as dispatcher,
    ):
        dispatcher.execute(f"set default_transaction_isolation = '{level}'".encode())
        shop.book()
        subscribe(admin, receiver)
        shop.book()
        raised: list[BaseException] = []

        def run() -> None:
            try:
                relay.relay_events(dispatcher)
            except psycopg.errors.SerializationFailure as error:
                raised.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        waits = "select wait_event_type from pg_stat_activity where pid = %s"
        pid = dispatcher.info.backend_pid
        wait_until(lambda: scalar(shop.conn, waits, [pid]) == "Lock", "the relay waits")
        admin.commit()
        thread.join()
        relay_all(dispatcher)
        return len(bookingdb.recent_deliveries(shop.conn))


@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable"])
def test_a_new_endpoint_misses_nothing(database: Database, shop: Shop, level: str) -> None:
    assert add_while_a_relay_waits(database, shop, level) == 1
    assert [c.booking_version for c in bookingdb.reconcile(shop.conn, LONG_AGO)] == [1]


def test_control_with_a_mere_lock_it_does(database: Database, shop: Shop) -> None:
    body = "update bookingdb.relay_cursor c\n     set only_one = true;"
    rewrite(shop.conn, "hold_relay", body, "perform from bookingdb.relay_cursor for share;")
    assert add_while_a_relay_waits(database, shop, "repeatable read") == 0


def test_one_huge_transaction_fits_into_memory(database: Database, shop: Shop) -> None:
    """Taken as one array, these changes would be too many for any server."""
    with Receiver() as receiver:
        subscribe(shop.conn, receiver, event_types=["booking.deleted"])
    booking = shop.book()
    shop.conn.execute("set session_replication_role = replica")
    shop.conn.execute(
        "insert into bookingdb.booking_audit_log (business_id, booking_id, booking_version,"
        " action_type, new_values, performed_by, hash) select %s, gen_random_uuid(), 1, 'created',"
        " jsonb_build_object('notes', repeat('x', 100000)), 'system', '\\x00'"
        " from generate_series(1, 12000) n",
        [booking.business_id],
    )
    with database.connect() as dispatcher:
        assert relay.relay_events(dispatcher, limit=100) >= 12000
        assert relay.relay_events(dispatcher, limit=100) == 0
