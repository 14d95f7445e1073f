"""On another server transaction ids mean nothing: what was not sent is sent, what was is not."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.shop import Shop
from tests.support import Database
from tests.webhooks.queue_steps import (
    Clock,
    Connection,
    add,
    claim,
    deliver,
    delivered,
    relay,
    set_cursor,
    versions,
)

TEN = dt.time(10)
MOVE = "system_identifier = 1"  # as if it had been restored here from elsewhere
FOREIGN_IDS = """
set session_replication_role = replica;
update bookingdb.booking_audit_log
   set xid = ((pg_current_xact_id()::text::bigint + {})::text)::xid8;
set session_replication_role = origin;
"""
FORGET = "delete from bookingdb.webhook_{} where webhook_id = %s"


def forget(conn: Connection, webhook_id: object) -> None:
    """As if the backup were older than this delivery."""
    for table in ("deliveries", "payloads", "attempts"):
        conn.execute(FORGET.format(table).encode(), [webhook_id])


def test_only_what_lacks_a_delivery(shop: Shop) -> None:
    """With the id and the bytes that its receiver may know already."""
    add(shop.conn)
    shop.book()
    shop.book(TEN)
    first, second = deliver(shop.conn)
    forget(shop.conn, second.webhook_id)
    shop.book()
    set_cursor(shop.conn, MOVE)
    assert bookingdb.idle_time(shop.conn) == dt.timedelta(0)
    again = deliver(shop.conn)
    assert len(again) == 2
    assert (again[0].webhook_id, again[0].payload) == (second.webhook_id, second.payload)
    assert first.webhook_id not in {d.webhook_id for d in again}
    assert delivered(shop.conn) == 3


def test_control_without_the_guard_it_is_lost(shop: Shop) -> None:
    add(shop.conn)
    shop.book()
    (sent,) = deliver(shop.conn)
    forget(shop.conn, sent.webhook_id)
    assert deliver(shop.conn) == []
    assert [c.problem for c in bookingdb.reconcile(shop.conn, sent_since())] == ["Not relayed yet"]
    set_cursor(shop.conn, MOVE)
    assert len(deliver(shop.conn)) == 1


def sent_since() -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


def test_nothing_from_before_the_subscription(shop: Shop) -> None:
    shop.book()
    add(shop.conn)
    set_cursor(shop.conn, MOVE)
    assert deliver(shop.conn) == []


def test_in_parts_and_in_order(shop: Shop) -> None:
    add(shop.conn)
    booking = shop.book()
    for note in "abc":
        bookingdb.update_booking(shop.conn, booking.booking_id, notes=note)
    set_cursor(shop.conn, MOVE)
    assert bookingdb.relay_events(shop.conn, limit=3) == 3
    assert bookingdb.claim_deliveries(shop.conn) == []
    assert bookingdb.relay_events(shop.conn, limit=3) == 1
    assert versions(deliver(shop.conn)) == [1, 2, 3, 4]


def test_what_was_purged_is_not_sent_again(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    assert len(deliver(shop.conn)) == 1
    clock.advance(days=3)
    assert bookingdb.purge_deliveries(shop.conn, older_than=dt.timedelta(days=1)) == 1
    shop.book(TEN)
    set_cursor(shop.conn, MOVE)
    assert len(deliver(shop.conn)) == 1


@pytest.mark.parametrize("ahead", [3, 1_000_000_000])
def test_old_ids_do_not_come_back(shop: Shop, database: Database, ahead: int) -> None:
    """Ids of the old server that this one has still to reach are no new changes when it does."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    assert len(deliver(shop.conn)) == 1
    clock.advance(days=2)
    assert bookingdb.purge_deliveries(shop.conn, older_than=dt.timedelta(days=1)) == 1
    shop.conn.execute(FOREIGN_IDS.format(ahead).encode())
    set_cursor(shop.conn, MOVE)
    assert relay(shop.conn) == 0
    assert bookingdb.idle_time(shop.conn) > dt.timedelta(0)
    for _ in range(5):
        shop.conn.execute("select pg_current_xact_id()")
        assert relay(shop.conn) == 0
    shop.book(TEN)
    assert len(deliver(shop.conn)) == 1
    assert bookingdb.idle_time(shop.conn) > dt.timedelta(0)


def test_control_rows_of_another_server_are_not_known(shop: Shop, database: Database) -> None:
    """When this server has reached their transaction ids, they are sent again, though purged."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    deliver(shop.conn)
    clock.advance(days=2)
    bookingdb.purge_deliveries(shop.conn, older_than=dt.timedelta(days=1))
    shop.conn.execute(FOREIGN_IDS.format(3).encode())
    set_cursor(shop.conn, MOVE)
    relay(shop.conn)
    set_cursor(shop.conn, "restored_at = '-infinity'")
    for _ in range(5):
        shop.conn.execute("select pg_current_xact_id()")
    assert len(claim(shop.conn)) == 1


def test_dump_into_another_server(shop: Shop, database: Database, tmp_path: Path) -> None:
    """A real one, whose transaction ids are far behind; and on from there."""
    add(shop.conn)
    shop.book()
    (sent,) = deliver(shop.conn)
    shop.book(TEN)
    for _ in range(3000):
        shop.conn.execute("select pg_current_xact_id()")
    dump = tmp_path / "dump.sql"
    with EmbeddedServer(settings=UNSAFE_TEST_SETTINGS) as other:
        program = str(other.bindir / "pg_dump")
        subprocess.run([program, "-f", dump, "-d", database.dsn], check=True)
        copy = Database(other.dsn())
        with copy.connect() as conn:
            for (role,) in shop.conn.execute(
                "select rolname from pg_roles where rolname ~ '^bookingdb_'"
            ):
                conn.execute(f"create role {role}".encode())
        psql = [
            str(other.bindir / "psql"),
            "-qXv",
            "ON_ERROR_STOP=1",
            "-f",
            str(dump),
            "-d",
            copy.dsn,
        ]
        subprocess.run(psql, check=True, capture_output=True)
        with copy.connect() as conn:
            Shop(conn).book()
            restored = deliver(conn)
            assert len(restored) == 2
            assert sent.webhook_id not in {d.webhook_id for d in restored}
            Shop(conn).book(TEN)
            assert len(deliver(conn)) == 1
            assert bookingdb.idle_time(conn) > dt.timedelta(0)
            assert bookingdb.check_integrity(conn) == []
    assert len(deliver(shop.conn)) == 1
