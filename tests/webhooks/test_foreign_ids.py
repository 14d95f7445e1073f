"""A restore brings transaction ids of another server, which this one reaches later."""

from typing import Any

import psycopg

import bookingdb
from tests.shop import Shop
from tests.support import rewrite, scalar
from tests.webhooks.dispatching import subscribe
from tests.webhooks.receiver import Receiver

AHEAD = 20


def restore_from_elsewhere(conn: psycopg.Connection[Any]) -> None:
    """As if all that is there came from a server that was some transactions ahead."""
    conn.execute("update bookingdb.relay_cursor set system_identifier = 1")
    conn.execute("set session_replication_role = replica")
    conn.execute(
        "update bookingdb.booking_audit_log"
        " set xid = ((pg_current_xact_id()::text)::bigint + %s)::text::xid8",
        [AHEAD],
    )
    conn.execute("reset session_replication_role")


def sent_again(shop: Shop) -> int:
    """Deliveries that are queued again after they were purged and their ids come round."""
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
    for _ in range(3):
        shop.book()
    restore_from_elsewhere(shop.conn)
    assert bookingdb.relay_events(shop.conn) == 3
    assert not scalar(shop.conn, "select bookingdb.is_behind()")
    shop.conn.execute("delete from bookingdb.webhook_deliveries")
    shop.conn.execute("delete from bookingdb.webhook_payloads")
    for _ in range(2 * AHEAD):
        shop.conn.execute("select pg_current_xact_id()")
    bookingdb.relay_events(shop.conn)
    return len(bookingdb.recent_deliveries(shop.conn))


def test_ids_that_come_round_mean_nothing(shop: Shop) -> None:
    assert sent_again(shop) == 0


def test_without_the_guard_they_are_sent_again(shop: Shop) -> None:
    rewrite(shop.conn, "changes_begun_since", "(l.created_at < ", "false AND (l.created_at < ")
    assert sent_again(shop) == 3


def test_changes_after_a_restore_are_relayed(shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
    booking = shop.book()
    restore_from_elsewhere(shop.conn)
    bookingdb.relay_events(shop.conn)
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert bookingdb.relay_events(shop.conn) == 1
    assert [d.booking_version for d in bookingdb.recent_deliveries(shop.conn)] == [2, 1]
