"""A schedule change never breaks a booking, also one that is made at the same moment."""

import datetime as dt
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import RefreshCounts, SlotNotFound, SlotUnavailable
from bookingdb import refresh_future_schedule as refresh
from tests.races.concurrency import (
    ALL_LEVELS,
    all_of,
    at_once,
    background,
    connections,
    guarded,
    retried,
    wait_until_blocked,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]

BOOKERS = 8
CHANGES = 60
SHAPES = (
    hours("09:00", "12:00", max_bookings=4),
    hours("10:00", "13:00", slot_interval="60 minutes", max_bookings=2),
)
TIMES = [dt.time(9), dt.time(9, 30), dt.time(10), dt.time(11), dt.time(12)]
NOTHING = RefreshCounts(0, 0, 0, 0, 0, 0)

# Deletes the future and makes it anew, with nothing that holds on to the slots of bookings.
DELETE_AND_MAKE_ANEW = """
alter table bookingdb.bookings drop constraint slot_exists;
create or replace function bookingdb.refresh_future_schedule(
  p_business_id uuid default bookingdb.default_business_id(),
  out created int, out updated int, out restored int, out made_legacy int, out deleted int,
  out over_capacity int
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform bookingdb.lock_schedule(p_business_id);
  delete from bookingdb.time_slots s where s.starts_at > bookingdb.clock_now();
  insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets)
  select p.date, p.time, p.max_bookings, p.max_bouquets
    from bookingdb.plan_schedule_refresh(p_business_id) p;
  select 0, 0, 0, 0, 0, 0 into created, updated, restored, made_legacy, deleted, over_capacity;
end $$;
"""


class Bookers:
    """Book, cancel and delete until told to stop; remember what must be there."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.kept: set[UUID] = set()

    def run(self, conn: Connection, seed: int) -> None:
        chance = random.Random(seed)
        while not self.stop.is_set():
            self.act(conn, chance)

    def act(self, conn: Connection, chance: random.Random) -> None:
        date, time = DAY + dt.timedelta(chance.randint(0, 2)), chance.choice(TIMES)
        try:
            made = retried(conn, lambda conn: Shop(conn).book(time, date=date)).booking_id
        except SlotUnavailable:
            return
        match chance.choice(["keep", "cancel", "delete", "delete"]):
            case "keep":
                self.kept.add(made)
            case "cancel":
                retried(conn, lambda conn: bookingdb.cancel_booking(conn, made))
                self.kept.add(made)
            case "delete":
                query = "delete from bookingdb.bookings where booking_id = %s"
                retried(conn, lambda conn: conn.execute(query, [made]))


def change_under_load(shop: Shop, database: Database) -> None:
    """Change the schedule under bookers; fails when a booking or its slot is broken."""
    bookers = Bookers()
    with connections(database, BOOKERS) as conns, ThreadPoolExecutor(BOOKERS) as pool:
        running = [pool.submit(bookers.run, conn, seed) for seed, conn in enumerate(conns)]
        try:
            for change in range(CHANGES):
                shop.set_hours(SHAPES[change % 2])
                assert bookingdb.check_integrity(shop.conn) == []
        finally:
            bookers.stop.set()
        for booker in running:
            booker.result()
    with_slot = shop.conn.execute(
        "select b.booking_id from bookingdb.bookings b"
        " join bookingdb.time_slots s using (business_id, date, time)"
    ).fetchall()
    assert {booking_id for (booking_id,) in with_slot} == bookers.kept
    assert len(with_slot) == len(bookers.kept) > CHANGES
    assert bookingdb.check_integrity(shop.conn) == []


def test_changes_under_load(shop: Shop, database: Database) -> None:
    change_under_load(shop, database)
    wanted = {(p.date, p.time) for p in bookingdb.plan_schedule_refresh(shop.conn)}
    assert not wanted, "the last refresh left nothing to do"
    assert shop.conn.execute(
        "select count(*) filter (where date = %s) from bookingdb.time_slots where not is_legacy",
        [DAY],
    ).fetchone() == (3,), "the second shape has three slots a day"


def test_changes_would_break_bookings_without_the_guards(
    database: Database, conn: Connection
) -> None:
    bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=14)
    shop = Shop(conn)
    shop.set_hours(SHAPES[1])
    conn.execute(DELETE_AND_MAKE_ANEW)
    with pytest.raises(AssertionError):
        change_under_load(shop, database)


def test_refresh_that_changes_nothing_writes_nothing(shop: Shop) -> None:
    shop.book()
    shop.set_hours(SHAPES[1])
    rows = "select ctid, xmin, s from bookingdb.time_slots s order by date, time"
    before = shop.conn.execute(rows).fetchall()
    with shop.conn.transaction():
        assert refresh(shop.conn) == NOTHING
        wrote = shop.conn.execute("select pg_current_xact_id_if_assigned()").fetchone()
        assert wrote == (None,)
    assert shop.conn.execute(rows).fetchall() == before


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_refreshes_at_once(shop: Shop, database: Database, level: IsolationLevel) -> None:
    with connections(database, 4, level) as conns:
        for change in range(4):
            bookingdb.set_opening_hours(shop.conn, [SHAPES[(change + 1) % 2]])
            expected = len(bookingdb.plan_schedule_refresh(shop.conn))
            counts = all_of(at_once([partial(retried, conn, refresh) for conn in conns]))
            assert sum(c.created + c.updated + c.restored for c in counts) > 0
            assert sum(c.made_legacy + c.deleted for c in counts) > 0
            changed = [c for c in counts if c != NOTHING]
            assert len(changed) == 1, "one of them did it all"
            assert expected == sum(
                getattr(changed[0], name) for name in NOTHING.__slots__ if name != "over_capacity"
            )
            assert bookingdb.plan_schedule_refresh(shop.conn) == []


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_booking_before_its_slot_goes_keeps_it(
    shop: Shop, database: Database, level: IsolationLevel
) -> None:
    bookingdb.set_opening_hours(shop.conn, [SHAPES[1]])
    with guarded(database) as booker, guarded(database, level) as refresher:
        booker.execute("begin")
        Shop(booker).book()
        with background(lambda: retried(refresher, refresh)) as refreshed:
            wait_until_blocked(shop.conn, refresher, booker)
            booker.execute("commit")
        assert refreshed.result().made_legacy == 1
    assert (shop.slot(NINE)[0], shop.slot(NINE)[-1]) == (1, True)


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.name.lower())
def test_booking_after_its_slot_went_is_told_so(
    shop: Shop, database: Database, level: IsolationLevel
) -> None:
    bookingdb.set_opening_hours(shop.conn, [SHAPES[1]])
    with guarded(database, level) as booker, guarded(database) as refresher:
        refresher.execute("begin")
        refresh(refresher)
        with background(lambda: retried(booker, lambda conn: Shop(conn).book())) as booked:
            wait_until_blocked(shop.conn, booker, refresher)
            refresher.execute("commit")
        assert isinstance(booked.exception(), SlotNotFound)
    assert shop.slot(NINE) is None
