"""Clock changes of the whole tz database: no slot twice, none at a time that does not exist.

By PostgreSQL's own rules, for versions differ. The oracle asks what clocks show at each instant.
"""

import datetime as dt
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.rows import class_row

import bookingdb
from tests.shop import Shop, hours
from tests.support import Database, scalar

LORD_HOWE, APIA, CASABLANCA = "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"
OTHERS = ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "America/Santiago"]
CONTINENTS = "^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/"
HALF_AN_HOUR, TWO_HOURS = dt.timedelta(minutes=30), dt.timedelta(hours=2)


class Change(NamedTuple):
    """What clocks show first after a change, and by how much it put them forward: 0 if none."""

    zone: str
    local: dt.datetime
    forward: dt.timedelta


APIA_LEFT_OUT_A_DAY = Change(APIA, dt.datetime(2011, 12, 31), dt.timedelta(days=1))
CHANGES = """
with days as (
  select z.name as zone, t.utc, o.shift,
         o.shift - lag(o.shift) over (partition by z.name order by t.utc) as forward
    from pg_timezone_names z
   cross join generate_series(timestamp '2026-01-01', '2028-01-01', '1 day') as t (utc)
   cross join lateral (values (t.utc at time zone 'UTC' at time zone z.name - t.utc)) as o (shift)
   where z.name ~ %s
)
select distinct on (d.zone, d.utc) d.zone, t.utc + d.shift as local, d.forward
  from days d
 cross join generate_series(d.utc - interval '1 day', d.utc, '15 minutes') as t (utc)
 where (d.forward <> interval '0' or d.utc = '2026-07-01')
   and t.utc at time zone 'UTC' at time zone d.zone - t.utc = d.shift
 order by d.zone, d.utc, t.utc
"""
WRONG = """
with around (zone, day) as (select * from unnest(%s::text[], %s::date[])),
expected as (
  select c.zone, c.day, l.local, min(t.utc) at time zone 'UTC' as starts_at
    from around c
   cross join generate_series((c.day - 2)::timestamp, c.day + 3, interval '15 minutes') as t (utc)
   cross join lateral (values (t.utc at time zone 'UTC' at time zone c.zone)) as l (local)
   where l.local = date_bin('30 minutes', l.local, '2000-01-01')
     and l.local::date between c.day - 1 and c.day + 1
   group by c.zone, c.day, l.local
),
actual as (
  select c.zone, c.day, s.date + s.time as local, s.starts_at,
         lag(s.starts_at) over (partition by c.zone, c.day order by s.date, s.time) as previous
    from around c
   cross join lateral (select * from SLOTS s where s.date between c.day - 1 and c.day + 1) s
)
select zone, day, local::text, p.problem
  from expected e
  full join actual a using (zone, day, local)
 cross join lateral (
   values (case when a.starts_at is null then 'no slot' end),
          (case when e.starts_at is null then 'no such time' end),
          (case when a.starts_at <> e.starts_at then 'not the first instant' end),
          (case when a.starts_at <= a.previous then 'twice or out of order' end)
 ) as p (problem)
 where p.problem is not null
 order by zone, local, p.problem
"""
PLANNED = "bookingdb.planned_slots(bookingdb.default_business_id(), c.zone, c.day - 1, c.day + 1)"
MADE = "(select * from bookingdb.time_slots where not is_legacy)"
NOT_ON_THE_CLOCK = """
  select s.date, s.time
    from bookingdb.time_slots s
    join bookingdb.businesses b using (business_id)
   where not s.is_legacy
     and s.starts_at > bookingdb.clock_now()
     and s.starts_at at time zone b.time_zone <> s.date + s.time
"""
LEGACY = "select count(*) from bookingdb.time_slots where is_legacy and date >= %s"


def changes_of(conn: psycopg.Connection[Any], zones: str) -> list[Change]:
    """Every change of 2026 and 2027, and an ordinary day for each zone."""
    return conn.cursor(row_factory=class_row(Change)).execute(CHANGES, [zones]).fetchall()


def wrong_slots(conn: psycopg.Connection[Any], slots: str, changes: list[Change]) -> list[Any]:
    """Zone, day of the change, local time of a slot within a day of it, what is wrong there."""
    around = [c.zone for c in changes], [c.local.date() for c in changes]
    return conn.execute(WRONG.replace("SLOTS", slots).encode(), around).fetchall()


@pytest.fixture
def always(conn: psycopg.Connection[Any], database: Database) -> Shop:
    """A shop that never closes."""
    database.set_clock("2011-12-01 00:00 UTC")
    bookingdb.create_business(conn, "Always open", "UTC", horizon_days=5)
    bookingdb.set_opening_hours(conn, [hours("00:00", "24:00")])
    return Shop(conn)


def test_every_change_of_every_zone(always: Shop) -> None:
    changes = changes_of(always.conn, CONTINENTS)
    moving = {c.zone: abs(c.forward) for c in changes if c.forward}
    assert len(moving) >= 40
    assert (moving[LORD_HOWE], moving[CASABLANCA]) == (HALF_AN_HOUR, 2 * HALF_AN_HOUR)
    assert APIA in {c.zone for c in changes}
    assert wrong_slots(always.conn, PLANNED, [*changes, APIA_LEFT_OUT_A_DAY]) == []


def test_at_time_zone_alone_would_not_do(always: Shop) -> None:
    """The negative control: the naive function is wrong at every change, and only there."""
    always.conn.execute(
        "create or replace function bookingdb.instant_of(p_local timestamp, p_zone text) returns"
        " timestamptz language sql stable begin atomic select p_local at time zone p_zone; end"
    )
    changes = [*changes_of(always.conn, "^(Africa|Australia|Europe)/"), APIA_LEFT_OUT_A_DAY]
    wrong = wrong_slots(always.conn, PLANNED, changes)
    assert {w[:2] for w in wrong} == {(c.zone, c.local.date()) for c in changes if c.forward}
    assert len({problem for *_, problem in wrong}) == 3


@pytest.mark.parametrize("zone", [LORD_HOWE, APIA, CASABLANCA, *OTHERS])
def test_bookings_keep_the_wall_clock(always: Shop, database: Database, zone: str) -> None:
    """Made around changes; then the business moves to where all times exist, and back."""

    def book_around(change: Change) -> int:
        slots = bookingdb.available_slots(always.conn, dt.date.min, dt.date.max)
        ahead = [(s, dt.datetime.combine(s.date, s.time) - change.local) for s in slots]
        near = [s for s, by in ahead if -TWO_HOURS <= by < TWO_HOURS]
        return len([always.book(s.time, date=s.date) for s in near])

    def move(change: Change) -> Any:
        bookings = "select * from bookingdb.bookings order by booking_id"
        before = always.conn.execute(bookings).fetchall()
        bookingdb.update_business(always.conn, time_zone=change.zone)
        assert always.conn.execute(NOT_ON_THE_CLOCK).fetchall() == []
        updated = bookingdb.refresh_future_schedule(always.conn).updated
        assert always.conn.execute(bookings).fetchall() == before
        assert updated == 0, "the slots had moved with the zone"
        assert wrong_slots(always.conn, MADE, [change]) == []
        return scalar(always.conn, LEGACY, [change.local.date()])

    for change in changes_of(always.conn, f"^{zone}$")[:3]:  # one each way, and July
        skipped = max(change.forward // HALF_AN_HOUR, 0)
        database.set_clock(f"{change.local - dt.timedelta(days=3)} UTC")
        move(change)
        assert book_around(change) == 8 - skipped
        assert move(change._replace(zone="Asia/Tokyo")) == 0
        assert book_around(change) == 8
        assert move(change) == skipped, "kept, as legacy, though their time does not exist"
