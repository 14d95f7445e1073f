"""Each guard matters: an attempt that fails, or is undone, succeeds once the guard is gone."""

from contextlib import suppress
from typing import Any

import psycopg
import pytest

from tests.shop import DAY, open_shop
from tests.support import scalar


@pytest.mark.parametrize(
    ("guard", "attempt", "damage"),
    [
        (
            'alter table bookingdb.bookings disable trigger "D_audit_changed"',
            "update bookingdb.bookings set notes = bouquets::text || version",
            "select count(*) <> sum(distinct b.version)"
            " from bookingdb.bookings b join bookingdb.booking_audit_log using (booking_id)",
        ),
        (
            "alter table bookingdb.booking_audit_log disable trigger refuse_delete",
            "delete from bookingdb.booking_audit_log",
            "select count(*) = 0 from bookingdb.booking_audit_log",
        ),
        (
            "alter table bookingdb.settings_audit_log disable trigger refuse_delete",
            "delete from bookingdb.settings_audit_log",
            "select count(*) = 0 from bookingdb.settings_audit_log",
        ),
        (
            "alter table bookingdb.businesses disable trigger audit",
            "update bookingdb.businesses set name = name || 'x'",
            "select not exists (select from bookingdb.settings_audit_log l"
            " join bookingdb.businesses b on b.name = l.new_values ->> 'name')",
        ),
        (
            "alter table bookingdb.bookings disable trigger a_stamp",
            "update bookingdb.bookings set version = 99, notes = 'x'",
            "select bool_and(version = 99) from bookingdb.bookings",
        ),
        (
            "alter table bookingdb.bookings disable trigger b_check",
            "update bookingdb.bookings set status = 'expired'",
            "select bool_and(status = 'expired') from bookingdb.bookings",
        ),
        (
            "alter table bookingdb.bookings disable trigger b_check",
            "update bookingdb.bookings set payment_status = 'refunded'",
            "select bool_and(payment_status = 'refunded') from bookingdb.bookings",
        ),
        (
            "alter table bookingdb.bookings disable trigger b_check",
            "update bookingdb.bookings set date = '2001-01-01'",
            "select bool_and(date = '2001-01-01') from bookingdb.bookings",
        ),
        (
            "alter table bookingdb.bookings drop constraint payment_consistency",
            "update bookingdb.bookings set payment_status = 'failed'",
            "select bool_and(payment_status = 'failed') from bookingdb.bookings",
        ),
        (
            "alter table bookingdb.bookings drop constraint slot_exists",
            f"delete from bookingdb.time_slots where date = '{DAY}'",
            f"select count(*) = 0 from bookingdb.time_slots where date = '{DAY}'",
        ),
        (
            "alter table bookingdb.time_slots disable trigger a_refuse_counters",
            "update bookingdb.time_slots set booked_count = 0",
            "select sum(booked_count) = 0 from bookingdb.time_slots",
        ),
        (
            "alter table bookingdb.bookings disable trigger refuse_truncate",
            "truncate bookingdb.bookings",
            "select count(*) = 0 from bookingdb.bookings",
        ),
    ],
)
def test_guard(conn: psycopg.Connection[Any], guard: str, attempt: str, damage: str) -> None:
    open_shop(conn).book()
    conn.execute(
        "insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets)"
        " values ('2001-01-01', '09:00', 3, 10)"
    )

    def is_damaged() -> bool:
        with suppress(psycopg.Error):
            conn.execute(attempt.encode())
        return bool(scalar(conn, damage))

    assert not is_damaged()
    conn.execute(guard.encode())
    assert is_damaged()
