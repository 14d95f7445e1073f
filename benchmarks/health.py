"""What it costs to ask for the health, and to watch over overbooking, with so many bookings.

In milliseconds of the server's processor, which load beside it changes little.
"""

import argparse
from typing import Any

import psycopg

import bookingdb
from bookingdb.bench.cpu import clock_of
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate

__all__ = ["add_options", "fill", "measure", "run"]

HOURS = {
    "weekday": [1, 2, 3, 4, 5, 6, 7],
    "opens": "08:00",
    "closes": "18:00",
    "slot_interval": "30 minutes",
    "max_bookings": 1000,
    "max_bouquets": 1000,
}
BOOKINGS = """
insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)
select s.date, s.time, 1, 'Ada', 'ada@example.org'
  from generate_series(1, 1000) n cross join bookingdb.time_slots s
 limit %s
"""
CALLS = ("health()", "watch_overbooking()", "run_integrity_check()")
ROUNDS = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bookings", type=int, default=100_000, help="all of them to come")


def run(options: argparse.Namespace) -> None:
    with EmbeddedServer() as server:
        migrate(server.dsn())
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            fill(conn, options.bookings)
            print(f"{options.bookings} bookings, {clock_of(conn).name}")
            for call in CALLS:
                print(f"{call:24}{measure(conn, call):8.1f} ms")


def fill(conn: psycopg.Connection[Any], bookings: int) -> None:
    """A shop with so many bookings, and an endpoint that waits for all of their changes."""
    bookingdb.create_business(conn, "Large", "Europe/Berlin", horizon_days=90)
    bookingdb.set_opening_hours(conn, [HOURS])
    bookingdb.refresh_future_schedule(conn)
    bookingdb.add_webhook_endpoint(conn, "https://receiver.example/")
    conn.execute(BOOKINGS, [bookings])
    conn.execute("vacuum analyze")


def measure(conn: psycopg.Connection[Any], call: str) -> float:
    """Milliseconds of a call, on average; the first one, which fills caches, is not counted."""
    query = f"select bookingdb.{call}".encode()
    conn.execute(query)
    clock = clock_of(conn)
    began = clock.seconds()
    for _ in range(ROUNDS):
        conn.execute(query)
    return (clock.seconds() - began) / ROUNDS * 1000
