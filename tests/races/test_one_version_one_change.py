"""Of changes that are based on the same version of a booking exactly one is made."""

import datetime as dt
import random
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking, BookingStatus, IllegalTransition, VersionConflict
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import Call, Crowd, gathered
from tests.races.verdict import audit_entries, counters_by_log, miscounted
from tests.races.writers import SLOTS, make_slots
from tests.shop import Shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

BOOKINGS = 16


@pytest.fixture
def crowd(database: Database, conn: Connection) -> Iterator[Crowd]:
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=365)
    with gathered(database) as crowd:
        yield crowd


def changes(booking_id: UUID, date: dt.date, version: int | None) -> list[Call]:
    return [
        lambda conn: bookingdb.cancel_booking(conn, booking_id, expected_version=version),
        lambda conn: bookingdb.complete_booking(conn, booking_id, expected_version=version),
        lambda conn: bookingdb.mark_no_show(conn, booking_id, expected_version=version),
        lambda conn: bookingdb.reschedule_booking(
            conn, booking_id, date, SLOTS[1], expected_version=version
        ),
    ]


def change_at_once(
    conn: Connection, crowd: Crowd, level: IsolationLevel, version: int | None
) -> list[tuple[UUID, list[object]]]:
    """What became of the four changes of each booking; fails when slots and log do not agree."""
    date = crowd.new_day()
    make_slots(conn, date, BOOKINGS)
    ids = [Shop(conn).book(SLOTS[0], date=date).booking_id for _ in range(BOOKINGS)]
    orders = [random.Random(f"{date}-{place}").sample(range(4), 4) for place in range(BOOKINGS)]
    outcomes = crowd.run(
        level,
        [
            changes(booking_id, date, version)[which]
            for booking_id, order in zip(ids, orders, strict=True)
            for which in order
        ],
    )
    assert miscounted(conn, date) == []
    by_log = counters_by_log(audit_entries(conn))
    for time in SLOTS:
        assert by_log.get((date, time), (0, 0)) == Shop(conn).slot(time, date)[:2]
    return [(booking_id, outcomes[4 * n : 4 * n + 4]) for n, booking_id in enumerate(ids)]


def change_versions(conn: Connection, crowd: Crowd, level: IsolationLevel, rounds: int) -> set[str]:
    """How those won that did; fails unless one change of each version was made."""
    winners = set()
    for _ in range(rounds):
        for booking_id, outcomes in change_at_once(conn, crowd, level, version=1):
            made = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
            refused = [outcome for outcome in outcomes if isinstance(outcome, VersionConflict)]
            assert (len(made), len(refused)) == (1, 3)
            assert made[0].version == 2
            assert made[0] == bookingdb.get_booking(conn, booking_id)
            winners.add(f"{made[0].status} at {made[0].time}")
    return winners


def test_one_of_all_wins(conn: Connection, crowd: Crowd) -> None:
    winners = [change_versions(conn, crowd, level, 1) for level in ALL_LEVELS]
    assert len(set().union(*winners)) > 1, "now this one, now that one"


def test_place_is_freed_once(conn: Connection, crowd: Crowd) -> None:
    """Without a version each is made that is legal when its turn comes."""
    changed = [change_at_once(conn, crowd, level, version=None) for level in ALL_LEVELS]
    for booking_id, outcomes in chain.from_iterable(changed):
        made = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
        refused = [o for o in outcomes if isinstance(o, IllegalTransition | VersionConflict)]
        assert made
        assert len(made) + len(refused) == 4
        last = bookingdb.get_booking(conn, booking_id)
        assert last == max(made, key=lambda booking: booking.version)
        assert [booking.version for booking in sorted(made, key=lambda b: b.version)] == list(
            range(2, last.version + 1)
        )
        if any(booking.status == BookingStatus.CANCELLED for booking in made):
            assert last.status == BookingStatus.CANCELLED


def test_who_compares_without_a_lock_overwrites(conn: Connection, crowd: Crowd) -> None:
    """The control: the version is compared, and then somebody else is quicker."""
    rewrite(conn, "lock_seen_booking", "for no key update", "")
    rewrite(conn, "lock_slot", "for no key update", "")
    rewrite(conn, "reschedule_booking", "for no key update", "")
    with pytest.raises(AssertionError):
        change_versions(conn, crowd, IsolationLevel.READ_COMMITTED, 20)
