"""Nobody gets a place past somebody who waits for it, whatever is going on."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import BookingStatus, PaymentStatus
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import Crowd, gathered
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.races.watch import findings, set_watch, unserved
from tests.races.writers import SLOTS, Writers, make_slots
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

ACTS = 6
CAPACITY = 3
ROUNDS = 2


class Customers(Writers):
    """Those who want places in slots that are full."""

    def act(self, conn: Connection, chance: random.Random) -> None:
        act = chance.choices(list(_ACTS), list(_ACTS.values()))[0]
        act(self, conn, chance)

    def join(self, conn: Connection, chance: random.Random) -> None:
        name = f"{chance.getrandbits(48):x}@example.org"
        time, bouquets = chance.choice(SLOTS), chance.randint(1, 3)
        booking = bookingdb.join_waitlist(conn, self.date, time, bouquets, "Eve", name)
        self.made.append(booking.booking_id)

    def leave(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.leave_waitlist(conn, self.some(chance))

    def need(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.update_booking(conn, self.some(chance), bouquets=chance.randint(1, 3))

    def pay(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.record_payment(conn, self.some(chance), PaymentStatus.PAID)

    def extend(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.extend_hold(conn, self.some(chance), dt.timedelta(minutes=5))

    def move(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.reschedule_booking(conn, self.some(chance), self.date, chance.choice(SLOTS))

    def sweep(self, conn: Connection, _: random.Random) -> None:
        bookingdb.expire_holds(conn)

    def run_out(self, conn: Connection, chance: random.Random) -> None:
        conn.execute(
            "update bookingdb.bookings set hold_expires_at = clock_timestamp()"
            " where booking_id = %s and status = 'held'",
            [self.some(chance)],
        )


_ACTS = {
    Customers.book: 5,
    Customers.join: 5,
    Customers.cancel: 3,
    Customers.run_out: 3,
    Customers.leave: 1,
    Customers.confirm: 2,
    Customers.need: 1,
    Customers.pay: 2,
    Customers.extend: 1,
    Customers.move: 1,
    Customers.sweep: 1,
}


@pytest.fixture
def crowd(database: Database, conn: Connection) -> Iterator[Crowd]:
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=365)
    set_watch(conn)
    with gathered(database) as crowd:
        yield crowd


def compete(conn: Connection, crowd: Crowd, level: IsolationLevel, rounds: int) -> None:
    """Rounds on full slots; fails when somebody was passed over or is left waiting."""
    for number in range(rounds):
        customers = Customers(crowd.new_day())
        make_slots(conn, customers.date, CAPACITY)
        for _ in range(4 * CAPACITY):
            try:
                customers.book(conn, random.Random(len(customers.made)))
            except bookingdb.SlotUnavailable:
                customers.join(conn, random.Random())
        crowd.improvise(level, customers.act, ACTS, seed=f"{level}-{number}")
        assert findings(conn) == set()
        assert unserved(conn, customers.date) == []
        assert overbooked(conn, customers.date) + miscounted(conn, customers.date) == []


def test_nobody_is_passed_over(conn: Connection, crowd: Crowd) -> None:
    for level in ALL_LEVELS:
        compete(conn, crowd, level, ROUNDS)
    entries = audit_entries(conn)
    for (date, time), counters in counters_by_log(entries).items():
        query = "select booked_count, booked_bouquets from bookingdb.time_slots"
        slot = conn.execute(f"{query} where (date, time) = (%s, %s)".encode(), [date, time])
        assert slot.fetchone() == counters
    for entry in entries:
        if entry.old_values and entry.old_values["status"] == BookingStatus.WAITING:
            is_offer = entry.new_values and entry.new_values["status"] == BookingStatus.HELD
            assert (entry.action_type == "offered") == bool(is_offer)
    assert any(entry.action_type == "offered" for entry in entries)


CONTROLS = {
    "order": ("fitting_waiters", "order by b.created_at,", "order by b.created_at desc,"),
    "offers": ("offer_places", "and b.status = 'waiting'", "and false"),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_without_the_guard_it_would_be_seen(conn: Connection, crowd: Crowd, control: str) -> None:
    rewrite(conn, *CONTROLS[control])
    with pytest.raises(AssertionError):
        compete(conn, crowd, IsolationLevel.READ_COMMITTED, 20)
    assert overbooked(conn, DAY) + miscounted(conn, DAY) == [], "only the order is lost"


def test_who_locks_the_booking_before_the_slot_deadlocks(conn: Connection, crowd: Crowd) -> None:
    """The control: whoever offers places has the slot, and wants the bookings that wait for it."""
    rewrite(conn, "lock_slot", "for no key update", "")
    with pytest.raises(bookingdb.DeadlockDetected):
        compete(conn, crowd, IsolationLevel.READ_COMMITTED, 20)


def test_place_of_a_paid_hold_that_ran_out_goes_to_who_waits(shop: Shop) -> None:
    shop.set_hours(hours(max_bookings=1))
    hold = shop.book(hold_for=dt.timedelta(minutes=5))
    waiting = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", "eve@example.org")
    shop.conn.execute("update bookingdb.bookings set hold_expires_at = created_at")
    assert bookingdb.record_payment(shop.conn, hold.booking_id, PaymentStatus.PAID).refund_due
    offered = bookingdb.get_booking(shop.conn, waiting.booking_id)
    assert offered.status == BookingStatus.HELD


def test_bouquets_of_a_hold_that_ran_out_go_to_who_waits(shop: Shop) -> None:
    """With what is free beside them, they are enough for who waits, and not for a newcomer too."""
    shop.book(bouquets=5)
    shop.book(bouquets=3, hold_for=dt.timedelta(minutes=5))
    bookingdb.join_waitlist(shop.conn, DAY, NINE, 4, "Eve", "eve@example.org")
    shop.conn.execute("update bookingdb.bookings set hold_expires_at = created_at")
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.book(bouquets=2)
