"""What is free: against reading the same rows bare, as other businesses grow in number."""

from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from bookingdb.bench.bench import HOURS, Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race

__all__ = ["ASKED", "FLAT", "availability"]

ASKED = UUID(int=0xA)
BARE, OURS = "bare index scan", "available_slots"
FLAT = "available_slots, against the fewest"
AT_ONCE = 100
MANY = 1000
"""Businesses with as many slots as the one that is asked for. More of them have a tenth of that:
in an index it is the number of rows that counts, on the disk all of them."""
OTHERS = """
with made as (
  insert into bookingdb.businesses (business_id, name, time_zone, horizon_days)
  select gen_random_uuid(), 'Other', 'UTC', %(days)s from generate_series(1, %(count)s)
  returning business_id
)
select array_agg(business_id) from made
"""
SLOTS = """
insert into bookingdb.time_slots
  (business_id, date, time, starts_at, ends_at, max_bookings, max_bouquets, created_at)
select b, d::date, d::time, d at time zone 'UTC',
       d at time zone 'UTC' + interval '30 minutes', 9, 99, now()
  from unnest(%(businesses)s) b
 cross join generate_series(1, %(days)s) n
 cross join generate_series(
   current_date + n + time '09:00', current_date + n + time '18:30', interval '30 minutes') d
"""


def availability(bench: Bench) -> list[Figure]:
    """All free slots of 90 days, 20 a day, of one business among as many others as there are."""
    days = bench.settings.offered_days
    bare = (
        "select date, time, starts_at, max_bookings - booked_count,"
        f" max_bouquets - booked_bouquets from bookingdb.time_slots where business_id = '{ASKED}'"
        f" and date between current_date + 1 and current_date + {days};\n"
    )
    ours = (
        f"select * from bookingdb.available_slots(current_date + 1, current_date + {days},"
        f" p_business_id => '{ASKED}');\n"
    )
    found: list[Figure] = []
    with bench.connect() as conn:
        _make_business(conn, days)
        for count in bench.settings.businesses:
            _make_others(bench, conn, count, days)
            _check_same_rows(conn, bare, ours)
            samples = race(
                bench,
                f"availability, {count:,} others",
                {
                    BARE: lambda: 1000 / bench.rate(bare, 1),
                    OURS: lambda: 1000 / bench.rate(ours, 1),
                },
            )
            ((slots,),) = conn.execute("select count(*) from bookingdb.time_slots").fetchall()
            case = f"{count:,} other business{'' if count == 1 else 'es'}, {slots:,} slots"
            found += figures("availability", case, "ms", samples, base=BARE)
    fewest, *_, most = (f for f in found if f.who == OURS)
    grown = {FLAT: list(most.rounds), OURS: list(fewest.rounds)}
    found += figures("availability", most.case, "ms", grown, base=OURS)[:1]
    return found


def _make_business(conn: psycopg.Connection[Any], days: int) -> None:
    bookingdb.create_business(conn, "Asked", "UTC", horizon_days=days, business_id=ASKED)
    bookingdb.set_opening_hours(conn, [HOURS], business_id=ASKED)
    bookingdb.refresh_future_schedule(conn, business_id=ASKED)


def _make_others(bench: Bench, conn: psycopg.Connection[Any], count: int, days: int) -> None:
    rows = conn.execute("select count(*) from bookingdb.businesses where name = 'Other'")
    ((there,),) = rows.fetchall()
    for first in range(there, count, AT_ONCE):
        bench.on_step(f"availability: making businesses, {first:,} of {count:,}")
        few = first >= MANY
        more = {"days": max(1, days // 10) if few else days, "count": min(AT_ONCE, count - first)}
        ((made,),) = conn.execute(OTHERS, more).fetchall()
        conn.execute(SLOTS, {"businesses": made, "days": more["days"]})
    bench.settle()


def _check_same_rows(conn: psycopg.Connection[Any], *queries: str) -> None:
    counts = {len(conn.execute(query.encode()).fetchall()) for query in queries}
    if len(counts) != 1:
        raise AssertionError(f"not the same work: {counts} rows")
