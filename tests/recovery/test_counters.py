"""Counters are set right under the lock of their slot, and a slot that is too full stays full."""

import datetime as dt
import random

import psycopg
import pytest

import bookingdb
from bookingdb import BookingStatus
from tests.races.concurrency import (
    all_of,
    at_once,
    background,
    connections,
    guarded,
    retried,
    wait_until_blocked,
)
from tests.races.verdict import miscounted
from tests.races.writers import SLOTS, Writers, make_slots
from tests.recovery.steps import ON_CALL, Connection, damage, logged, state_of
from tests.shop import DAY, NINE, Shop
from tests.support import Database, rewrite
from tests.waiting import fill, join, statuses

MISCOUNT = "update bookingdb.time_slots set {} where date = %s and time = %s"
ONE_MORE = """
insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)
values (%s, %s, 1, 'Raw', 'raw@example.org')
"""
AS_OWNER = "set role bookingdb_owner; update bookingdb.time_slots set {} where booked_count > 0"
JUDGES = "new is not distinct from bookingdb.recounted(new)"


def miscount(conn: Connection, change: str, time: dt.time = NINE) -> None:
    damage(conn, MISCOUNT.format(change), [DAY, time])


@pytest.mark.parametrize("dry", [True, False])
def test_each_counter_is_set_right(shop: Shop, dry: bool) -> None:
    shop.book(bouquets=2)
    miscount(shop.conn, "booked_count = 3, booked_bouquets = 1, waiting_count = 4")
    miscount(shop.conn, "overhang_bouquets = 1", dt.time(10))
    before = state_of(shop.conn, "time_slots")
    repaired = bookingdb.repair_counters(shop.conn, dry_run=dry, actor=ON_CALL)
    assert [(r.time.hour, r.counter, r.old_value, r.new_value) for r in repaired] == [
        (9, "booked_count", 3, 1),
        (9, "booked_bouquets", 1, 2),
        (9, "waiting_count", 4, 0),
        (10, "overhang_bouquets", 1, 0),
    ]
    assert not any(r.is_overbooked for r in repaired)
    if dry:
        assert state_of(shop.conn, "time_slots") == before
        assert bookingdb.repair_counters(shop.conn) == repaired
    else:
        assert [row["booked_count"] for row in logged(shop.conn, "time_slots")] == [1, 0]
    assert bookingdb.check_integrity(shop.conn) == []


def test_a_slot_that_is_too_full_never_looks_free(shop: Shop) -> None:
    """It says so, is full, and stays full until it holds no more than it may."""
    bookings = fill(shop)
    damage(shop.conn, ONE_MORE, [DAY, NINE])
    miscount(shop.conn, "booked_count = 1, booked_bouquets = 1")
    repaired = bookingdb.repair_counters(shop.conn)
    assert {r.counter: r.new_value for r in repaired} == {
        "booked_count": 4, "booked_bouquets": 4, "overhang_count": 1,
    }  # fmt: skip
    assert all(r.is_overbooked for r in repaired)
    assert bookingdb.watch_overbooking(shop.conn) == 1  # though the counters say nothing of it
    bookingdb.cancel_booking(shop.conn, bookings[0].booking_id)
    assert bookingdb.watch_overbooking(shop.conn) == 0
    with pytest.raises(bookingdb.MaximumBookingsReached):
        shop.book()
    bookingdb.cancel_booking(shop.conn, bookings[1].booking_id)
    shop.book()
    assert bookingdb.repair_counters(shop.conn) == []


def test_a_limit_that_was_lowered_is_no_overbooking(shop: Shop) -> None:
    fill(shop)
    bookingdb.adjust_slot(shop.conn, DAY, NINE, max_bookings=1)
    miscount(shop.conn, "waiting_count = 1")
    (repaired,) = bookingdb.repair_counters(shop.conn)
    assert (repaired.counter, repaired.is_overbooked) == ("waiting_count", False)


def test_places_that_turn_out_to_be_free_go_to_who_waits(shop: Shop) -> None:
    shop.book()
    miscount(shop.conn, "booked_count = 3")
    waits = join(shop, "eve")
    bookingdb.repair_counters(shop.conn, dry_run=True)
    assert statuses(shop, waits) == [BookingStatus.WAITING]
    bookingdb.repair_counters(shop.conn)
    assert statuses(shop, waits) == [BookingStatus.HELD]


def test_even_the_owner_writes_nothing_but_what_a_recount_gives(shop: Shop) -> None:
    shop.book()
    miscount(shop.conn, "booked_count = 3")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.conn.execute(AS_OWNER.format("booked_count = 0").encode())
    shop.conn.execute(AS_OWNER.format("booked_count = 1").encode())
    rewrite(shop.conn, "tg_time_slots__refuse_counters", JUDGES, "true")
    shop.conn.execute(AS_OWNER.format("booked_count = 0").encode())


def repair_beside_a_booking(shop: Shop, database: Database, time: dt.time = NINE) -> list[str]:
    """Somebody has booked and not committed when the slot is looked at."""
    shop.book(time)
    miscount(shop.conn, "booked_count = 2", time)
    with connections(database, 2) as (booking, repairing):
        booking.execute("begin")
        Shop(booking).book(time)
        with background(lambda: bookingdb.repair_counters(repairing)) as repair:
            wait_until_blocked(shop.conn, repairing, booking)
            booking.execute("commit")
        repair.result()
    return miscounted(shop.conn, DAY)


def test_repair_waits_for_who_books(shop: Shop, database: Database) -> None:
    assert repair_beside_a_booking(shop, database) == []


def test_control_without_the_lock(shop: Shop, database: Database) -> None:
    """What was counted is old when it is written: refused, and wrong where nothing refuses."""
    lock = "perform bookingdb.lock_slot(v_slot.business_id, v_slot.date, v_slot.time);"
    rewrite(shop.conn, "repair_counters", lock, "")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        repair_beside_a_booking(shop, database)
    rewrite(shop.conn, "tg_time_slots__refuse_counters", JUDGES, "true")
    assert repair_beside_a_booking(shop, database, dt.time(10)) != []


def test_beside_writers_of_every_kind(shop: Shop, database: Database) -> None:
    """While they write, counters are damaged and repaired, by two at once."""
    date = DAY + dt.timedelta(days=30)
    make_slots(shop.conn, date, 5)
    writers = Writers(date)

    def write(seed: int) -> None:
        chance = random.Random(seed)
        with guarded(database) as conn:
            for _ in range(25):
                writers.act(conn, chance)

    def repair() -> None:
        with guarded(database) as conn:
            for _ in range(12):
                damage(conn, MISCOUNT.format("waiting_count = waiting_count + 1"), [date, SLOTS[0]])
                retried(conn, bookingdb.repair_counters)  # hand-written SQL locks in any order

    all_of(at_once([*(lambda seed=seed: write(seed) for seed in range(3)), repair, repair]))
    assert miscounted(shop.conn, date) == []
    bookingdb.repair_counters(shop.conn)
    assert bookingdb.check_integrity(shop.conn) == []
