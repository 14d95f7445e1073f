"""No slot is ever overbooked: by any writer, at any isolation level, at any time."""

import datetime as dt
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from tests.races.concurrency import ALL_LEVELS, connections, guarded
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.races.writers import SLOTS, Writers, make_slots
from tests.support import Database

Connection = psycopg.Connection[Any]

WRITERS = 64
ACTS = 4
CAPACITIES = 1, 3, 7
ROUNDS = 4  # of each of the nine combinations
FIRST_DAY = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=5)

# Reads the counters, thinks, and writes what it worked out: the guard without its lock.
CHECK_THEN_WRITE = """
create function bookingdb.add_without_lock(p_booking bookingdb.bookings, p_sign int)
returns void language plpgsql as $$
declare
  v_slot bookingdb.time_slots;
begin
  select * into v_slot from bookingdb.time_slots s
   where (s.business_id, s.date, s.time)
         = (p_booking.business_id, p_booking.date, p_booking.time);
  if p_sign > 0 and (v_slot.booked_count + 1 > v_slot.max_bookings
                     or v_slot.booked_bouquets + p_booking.bouquets > v_slot.max_bouquets)
  then
    perform bookingdb.fail('ZB002', 'Checked without a lock.');
  end if;
  update bookingdb.time_slots s
     set booked_count = v_slot.booked_count + p_sign,
         booked_bouquets = v_slot.booked_bouquets + p_sign * p_booking.bouquets
   where (s.business_id, s.date, s.time)
         = (p_booking.business_id, p_booking.date, p_booking.time);
end $$;
create or replace function bookingdb.tg_bookings__count_places()
returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.status not in ('cancelled', 'expired') then
    perform bookingdb.add_without_lock(old, -1);
  end if;
  if tg_op <> 'DELETE' and new.status not in ('cancelled', 'expired') then
    perform bookingdb.add_without_lock(new, 1);
  end if;
  return null;
end $$;
alter domain bookingdb.slot_counter drop constraint counters_not_negative;
alter table bookingdb.time_slots
  drop constraint max_bookings_kept,
  drop constraint max_bouquets_kept;
"""
NO_COUNTING = """
do $$ declare v_trigger name; begin
  for v_trigger in
    select t.tgname from pg_trigger t
     where t.tgfoid = 'bookingdb.tg_bookings__count_places()'::regprocedure
  loop
    execute format('alter table bookingdb.bookings disable trigger %I', v_trigger);
  end loop;
end $$;
"""


class OverbookedError(AssertionError):
    """A slot held more than it may, or something else than it counts."""


class Race:
    """Rounds of many writers on open connections, each round on a date of its own."""

    def __init__(self, database: Database, pool: ThreadPoolExecutor, conns: list[Connection]):
        self.database = database
        self.pool = pool
        self.conns = conns
        self.rounds = 0

    def run(self, capacity: int, level: IsolationLevel) -> None:
        """One round; fails when a slot was overbooked at any time, or is miscounted after it."""
        self.rounds += 1
        writers = Writers(FIRST_DAY + dt.timedelta(days=self.rounds))
        with self.database.connect() as observer:
            make_slots(observer, writers.date, capacity)
            acting = [
                self.pool.submit(self._act, writers, number, level) for number in range(WRITERS)
            ]
            while wait(acting, timeout=0.01).not_done:
                judge(observer, writers.date)
            for future in acting:
                future.result()
            judge(observer, writers.date)
            self._compare_with_log(observer, writers.date)

    def _act(self, writers: Writers, number: int, level: IsolationLevel) -> None:
        chance = random.Random(f"{self.rounds}-{number}")
        self.conns[number].isolation_level = level
        for _ in range(ACTS):
            writers.act(self.conns[number], chance)

    def _compare_with_log(self, observer: Connection, date: dt.date) -> None:
        by_log = counters_by_log(audit_entries(observer))
        for time in SLOTS:
            counters = observer.execute(
                "select booked_count, booked_bouquets from bookingdb.time_slots"
                " where date = %s and time = %s",
                [date, time],
            ).fetchone()
            assert by_log.get((date, time), (0, 0)) == counters


def judge(observer: Connection, date: dt.date) -> None:
    """Look at the slots of a date as they are now."""
    if findings := overbooked(observer, date) + miscounted(observer, date):
        raise OverbookedError(findings)


@pytest.fixture
def race(database: Database) -> Iterator[Race]:
    with (
        guarded(database) as conn,
        connections(database, WRITERS) as conns,
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        bookingdb.create_business(conn, "Flower shop", "Europe/Berlin", horizon_days=365)
        yield Race(database, pool, conns)


@pytest.mark.long
def test_never_overbooked(race: Race) -> None:
    for _ in range(ROUNDS):
        for level in ALL_LEVELS:
            for capacity in CAPACITIES:
                race.run(capacity, level)
    with race.database.connect() as conn:
        assert bookingdb.check_integrity(conn) == []


def run_rounds(race: Race, rounds: int) -> None:
    """Rounds of the easiest kind."""
    for _ in range(rounds):
        race.run(3, IsolationLevel.READ_COMMITTED)


@pytest.mark.parametrize(
    "sabotage", [NO_COUNTING, CHECK_THEN_WRITE], ids=["no_counting", "no_lock"]
)
def test_without_the_guard_it_would_be_seen(race: Race, sabotage: str) -> None:
    with race.database.connect() as conn:
        conn.execute(sabotage.encode())
    with pytest.raises(OverbookedError):
        run_rounds(race, 20)
