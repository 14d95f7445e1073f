"""The test business that a load test books in, and its end."""

import datetime as dt
import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from bookingdb.loadtest.plan import Plan

__all__ = ["Ground", "Neighbours", "abandoned", "look_around", "open_ground", "remove"]

NAME = "Load test"
DAY_LONG = 20  # slots a day
OPENS, INTERVAL = dt.time(8), dt.timedelta(minutes=30)
SLOTS = """
select date, time from bookingdb.time_slots
 where business_id = %s order by date, time limit %s
"""
LEFT = """
select b.business_id from bookingdb.businesses b
 where bookingdb.is_test_business(b.business_id) and b.name like %s order by b.created_at
"""
LOCK = "select pg_try_advisory_lock(hashtextextended('bookingdb loadtest ' || %s, 0))"
UNLOCK = "select pg_advisory_unlock(hashtextextended('bookingdb loadtest ' || %s, 0))"
NEIGHBOURS = """
select current_database(), coalesce(inet_server_addr()::text, 'a socket of this machine'),
       (select count(*) from bookingdb.businesses b
         where not bookingdb.is_test_business(b.business_id))
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A business with slots."""

    business_id: UUID
    slots: list[tuple[dt.date, dt.time]]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who else is on the server that is loaded."""

    database: str
    server: str
    businesses: int
    """That are no tests."""
    left: int
    """Businesses of load tests that do not run any more."""


def look_around(conn: psycopg.Connection[Any]) -> Neighbours:
    """Who would feel the load."""
    ((database, server, businesses),) = conn.execute(NEIGHBOURS).fetchall()
    left = list(abandoned(conn))
    for business in left:
        conn.execute(UNLOCK, [str(business)])
    return Neighbours(database, server, businesses, len(left))


@contextmanager
def open_ground(conn: psycopg.Connection[Any], plan: Plan) -> Iterator[Ground]:
    """Make a business, and remove it at the end of the `with` block, whatever happened in it.

    `conn` is in autocommit mode; it holds a lock by which abandoned() knows that this one is in
    use.
    """
    business = bookingdb.new_test_business_id(conn)
    conn.execute(LOCK, [str(business)])
    try:
        days = -(-plan.slots // DAY_LONG)
        name = f"{NAME} by {_who()}"
        bookingdb.create_business(conn, name, "UTC", horizon_days=days + 1, business_id=business)
        bookingdb.set_opening_hours(
            conn, [_hours(plan)], effective_from=_tomorrow(conn), business_id=business
        )
        bookingdb.refresh_future_schedule(conn, business_id=business)
        yield Ground(business, conn.execute(SLOTS, [business, plan.slots]).fetchall())
    finally:
        remove(conn, business)


def remove(conn: psycopg.Connection[Any], business: UUID) -> None:
    """Remove the business, if it was made."""
    with suppress(bookingdb.InvalidArgument):  # it was not made
        bookingdb.remove_test_business(conn, business_id=business)
    conn.execute(UNLOCK, [str(business)])


def abandoned(conn: psycopg.Connection[Any]) -> Iterator[UUID]:
    """The businesses that load tests left behind which were killed, each locked until it is
    removed; not those of load tests that run.
    """
    for (business,) in conn.execute(LEFT, [f"{NAME} by %"]).fetchall():
        if conn.execute(LOCK, [str(business)]).fetchone() == (True,):
            yield business


def _hours(plan: Plan) -> dict[str, Any]:
    closes = dt.datetime.combine(dt.date.min, OPENS) + DAY_LONG * INTERVAL
    return {
        "weekday": [1, 2, 3, 4, 5, 6, 7],
        "opens": OPENS.isoformat(),
        "closes": closes.time().isoformat(),
        "slot_interval": "30 minutes",
        "max_bookings": plan.places,
        "max_bouquets": plan.bouquets,
    }


def _tomorrow(conn: psycopg.Connection[Any]) -> dt.date:
    """So that no slot begins while it is booked."""
    ((date,),) = conn.execute("select (now() at time zone 'UTC')::date + 1").fetchall()
    return date  # type: ignore[no-any-return]


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"[:150]
    except (KeyError, OSError):  # a user id without a name, as in a container
        return socket.gethostname()[:150]
