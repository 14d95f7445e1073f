"""A dispatcher in this process, a real database, a real receiver."""

import datetime as dt
import threading
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from standardwebhooks import Webhook

import bookingdb
from bookingdb.dispatch import Dispatcher
from bookingdb.models import DeliveryState, WebhookError
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.dispatching import LONG_AGO, all_delivered, running, subscribe
from tests.webhooks.receiver import Answer, Received, Receiver, in_turn

HOUR = dt.timedelta(hours=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_change_arrives_signed_in_order_after_failures(database: Database, shop: Shop) -> None:
    with Receiver() as receiver, running(database.dsn):
        receiver.answer = in_turn((500, {}, b"not yet"), (503, {}, b""), (200, {}, b"thanks"))
        subscribe(shop.conn, receiver, secret=SECRET)
        booking = shop.book()
        bookingdb.cancel_booking(shop.conn, booking.booking_id)
        requests = receiver.wait_for(4)
        all_delivered(database)
    types = [r.json()["type"] for r in requests]
    assert types == ["booking.created"] * 3 + ["booking.cancelled"]
    assert len({(r.webhook_id, r.body) for r in requests[:3]}) == 1
    for request in requests:
        Webhook(SECRET).verify(request.body, dict(request.headers))
    trail = bookingdb.delivery_trail(shop.conn, booking.booking_id)
    assert [(t.booking_version, t.attempt_number, t.status, t.answer) for t in trail] == [
        (1, 1, 500, "not yet"), (1, 2, 503, ""), (1, 3, 200, "thanks"), (2, 1, 200, "thanks"),
    ]  # fmt: skip


def test_commits_wake_it(database: Database, shop: Shop) -> None:
    """It looks by itself once an hour only, so what arrives was told by the database."""
    with Receiver() as receiver, running(database.dsn, poll=HOUR):
        subscribe(shop.conn, receiver)
        for count in range(1, 4):
            wait_until(lambda: is_asleep(shop.conn), "it sleeps")
            shop.book()
            receiver.wait_for(count)


def test_behind_a_pooler_it_polls(database: Database, shop: Shop) -> None:
    with Receiver() as receiver, running(database.dsn, listen=False):
        subscribe(shop.conn, receiver)
        shop.book()
        receiver.wait_for(1)
        assert not is_asleep(shop.conn)
        all_delivered(database)


def test_nobody_is_notified_while_no_dispatcher_sleeps(database: Database, shop: Shop) -> None:
    with database.connect() as listener:
        listener.execute("listen bookingdb")
        shop.book()
        assert list(listener.notifies(timeout=0)) == []
        bookingdb.announce_sleep(listener, True)
        shop.book()
        assert len(list(listener.notifies(timeout=60, stop_after=1))) == 1
        bookingdb.announce_sleep(listener, False)
        shop.book()
        assert list(listener.notifies(timeout=0)) == []


def test_no_transaction_is_open_while_it_posts(database: Database, shop: Shop) -> None:
    seen: list[Any] = []

    def look(_: Received) -> Answer:
        with database.connect() as conn:
            seen.extend(
                conn.execute(
                    "select state from pg_stat_activity where datname = current_database()"
                    " and application_name = 'bookingdb dispatch'"
                )
            )
        return 200, {}, b""

    with Receiver() as receiver, running(database.dsn):
        receiver.answer = look
        subscribe(shop.conn, receiver)
        shop.book()
        all_delivered(database)
    # It may be in one of its short calls just then, but for no longer than that.
    assert seen
    assert {state for (state,) in seen} <= {"idle", "active"}


def test_many_side_by_side_send_each_event_once(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
        bookings = [shop.book(dt.time(9 + n % 3), 1) for n in range(9)]
        for booking in bookings:
            bookingdb.update_booking(shop.conn, booking.booking_id, notes="A card, please")
        with running(database.dsn), running(database.dsn), running(database.dsn, workers=1):
            all_delivered(database)
        ids = [r.webhook_id for r in receiver.requests]
    assert len(ids) == len(set(ids)) == 18


def test_once_ends_when_nothing_is_due(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver, rate_limit=5)
        for _ in range(3):
            shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        assert len(receiver.requests) == 3
    assert bookingdb.reconcile(shop.conn, LONG_AGO) == []


def test_by_default_private_addresses_are_refused(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver, retry_schedule=[])
        booking = shop.book()
        Dispatcher(database.dsn).run(once=True)
        assert receiver.requests == []
        bookingdb.update_webhook_endpoint(
            shop.conn, bookingdb.webhook_status(shop.conn)[0].endpoint_id,
            url=receiver.url.replace("http:", "https:"),
        )  # fmt: skip
        bookingdb.replay_deliveries(shop.conn, booking_id=booking.booking_id)
        Dispatcher(database.dsn).run(once=True)
        assert receiver.connections == 0
    errors = [t.error for t in bookingdb.delivery_trail(shop.conn, booking.booking_id)]
    assert errors == [WebhookError.INSECURE_URL, WebhookError.ADDRESS_REFUSED]


def test_a_login_that_may_only_dispatch_is_enough(database: Database, shop: Shop) -> None:
    with database.login("bookingdb_dispatcher") as conn:
        dsn = make_conninfo(database.dsn, user=conn.info.user)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select from bookingdb.webhook_secrets")
    with Receiver() as receiver, running(dsn, poll=HOUR):
        subscribe(shop.conn, receiver)
        shop.book()
        all_delivered(database)


def test_a_login_without_the_role_is_told_so(database: Database, shop: Shop) -> None:
    with database.login("bookingdb_app") as conn:
        dsn = make_conninfo(database.dsn, user=conn.info.user)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="idle_time"):
        Dispatcher(dsn).run()


def test_an_endpoint_that_is_being_added_delays_no_other(database: Database, shop: Shop) -> None:
    """The relay waits for the transaction that adds it; what is relayed goes on."""
    failing = threading.Event()
    with Receiver() as receiver, database.connect(autocommit=False) as admin:
        receiver.answer = lambda _: (200 if failing.is_set() else 500, {}, b"")
        subscribe(shop.conn, receiver, retry_schedule=[dt.timedelta(milliseconds=100)] * 30)
        shop.book()
        with running(database.dsn):
            receiver.wait_for(1)
            subscribe(admin, receiver)
            shop.book()
            failing.set()
            wait_until(lambda: states(shop.conn) == [DeliveryState.DELIVERED], "the first arrives")
            admin.commit()
            all_delivered(database)
        # The second booking was made after the second endpoint, which nobody saw then.
        assert len([r for r in receiver.requests if r.json()["data"]["version"] == 1]) >= 3


def test_one_result_that_cannot_be_recorded_takes_no_other_with_it(
    database: Database, shop: Shop
) -> None:
    doomed: list[str] = []

    def purge(request: Received) -> Answer:
        if not doomed:
            doomed.append(request.webhook_id)
            with database.connect() as conn:
                conn.execute(
                    "delete from bookingdb.webhook_deliveries where webhook_id = %s", doomed
                )
        return 200, {}, b""

    with Receiver() as receiver:
        receiver.answer = purge
        subscribe(shop.conn, receiver)
        for _ in range(3):
            shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        assert len(receiver.requests) == 3
    assert states(shop.conn) == [DeliveryState.DELIVERED] * 2
    shop.conn.execute("delete from bookingdb.webhook_payloads where webhook_id = %s", doomed)


def states(conn: psycopg.Connection[Any]) -> list[DeliveryState]:
    return [d.state for d in bookingdb.recent_deliveries(conn)]


def is_asleep(conn: psycopg.Connection[Any]) -> bool:
    """Whether a dispatcher of this database has asked to be woken."""
    return bool(
        scalar(
            conn,
            "select exists (select from pg_locks where locktype = 'advisory' and granted"
            " and database = (select oid from pg_database where datname = current_database())"
            " and (classid, objid) = (2026, 1122) and mode = 'ShareLock')",
        )
    )
