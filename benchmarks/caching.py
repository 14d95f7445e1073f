"""What a cache of availability saves those who read, and costs those who book.

  no cache          available_slots()
  a table           the answers' rows in a table that a trigger keeps: read by its key, all checks
                    left out, which is the best that a cache inside the database can do
  in the process    AvailabilityCache, which listens; every read is answered by it

All take turns, round by round, in one run, on one PostgreSQL. Shown is processor time, of the
session and of this process, which others on the machine disturb less than they do the clock;
medians of the rounds, least and most.
"""

import argparse
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
from rich.console import Console

import bookingdb
from benchmarks.webhooks.figures import Figures, spread
from bookingdb._call import fetch_all
from bookingdb.bench.bench import HOURS
from bookingdb.bench.cpu import clock_of
from bookingdb.bench.server import open_database, open_server

__all__ = ["add_options", "measure", "run"]

DAYS = 60
TABLE = """
create schema kept;
create table kept.slots as
select business_id, date, time, starts_at, max_bookings - booked_count as remaining_bookings,
       max_bouquets - booked_bouquets as remaining_bouquets, now() as as_of
  from bookingdb.time_slots;
alter table kept.slots add primary key (business_id, date, time);
create function kept.follow() returns trigger language plpgsql as $$
begin
  update kept.slots
     set remaining_bookings = new.max_bookings - new.booked_count,
         remaining_bouquets = new.max_bouquets - new.booked_bouquets,
         as_of = now()
   where business_id = new.business_id and date = new.date and time = new.time;
  return null;
end $$;
create trigger keep after update on bookingdb.time_slots
  for each row execute function kept.follow();
alter table bookingdb.time_slots disable trigger keep;
grant usage on schema kept to public;
grant select, update on kept.slots to public;
analyze kept.slots, bookingdb.time_slots;
"""
KEPT = """
select date, time, starts_at, remaining_bookings, remaining_bouquets, as_of
  from kept.slots
 where business_id = %(business)s and date between %(from)s and %(to)s
   and remaining_bookings >= 1 and remaining_bouquets >= 1
 order by date, time
"""
Call = Callable[[], object]


def add_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--rounds", type=int, default=7, help="(default: 7)")
    option("--reads", type=int, default=300, help="of a round, each (default: 300)")
    option("--bookings", type=int, default=300, help="of a round, each (default: 300)")
    option("--folder", default="/var/tmp", help="where the server is (default: %(default)s)")
    option("--markdown", action="store_true", help="print Markdown, not tables")


def run(options: argparse.Namespace) -> None:
    with (
        open_server(options.folder) as server,
        open_database(server.dsn()) as dsn,
        connect(dsn) as conn,
        connect(dsn) as ear,
    ):
        for figures in measure(conn, ear, options):
            if options.markdown:
                print(figures.markdown())
            else:
                Console().print(figures.table())


def connect(dsn: str) -> psycopg.Connection[Any]:
    return psycopg.connect(dsn, autocommit=True)


def measure(
    conn: psycopg.Connection[Any], ear: psycopg.Connection[Any], options: argparse.Namespace
) -> Iterator[Figures]:
    """All there is to measure, in a database without a business."""
    bookingdb.create_business(conn, "Bench", "UTC", horizon_days=DAYS)
    bookingdb.set_opening_hours(conn, [HOURS])
    bookingdb.refresh_future_schedule(conn)
    conn.execute(TABLE)
    for days in (1, 7):
        yield reads(conn, ear, days=days, options=options)
    yield bookings(conn, ear, options)


def reads(
    conn: psycopg.Connection[Any],
    ear: psycopg.Connection[Any],
    *,
    days: int,
    options: argparse.Namespace,
) -> Figures:
    """Answers that do not change."""
    first = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    last = first + dt.timedelta(days=days - 1)
    cache = bookingdb.AvailabilityCache(max_age=dt.timedelta(hours=1))
    cache.listen(ear)
    place = {"business": bookingdb.DEFAULT_BUSINESS_ID, "from": first, "to": last}
    ways: dict[str, Call] = {
        "no cache": partial(bookingdb.available_slots, conn, first, last),
        "a table": partial(fetch_all, conn, bookingdb.AvailableSlot, KEPT, place),
        "in the process": partial(cache.available_slots, conn, first, last),
    }
    sizes = {len(call()) for call in ways.values()}  # type: ignore[arg-type]
    bookingdb.watch_availability(ear, False)
    if len(sizes) != 1:
        raise AssertionError(f"not the same work: {sizes} slots")
    rows = race(conn, ways, options.rounds, options.reads)
    return Figures("reads", f"A read of days: {days}, {sizes.pop()} slots, µs", rows)


def bookings(
    conn: psycopg.Connection[Any], ear: psycopg.Connection[Any], options: argparse.Namespace
) -> Figures:
    """What it costs the session of who books, spread over all slots."""
    place = 0

    def book() -> None:
        nonlocal place
        place += 1
        day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2 + place % (DAYS - 3))
        bookingdb.create_booking(conn, day, dt.time(9 + place % 10), 1, "Ada", "ada@example.org")

    def watched(wanted: bool) -> Call:
        return partial(bookingdb.watch_availability, ear, wanted)

    def followed(verb: str) -> Call:
        statement = f"alter table bookingdb.time_slots {verb} trigger keep"
        return partial(conn.execute, statement.encode())

    around = {
        "a table": (followed("enable"), followed("disable")),
        "in the process": (watched(True), watched(False)),
    }
    ways: dict[str, Call] = dict.fromkeys(["no cache", *around], book)
    rows = race(conn, ways, options.rounds, options.bookings, around)
    return Figures("bookings", "A booking, µs", rows)


def race(
    conn: psycopg.Connection[Any],
    ways: dict[str, Call],
    rounds: int,
    count: int,
    around: dict[str, tuple[Call, Call]] | None = None,
) -> list[dict[str, Any]]:
    """Processor time of a call, each way in turn."""
    server = clock_of(conn)
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(rounds):
        names = list(ways)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            before, after = (around or {}).get(name, (time.monotonic, time.monotonic))
            before()
            for _ in range(10):
                ways[name]()
            begun = server.seconds(), time.process_time()
            for _ in range(count):
                ways[name]()
            ended = server.seconds(), time.process_time()
            used = [1e6 * (e - b) / count for b, e in zip(begun, ended, strict=True)]
            samples[name].append((used[0], used[1]))
            after()
    return [
        {
            "cache": name,
            server.name: spread(s for s, _ in runs),
            "client CPU": spread(c for _, c in runs),
            "both, to no cache": spread(
                sum(run) / sum(base) for run, base in zip(runs, samples["no cache"], strict=True)
            ),
        }
        for name, runs in samples.items()
    ]
