"""What was acknowledged is there after the server was killed, and everything agrees."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import retried, wait_until
from tests.shop import Shop, hours, open_shop
from tests.support import copy_cluster

BOOKERS = 8
CRASHES = 2
ATTEMPTS = 10
BOOKINGS = 100
SLOW_WRITER = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
DURABILITY = "fsync", "synchronous_commit", "full_page_writes"


class Bookers:
    """Book, pay and cancel until the server is gone; remember what it acknowledged."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.versions: dict[UUID, int] = {}

    def run(self, number: int) -> None:
        try:
            with psycopg.connect(self.dsn, autocommit=True) as conn:
                while True:
                    self.act(conn, number)
        except psycopg.OperationalError:
            return  # the crash

    def act(self, conn: psycopg.Connection[Any], number: int) -> None:
        booking = retried(conn, lambda conn: Shop(conn).book())
        self.versions[booking.booking_id] = booking.version
        if number % 2:
            booking = retried(conn, lambda conn: bookingdb.cancel_booking(conn, booking.booking_id))
            self.versions[booking.booking_id] = booking.version


def kill_under(server: EmbeddedServer, bookers: Bookers, count: int = BOOKERS) -> None:
    """Kill the server while so many of them book."""
    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(bookers.run, number) for number in range(count)]
        wait_until(lambda: len(bookers.versions) >= BOOKINGS, "bookings")
        server.crash()
    for booker in running:
        booker.result()


def lost(conn: psycopg.Connection[Any], bookers: Bookers) -> set[UUID]:
    """What was acknowledged to them and is not there; what is there must be sound."""
    assert bookingdb.check_integrity(conn) == []
    query = "select booking_id, version from bookingdb.bookings"
    stored: dict[UUID, int] = dict(conn.execute(query).fetchall())
    return {id_ for id_, version in bookers.versions.items() if stored.get(id_, 0) < version}


def kill_under_load(
    server: EmbeddedServer, options: str = "", kind: type[Bookers] = Bookers, count: int = BOOKERS
) -> set[UUID]:
    """Kill the server under bookers and start it again; return what it acknowledged and lost."""
    bookers = kind(make_conninfo(server.dsn(), options=options))
    kill_under(server, bookers, count)
    server.start()
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        return lost(conn, bookers)


@pytest.fixture(scope="module")
def durable(cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server that keeps what it says, with a shop; it may be killed."""
    data_dir = copy_cluster(cluster, tmp_path_factory.mktemp("durable") / "data")
    with EmbeddedServer(data_dir, settings=SLOW_WRITER) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            open_shop(conn).set_hours(hours(max_bookings=10_000, max_bouquets=10_000))
        yield server


def test_server_that_is_killed(durable: EmbeddedServer) -> None:
    with psycopg.connect(durable.dsn()) as conn:
        settings = [conn.execute(f"show {name}".encode()).fetchone() for name in DURABILITY]
    assert settings == [("on",)] * len(DURABILITY)
    for _ in range(CRASHES):
        assert kill_under_load(durable) == set()


def test_loss_would_be_seen(durable: EmbeddedServer) -> None:
    """The control: clients to whom a commit is acknowledged before it is safe."""
    assert any(kill_under_load(durable, "-c synchronous_commit=off") for _ in range(ATTEMPTS))
