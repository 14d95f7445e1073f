"""The business of a drill: made, overbooked, put right and removed."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from bookingdb import (
    add_webhook_endpoint,
    available_slots,
    create_booking,
    create_business,
    grant_business,
    refresh_future_schedule,
    set_opening_hours,
)
from bookingdb.cli.failures import CommandError

__all__ = ["BUSINESS", "ROLE", "overbook", "put_right", "scene"]

BUSINESS = UUID("00000000-0000-4000-8000-00000000d211")
ROLE = "bookingdb_drill"
HOURS = {
    "weekday": [1, 2, 3, 4, 5, 6, 7],
    "opens": "00:00",
    "closes": "23:00",
    "slot_interval": "1 hour",
    "max_bookings": 1,
    "max_bouquets": 1,
}
OFTEN = [dt.timedelta(seconds=1)] * 30
"""When another dispatcher got a delivery first, it refused the loopback address."""
TABLES = """
select format('%I.%I', n.nspname, c.relname)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id'
 where n.nspname = 'bookingdb' and c.relkind in ('r', 'p') and not c.relispartition
"""

Connection = psycopg.Connection[Any]


@contextmanager
def scene(conn: Connection, url: str) -> Iterator[str]:
    """The business with one booking in a slot of one place, an endpoint at `url`, whose secret
    this is, and a role that is bound to it; all gone when the block ends.

    Raises CommandError unless the login is a superuser, and while another drill is going on.
    """
    if conn.info.parameter_status("is_superuser") != "on":
        raise CommandError(
            "42501",
            "A drill needs a superuser",
            hint="Nobody else gets past the triggers: run it on a restored copy of the database.",
        )
    query = "select pg_try_advisory_lock(hashtextextended('bookingdb drill', 0))"
    if conn.execute(query).fetchone() != (True,):
        raise CommandError("55P03", "Another drill is going on", hint="Wait for its end.")
    _remove(conn)  # what one left that was killed
    try:
        yield _furnish(conn, url)
    finally:
        _remove(conn)


def overbook(conn: Connection) -> None:
    """A second booking where there is one place, behind the triggers' back."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute(
            "insert into bookingdb.bookings select c.* from bookingdb.bookings b"
            " cross join jsonb_populate_record("
            "   b, jsonb_build_object('booking_id', gen_random_uuid())) c"
            " where b.business_id = %s",
            [BUSINESS],
        )


def put_right(conn: Connection) -> None:
    """Take the bookings out again."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute("delete from bookingdb.bookings where business_id = %s", [BUSINESS])


def _furnish(conn: Connection, url: str) -> str:
    with conn.transaction():
        create_business(conn, "bookingdb drill", "UTC", horizon_days=2, business_id=BUSINESS)
        set_opening_hours(conn, [HOURS], business_id=BUSINESS)
        refresh_future_schedule(conn, business_id=BUSINESS)
        tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
        slot = available_slots(conn, tomorrow, tomorrow, business_id=BUSINESS)[0]
        create_booking(
            conn, slot.date, slot.time, 1, "Drill", "drill@example.org", business_id=BUSINESS
        )
        conn.execute(f"create role {ROLE}")
        conn.execute(f"grant bookingdb_dispatcher to {ROLE}")
        grant_business(conn, ROLE, business_id=BUSINESS)
        return add_webhook_endpoint(
            conn, url, event_types=["alarm.*"], retry_schedule=OFTEN, business_id=BUSINESS
        ).secret


def _remove(conn: Connection) -> None:
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        for (table,) in conn.execute(TABLES).fetchall():
            conn.execute(f"delete from {table} where business_id = %s".encode(), [BUSINESS])
        conn.execute(f"drop role if exists {ROLE}")
