"""Deletion of old months and old deliveries: bookings do not wait for it, and nothing is lost."""

import datetime as dt
import threading
import time
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.dispatch import Dispatcher
from bookingdb.errors import BookingError
from tests.exports import finish
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.dispatching import LONG_AGO, subscribe
from tests.webhooks.receiver import Receiver

DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)
OLD = (NOW - 40 * DAY).date().replace(day=1)


def make_partition(conn: psycopg.Connection[Any], month: dt.date) -> None:
    name = f"booking_audit_log_{month:%Y_%m}"
    end = (month + 32 * DAY).replace(day=1)
    for statement in (
        f"create table bookingdb.{name} (like bookingdb.booking_audit_log"
        " including defaults including constraints)",
        f"alter table bookingdb.{name} owner to bookingdb_owner",
        f"alter table bookingdb.booking_audit_log attach partition bookingdb.{name}"
        f" for values from ('{month} 00:00Z') to ('{end} 00:00Z')",
        "select bookingdb.guard_audit_partitions()",
    ):
        conn.execute(statement.encode())


def log_change(conn: psycopg.Connection[Any], at: dt.datetime) -> None:
    """A change of a booking that is no more, as of then."""
    conn.execute(
        "insert into bookingdb.booking_audit_log (business_id, booking_id, booking_version,"
        " action_type, old_values, performed_by, created_at, hash) values"
        " (bookingdb.default_business_id(), gen_random_uuid(), 2, 'deleted', '{}', 'system', %s,"
        " '\\x00')",
        [at],
    )


@pytest.mark.parametrize("who", ["booker", "reader"])
def test_bookings_hardly_wait_for_a_month_to_be_dropped(
    database: Database, shop: Shop, who: str
) -> None:
    """Somebody's open transaction is in its way, and it is in the way of the bookings."""
    make_partition(shop.conn, OLD)
    with database.connect(autocommit=False) as other, database.connect() as admin:
        if who == "booker":
            Shop(other).book()
        else:
            other.execute("select count(*) from bookingdb.booking_audit_log")
        raised: list[BaseException] = []

        def drop() -> None:
            try:
                bookingdb.drop_audit_partition(admin, OLD)
            except psycopg.errors.LockNotAvailable as error:
                raised.append(error)

        thread = threading.Thread(target=drop)
        thread.start()
        pid, waits = (
            admin.info.backend_pid,
            "select wait_event_type from pg_stat_activity where pid = %s",
        )
        wait_until(lambda: scalar(shop.conn, waits, [pid]) == "Lock", "it waits")
        started = time.monotonic()
        shop.book(dt.time(10))
        assert time.monotonic() - started < 5
        thread.join()
        assert raised
        other.rollback()
        assert bookingdb.drop_audit_partition(admin, OLD) == 0


def test_a_backup_stops_the_relay_for_seconds_only(database: Database, shop: Shop) -> None:
    with database.connect(autocommit=False) as backup:
        backup.execute("select count(*) from bookingdb.booking_audit_log")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            bookingdb.create_audit_partitions(shop.conn, months_ahead=14)
    assert bookingdb.create_audit_partitions(shop.conn, months_ahead=14) == 2


def test_a_purge_does_not_hide_what_is_not_delivered(database: Database, shop: Shop) -> None:
    """Neither from reconcile(), nor from the relay after a restore."""
    make_partition(shop.conn, OLD)
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
        shop.conn.execute("update bookingdb.webhook_endpoints set subscribed_at = '{2000-01-01}'")
        log_change(shop.conn, NOW - 10 * DAY)
        assert bookingdb.purge_deliveries(shop.conn, older_than=DAY) == 0
        (change,) = bookingdb.reconcile(shop.conn, LONG_AGO)
        assert change.problem == "Not relayed yet"
        shop.conn.execute("update bookingdb.relay_cursor set system_identifier = 1")
        bookingdb.purge_deliveries(shop.conn, older_than=DAY)
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        assert len(receiver.requests) == 1
    assert bookingdb.reconcile(shop.conn, LONG_AGO) == []


def test_nor_what_is_dead_or_pending(shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
        shop.conn.execute("update bookingdb.webhook_endpoints set subscribed_at = '{2000-01-01}'")
    log_change(shop.conn, NOW - 10 * DAY)
    while bookingdb.relay.relay_events(shop.conn):
        pass
    bookingdb.purge_deliveries(shop.conn, older_than=DAY)
    (change,) = bookingdb.reconcile(shop.conn, LONG_AGO)
    assert change.problem == "It has not been its turn yet"


def test_a_month_is_kept_while_an_earlier_change_is_not_relayed(shop: Shop) -> None:
    """Else the relay after a restore would take it that all before the month's end is settled."""
    earlier = (OLD - DAY).replace(day=1)
    for month in (earlier, OLD):
        make_partition(shop.conn, month)
    log_change(shop.conn, dt.datetime.combine(earlier, dt.time(), dt.UTC) + DAY)
    with pytest.raises(BookingError, match="not relayed"):
        bookingdb.drop_audit_partition(shop.conn, OLD)
    while bookingdb.relay.relay_events(shop.conn):
        pass
    with pytest.raises(BookingError, match=f"{OLD:%Y-%m}") as caught:
        bookingdb.drop_audit_partition(shop.conn, OLD)
    assert caught.value.detail == f"The earlier month {earlier:%Y-%m} is still there."
    finish(shop.conn, earlier)
    assert bookingdb.drop_audit_partition(shop.conn, earlier) == 1
    assert bookingdb.drop_audit_partition(shop.conn, OLD) == 0
