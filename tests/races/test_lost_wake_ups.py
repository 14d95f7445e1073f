"""Who begins to wait at the very moment when a place becomes free gets it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import Booking
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import CROWD, Call, Crowd, gathered
from tests.races.verdict import audit_entries, miscounted, overbooked
from tests.races.watch import findings, set_watch, unserved
from tests.races.writers import SLOTS, make_slots
from tests.shop import Shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

ROUNDS = 4
PLACES = CROWD // 4  # of each of two slots

LOOK_BEFORE_LOCK = """begin
  if p_bookings = 0 and p_bouquets = 0 then
    if exists (select from bookingdb.time_slots s
                where s.date = p_date and s.time = p_time and s.booked_count < s.max_bookings)
    then
      perform bookingdb.lock_slot(p_business_id, p_date, p_time);
      perform bookingdb.offer_places(p_business_id, p_date, p_time);
    end if;
    return true;
  end if;
"""


@pytest.fixture
def crowd(database: Database, conn: Connection) -> Iterator[Crowd]:
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=365)
    set_watch(conn)
    with gathered(database) as crowd:
        yield crowd


def cancel(booking_id: UUID) -> Call:
    return lambda conn: bookingdb.cancel_booking(conn, booking_id)


def join(date: dt.date, time: dt.time, place: int) -> Call:
    name = f"{place}@example.org"
    return lambda conn: bookingdb.join_waitlist(conn, date, time, 1, "Eve", name)


def change_places(conn: Connection, crowd: Crowd, level: IsolationLevel, rounds: int) -> None:
    """All that have places go while as many join; fails when one of these is left waiting."""
    for _ in range(rounds):
        date = crowd.new_day()
        make_slots(conn, date, PLACES)
        calls: list[Call] = []
        for place, time in enumerate(SLOTS * PLACES):
            booked = Shop(conn).book(time, date=date)
            calls += [cancel(booked.booking_id), join(date, time, place)]
        outcomes = crowd.run(level, calls)
        assert all(isinstance(outcome, Booking) for outcome in outcomes)
        assert unserved(conn, date) == []
        assert findings(conn) == set()
        assert overbooked(conn, date) + miscounted(conn, date) == []
        offered = [
            entry.booking_id
            for entry in audit_entries(conn)
            if entry.action_type == "offered" and (entry.new_values or {})["date"] == str(date)
        ]
        assert len(set(offered)) == len(offered) == len(calls) / 2, "all who joined, once"


def test_who_joins_beside_a_cancellation(conn: Connection, crowd: Crowd) -> None:
    for level in ALL_LEVELS:
        change_places(conn, crowd, level, ROUNDS)


def test_who_looks_before_he_locks_is_lost(conn: Connection, crowd: Crowd) -> None:
    """The control, as one writes it at first: who joins locks the slot if it seems to have room."""
    rewrite(
        conn, "join_waitlist", "perform bookingdb.lock_slot(p_business_id, p_date, p_time);", ""
    )
    rewrite(conn, "tg_bookings__count_places", "(new.status = 'waiting')::int", "0")
    rewrite(conn, "tg_bookings__count_places", "(old.status = 'waiting')::int", "0")
    rewrite(conn, "count_places", "v_waiting > 0 and", "")
    rewrite(conn, "count_places", "begin\n", LOOK_BEFORE_LOCK)
    with pytest.raises(AssertionError):
        change_places(conn, crowd, IsolationLevel.READ_COMMITTED, 20)
