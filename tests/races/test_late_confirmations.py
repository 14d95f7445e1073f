"""A hold that runs out just now is confirmed, paid, extended, swept or let go: one of these."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import AuditEntry, Booking, BookingAction, PaymentStatus
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import Call, Crowd, gathered
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.races.writers import SLOTS, make_slots
from tests.shop import Shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

CAPACITY = 12
RUN_OUT_SOON = """
update bookingdb.bookings
   set hold_expires_at = clock_timestamp() + random() * interval '500 milliseconds'
 where date = %s and status = 'held'
"""
WAYS = {
    ("held", "held"),
    ("held", "confirmed"),
    ("held", "cancelled"),
    ("held", "expired"),
    ("expired", "expired"),  # paid too late
    ("expired", "held"),
    ("expired", "confirmed"),
    ("confirmed", "confirmed"),
    ("confirmed", "cancelled"),
    ("cancelled", "cancelled"),
}


@pytest.fixture
def crowd(database: Database, conn: Connection) -> Iterator[Crowd]:
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=365)
    with gathered(database) as crowd:
        yield crowd


def confirm(booking_id: UUID) -> Call:
    return lambda conn: bookingdb.confirm_booking(conn, booking_id)


def calls_for(hold: Booking) -> list[Call]:
    """What people do with a hold; two confirm it."""
    five_minutes = dt.timedelta(minutes=5)
    return [
        confirm(hold.booking_id),
        confirm(hold.booking_id),
        lambda conn: bookingdb.cancel_booking(conn, hold.booking_id),
        lambda conn: bookingdb.extend_hold(conn, hold.booking_id, five_minutes),
        lambda conn: bookingdb.record_payment(conn, hold.booking_id, PaymentStatus.PAID),
        lambda conn: Shop(conn).book(hold.time, date=hold.date),
        lambda conn: Shop(conn).book(hold.time, date=hold.date, hold_for=five_minutes),
        bookingdb.expire_holds,
    ]


def check_ways(hold: Booking, outcomes: list[object], entries: list[AuditEntry]) -> None:
    """What the calls were told is what became of the hold."""
    states = [e.new_values["status"] for e in entries if e.new_values]
    assert set(pairwise(states)) <= WAYS
    told = [isinstance(outcome, Booking) for outcome in outcomes[:5]]
    confirmed, cancelled, paid = told[0] + told[1], told[2], told[4]
    assert confirmed == states.count("confirmed") - paid_in("confirmed", entries) <= 1
    assert cancelled == (states[-1] == "cancelled")
    assert paid, "no payment is turned away"
    assert entries[-1].new_values
    has_place = states[-1] in ("held", "confirmed")
    assert entries[-1].new_values["refund_due"] == (not has_place)
    if confirmed and not cancelled:
        assert states[-1] == "confirmed"


def paid_in(status: str, entries: list[AuditEntry]) -> int:
    """How many payments came in when the hold had that status."""
    return sum(
        e.action_type == "payment_succeeded" and (e.new_values or {})["status"] == status
        for e in entries
    )


def decide_late(conn: Connection, crowd: Crowd, level: IsolationLevel, rounds: int) -> None:
    """Rounds of holds that run out; fails when one of them, or a place, goes two ways."""
    for _ in range(rounds):
        date = crowd.new_day()
        make_slots(conn, date, CAPACITY)
        holds = [
            Shop(conn).book(time, date=date, hold_for=dt.timedelta(hours=1))
            for time in SLOTS
            for _ in range(CAPACITY)
        ]
        calls = [calls_for(hold) for hold in holds]

        def judge(date: dt.date = date) -> None:
            assert overbooked(conn, date) + miscounted(conn, date) == []

        conn.execute(RUN_OUT_SOON.encode(), [date])
        outcomes = crowd.run(level, [call for group in calls for call in group], judge)
        entries = audit_entries(conn)
        for hold, group in zip(holds, calls, strict=True):
            told, outcomes = outcomes[: len(group)], outcomes[len(group) :]
            check_ways(hold, told, [e for e in entries if e.booking_id == hold.booking_id])
        by_log = counters_by_log(entries)
        for time in SLOTS:
            assert by_log.get((date, time), (0, 0)) == Shop(conn).slot(time, date)[:2]


def test_hold_ends_in_one_way(conn: Connection, crowd: Crowd) -> None:
    for level in ALL_LEVELS:
        decide_late(conn, crowd, level, 1)
    assert {e.action_type for e in audit_entries(conn)} >= {
        BookingAction.CONFIRMED,
        BookingAction.CANCELLED,
        BookingAction.EXPIRED,
        BookingAction.PAYMENT_SUCCEEDED,
    }


def test_without_the_lock_two_confirm(conn: Connection, crowd: Crowd) -> None:
    """The control: what is decided on is only read."""
    rewrite(conn, "lock_seen_booking", "for no key update", "")
    rewrite(conn, "lock_slot", "for no key update", "")
    with pytest.raises(AssertionError):
        decide_late(conn, crowd, IsolationLevel.READ_COMMITTED, 20)


def test_without_counting_places_go_twice(conn: Connection, crowd: Crowd) -> None:
    """The control: a hold that takes its place again is not counted."""
    conn.execute('alter table bookingdb.bookings disable trigger "E_count_places_changed"')
    with pytest.raises(AssertionError):
        decide_late(conn, crowd, IsolationLevel.READ_COMMITTED, 20)
