"""check_integrity finds every damage that a superuser can do behind the triggers' back."""

from typing import Any

import psycopg
import pytest

import bookingdb
from tests.shop import DAY, open_shop

BEHIND = "set session_replication_role = replica"  # no trigger fires, no foreign key is checked


@pytest.mark.parametrize(
    ("damage", "check_name"),
    [
        ("update bookingdb.time_slots set booked_count = 1", "slot_counters"),
        ("delete from bookingdb.bookings", "slot_counters"),
        ("update bookingdb.bookings set bouquets = 2", "slot_counters"),
        ("update bookingdb.bookings set status = 'expired'", "audit_latest"),
        (f"delete from bookingdb.time_slots where date = '{DAY}'", "booking_slot"),
        ("update bookingdb.bookings set version = 3", "audit_versions"),
        ("delete from bookingdb.booking_audit_log", "audit_versions"),
        ("delete from bookingdb.booking_audit_log where booking_version = 1", "audit_versions"),
        ("update bookingdb.bookings set customer_name = 'Eve'", "audit_latest"),
        ("alter table bookingdb.bookings disable trigger \"E_count_places\"", "trigger_disabled"),
        ("alter table bookingdb.bookings disable trigger all", "trigger_disabled"),
        ('drop trigger "D_audit" on bookingdb.bookings', "guard_missing"),
        ("drop trigger refuse_change on bookingdb.booking_audit_log", "guard_missing"),
        ("alter table bookingdb.bookings drop constraint slot_exists", "guard_missing"),
        ("alter table bookingdb.time_slots drop constraint max_bookings_kept", "guard_missing"),
        (
            "alter table bookingdb.time_slots drop constraint max_bookings_kept;"
            " update bookingdb.time_slots set max_bookings = 0 where booked_count > 0",
            "slot_capacity",
        ),
        (
            "alter table bookingdb.bookings drop constraint payment_consistency;"
            " alter table bookingdb.bookings add constraint b check (bouquets > 0) not valid",
            "constraint_not_valid",
        ),
        (
            "update bookingdb.time_slots set starts_at = starts_at + interval '1 hour',"
            " ends_at = ends_at + interval '1 hour'",
            "slot_instant",
        ),
    ],
)  # fmt: skip
def test_damage_is_found(conn: psycopg.Connection[Any], damage: str, check_name: str) -> None:
    shop = open_shop(conn)
    shop.book()
    conn.execute("update bookingdb.bookings set notes = 'x'")
    assert bookingdb.check_integrity(conn) == []
    conn.execute(BEHIND)
    conn.execute(damage.encode())
    findings = bookingdb.check_integrity(conn)
    assert check_name in {f.check_name for f in findings}
    assert all(f.object and f.detail for f in findings)
