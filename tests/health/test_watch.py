"""The watch over overbooking: an alarm an incident, heard by all, and cleared when it is over."""

import json
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import IntegrityFinding
from tests.shop import DAY, NINE, Shop, hours
from tests.support import scalar

BEHIND = "set local session_replication_role = replica"
COPY = """
insert into bookingdb.bookings
select c.* from bookingdb.bookings b
 cross join generate_series(1, {copies}) n
 cross join jsonb_populate_record(b, jsonb_build_object('booking_id', gen_random_uuid(), 'n', n)) c
 where b.status = 'confirmed' limit {copies}
"""
EVENTS = """
select d.event_type, convert_from(p.payload, 'UTF8')::jsonb -> 'data' -> 'alarm'
  from bookingdb.webhook_deliveries d
  join bookingdb.webhook_payloads p using (business_id, webhook_id)
 where d.event_type ~ 'alarm' order by d.created_at
"""

Connection = psycopg.Connection[Any]


def plant(conn: Connection, copies: int) -> None:
    """So many more bookings in the slot, behind the triggers' back."""
    with conn.transaction():
        conn.execute(BEHIND)
        conn.execute(COPY.format(copies=copies).encode())


def withdraw(conn: Connection) -> None:
    """All but those that the log knows."""
    with conn.transaction():
        conn.execute(BEHIND)
        conn.execute(
            "delete from bookingdb.bookings where booking_id not in"
            " (select booking_id from bookingdb.booking_audit_log)"
        )


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """With a booking, and an endpoint that wants alarms."""
    shop.book()
    bookingdb.add_webhook_endpoint(shop.conn, "https://x.example/", event_types=["alarm.*"])
    shop.conn.execute("listen bookingdb_alarm")
    return shop


def heard(conn: Connection) -> list[dict[str, Any]]:
    return [json.loads(n.payload) for n in conn.notifies(timeout=0)]


def test_an_incident_is_told_once_and_cleared(busy: Shop) -> None:
    conn = busy.conn
    assert bookingdb.watch_overbooking(conn) == 0
    plant(conn, 2)
    assert bookingdb.watch_overbooking(conn) == 0  # three bookings, three places
    plant(conn, 1)
    for _ in range(3):
        assert bookingdb.watch_overbooking(conn) == 1
    withdraw(conn)
    for _ in range(2):
        assert bookingdb.watch_overbooking(conn) == 0
    (alarm,) = conn.execute("select to_jsonb(a) from bookingdb.alarms a").fetchall()[0]
    assert (alarm["date"], alarm["time"]) == (str(DAY), str(NINE))
    assert alarm["detail"] == "4 bookings with 4 bouquets, places for 3 with 10"
    (first, raised), (second, cleared) = conn.execute(EVENTS).fetchall()
    assert (first, second) == ("alarm.raised", "alarm.cleared")
    assert raised["alarm_id"] == cleared["alarm_id"] == alarm["alarm_id"]
    assert (raised["cleared_at"], cleared["cleared_at"] is None) == (None, False)
    assert heard(conn) == [
        {"type": kind, "name": "overbooked", "alarm_id": alarm["alarm_id"]}
        for kind in (first, second)
    ]


def test_the_next_incident_is_another_alarm(busy: Shop) -> None:
    for _ in range(2):
        plant(busy.conn, 3)
        bookingdb.watch_overbooking(busy.conn)
        withdraw(busy.conn)
        bookingdb.watch_overbooking(busy.conn)
    assert [kind for kind, _ in busy.conn.execute(EVENTS)] == ["alarm.raised", "alarm.cleared"] * 2


def test_repaired_counters_do_not_end_it(busy: Shop) -> None:
    """They put what is too much into the overhang, as if a limit had been lowered."""
    plant(busy.conn, 3)
    assert bookingdb.watch_overbooking(busy.conn) == 1
    bookingdb.repair_counters(busy.conn)
    assert busy.slot()[4] == 1
    assert bookingdb.watch_overbooking(busy.conn) == 1
    withdraw(busy.conn)
    bookingdb.repair_counters(busy.conn)
    assert bookingdb.watch_overbooking(busy.conn) == 0


def test_a_lowered_limit_is_no_incident(busy: Shop) -> None:
    for _ in range(2):
        busy.book()
    busy.set_hours(hours(max_bookings=1))
    assert busy.slot()[:3] == (3, 3, 1)
    assert bookingdb.watch_overbooking(busy.conn) == 0


def test_bouquets_count_too_and_what_is_free_again_does_not(busy: Shop) -> None:
    conn = busy.conn
    booking = busy.book(bouquets=9)
    bookingdb.cancel_booking(conn, booking.booking_id)
    assert bookingdb.watch_overbooking(conn) == 0
    with conn.transaction(force_rollback=True):
        conn.execute(BEHIND)
        conn.execute("update bookingdb.bookings set bouquets = 11 where status = 'confirmed'")
        assert bookingdb.watch_overbooking(conn) == 1


def test_control_without_the_recount_nobody_knows(busy: Shop) -> None:
    plant(busy.conn, 3)
    full = "select count(*) from bookingdb.time_slots where booked_count > max_bookings"
    assert scalar(busy.conn, full) == 0  # the counters do not show it
    with busy.conn.transaction(force_rollback=True):
        busy.conn.execute(
            "create or replace function bookingdb.overbooked_slots() returns setof bookingdb.alarms"
            " language sql stable begin atomic select * from bookingdb.alarms where false; end"
        )
        assert bookingdb.watch_overbooking(busy.conn) == 0
    assert bookingdb.watch_overbooking(busy.conn) == 1
    withdraw(busy.conn)


def test_a_quiet_watch_takes_no_transaction_id(busy: Shop) -> None:
    with busy.conn.transaction():
        bookingdb.watch_overbooking(busy.conn)
        assert scalar(busy.conn, "select pg_current_xact_id_if_assigned()") is None


def test_integrity_runs(busy: Shop) -> None:
    conn = busy.conn
    assert bookingdb.run_integrity_check(conn) == 0
    plant(conn, 3)
    found = bookingdb.check_integrity(conn)
    assert bookingdb.run_integrity_check(conn) == len(found) == 4
    _, (counts, findings, duration) = conn.execute(
        "select counts, findings, duration > '0' from bookingdb.integrity_runs order by started_at"
    ).fetchall()
    assert counts == {"slot_counters": 1, "audit_versions": 3}
    assert [IntegrityFinding(**f) for f in findings] == found
    assert duration
    conn.execute("update bookingdb.integrity_runs set started_at = now() - interval '91 days'")
    withdraw(conn)
    bookingdb.run_integrity_check(conn)
    assert scalar(conn, "select count(*) from bookingdb.integrity_runs") == 1
