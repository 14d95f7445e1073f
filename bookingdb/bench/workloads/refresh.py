"""The slots of a year: a refresh that finds nothing to do, and one that makes them all."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg

import bookingdb
from bookingdb.bench.bench import HOURS, Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race

__all__ = ["NOTHING", "refresh", "year"]

YEARLY = UUID(int=0xB)
NOTHING = "refresh with nothing to do"
BARE_TABLE = """
create schema if not exists bare;
drop table if exists bare.slots;
create table bare.slots (like bookingdb.time_slots including defaults including indexes
  including storage) with (fillfactor = 70);
insert into bare.slots table bookingdb.time_slots;
"""
BARE_INSERT = """
insert into bare.slots
  (business_id, date, time, starts_at, ends_at, max_bookings, max_bouquets, created_at)
select %(business)s, d::date, d::time, d at time zone 'UTC',
       d at time zone 'UTC' + interval '30 minutes', 9, 99, now()
  from generate_series(0, %(days)s) n
 cross join generate_series(
   current_date + n + time '09:00', current_date + n + time '18:30', interval '30 minutes') d
 where d > localtimestamp
"""


def refresh(bench: Bench) -> list[Figure]:
    """A refresh with nothing to do, of a year of 20 slots a day, against reading those slots."""
    with bench.connect() as conn:
        _make_business(conn, YEARLY, bench.settings.year_days)
        bookingdb.refresh_future_schedule(conn, business_id=YEARLY)
    bench.settle()
    read = f"select * from bookingdb.time_slots where business_id = '{YEARLY}';\n"
    call = f"select * from bookingdb.refresh_future_schedule('{YEARLY}');\n"
    samples = race(
        bench,
        "refresh",
        {
            "reading the slots": lambda: 1000 / bench.rate(read, 1),
            NOTHING: lambda: 1000 / bench.rate(call, 1),
        },
    )
    case = f"{bench.settings.year_days} days × 20 slots"  # noqa: RUF001
    return figures("refresh", case, "ms", samples, base="reading the slots")


def year(bench: Bench) -> list[Figure]:
    """A year of 20 slots a day made for 1,000 businesses, against a bare INSERT ... SELECT of as
    many rows into a copy of the table: the same columns, indexes and rows, no checks or triggers.
    """
    each = max(1, bench.settings.year_businesses // bench.settings.rounds)
    with bench.connect() as conn:
        conn.execute(BARE_TABLE)
        bench.settle()
        samples = race(
            bench,
            "year",
            {
                "bare INSERT ... SELECT": lambda: _bare(conn, bench, each),
                "refresh_future_schedule": lambda: _ours(conn, bench, each),
            },
        )
    case = f"{each * bench.settings.rounds:,} businesses, {bench.settings.year_days} days"
    return figures("year", case, "slots/s", samples, base="bare INSERT ... SELECT")


def _bare(conn: psycopg.Connection[Any], bench: Bench, count: int) -> float:
    started, made = time.monotonic(), 0
    for _ in range(count):
        order = {"business": uuid4(), "days": bench.settings.year_days}
        made += conn.execute(BARE_INSERT, order).rowcount
    return made / (time.monotonic() - started)


def _ours(conn: psycopg.Connection[Any], bench: Bench, count: int) -> float:
    businesses = list(_businesses(conn, bench.settings.year_days, count))
    started, made = time.monotonic(), 0
    for business in businesses:
        made += bookingdb.refresh_future_schedule(conn, business_id=business).created
    return made / (time.monotonic() - started)


def _businesses(conn: psycopg.Connection[Any], days: int, count: int) -> Iterator[UUID]:
    for _ in range(count):
        business = uuid4()
        _make_business(conn, business, days)
        yield business


def _make_business(conn: psycopg.Connection[Any], business: UUID, days: int) -> None:
    bookingdb.create_business(conn, "Yearly", "UTC", horizon_days=days, business_id=business)
    bookingdb.set_opening_hours(conn, [HOURS], business_id=business)
