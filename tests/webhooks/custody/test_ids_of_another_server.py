"""Changes that came with a restore have transaction ids which this server will give out again."""

import datetime as dt
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.dispatch import Dispatcher
from tests.exports import finish
from tests.shop import Shop, open_shop
from tests.support import Database, scalar
from tests.webhooks.custody.guards import RESTORED_IDS
from tests.webhooks.custody.obstacles import spend_ids
from tests.webhooks.dispatching import subscribe
from tests.webhooks.receiver import Receiver

Connection = psycopg.Connection[Any]

IDS = 5000
DAY = dt.timedelta(days=1)
COUNT = "select count(*) from bookingdb.webhook_deliveries"


def pretend_restored(conn: Connection) -> None:
    """Make it look as if all had been written on a server whose ids are higher by so many."""
    conn.execute("set session_replication_role = replica")
    conn.execute(
        "update bookingdb.booking_audit_log set xid = (xid::text::bigint + %s)::text::xid8", [IDS]
    )
    conn.execute(
        "update bookingdb.relay_cursor set system_identifier = 0, seen = ("
        " select concat(max(xid)::text, ':', max(xid)::text, ':')::pg_snapshot"
        " from bookingdb.booking_audit_log)"
    )
    conn.execute("update bookingdb.audit_seal_cursor set system_identifier = 0")
    conn.execute("reset session_replication_role")


def relay_all(conn: Connection) -> None:
    while bookingdb.relay_events(conn):
        pass


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control"])
def test_no_event_is_sent_again_when_they_are_given_out(
    guarded: bool, database: Database, shop: Shop
) -> None:
    conn = shop.conn
    with Receiver() as receiver:
        subscribe(conn, receiver)
        shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        pretend_restored(conn)
        relay_all(conn)
        shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
    assert len(receiver.requests) == 2
    if not guarded:
        RESTORED_IDS.take_out(conn)
    with database.connect() as later:
        database.set_clock(str(dt.datetime.now(dt.UTC) + 2 * DAY))
        assert bookingdb.purge_deliveries(later, older_than=DAY) == 2
        spend_ids(later, 2 * IDS)
        relay_all(later)
    assert scalar(conn, COUNT) == (0 if guarded else 1)


def test_there_is_nothing_to_do_until_they_are_given_out(shop: Shop) -> None:
    shop.book()
    pretend_restored(shop.conn)
    assert bookingdb.idle_time(shop.conn) == dt.timedelta()
    relay_all(shop.conn)
    assert bookingdb.idle_time(shop.conn) > dt.timedelta()
    shop.book()
    assert bookingdb.relay_events(shop.conn) == 1


def test_a_month_of_them_can_be_dropped(database: Database, conn: Connection) -> None:
    month = dt.datetime.now(dt.UTC).date().replace(day=1) - DAY
    database.set_clock(f"{month} 12:00 UTC")
    bookingdb.create_audit_partitions(conn, months_ahead=0)
    shop = Shop(conn)
    open_shop(conn)
    shop.book(date=month + 3 * DAY)
    database.set_clock(str(dt.datetime.now(dt.UTC)))
    pretend_restored(conn)
    with pytest.raises(bookingdb.BookingError, match="not relayed"):
        bookingdb.drop_audit_partition(conn, month)
    relay_all(conn)
    finish(conn, month)
    assert bookingdb.drop_audit_partition(conn, month) == 1
