"""What book_hot_slot acknowledged is there after the server was killed, and everything agrees.

SIGKILL takes from a server what it had not yet written, not what the operating system has and the
disk has not: so it shows a commit that waits in the server's memory, as the first of the procedure
does, and not a disk that lies. SLOW_WRITER lets nobody but those who wait write it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.test_crashes import SLOW_WRITER, Bookers, kill_under_load
from tests.races.verdict import audit_entries, counters_by_log, miscounted, overbooked
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import copy_cluster, rewrite

CALLERS = 16
CRASHES = int(os.environ.get("BOOKINGDB_CRASHES", "6"))
SECOND_COMMIT = "perform pg_catalog.pg_logical_emit_message(true, 'bookingdb', '');\n  commit;"
SETTINGS = "on", "off"
ARGUMENTS = (DAY, NINE, 1, "Ada", "ada@example.org")


class HotBookers(Bookers):
    """All want the one slot."""

    def act(self, conn: psycopg.Connection[Any], number: int) -> None:
        booking = bookingdb.book_hot_slot(conn, *ARGUMENTS)
        self.versions[booking.booking_id] = booking.version


@pytest.fixture
def durable(cluster: Path, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server that keeps what it says, with a shop; it may be killed."""
    data_dir = copy_cluster(cluster, tmp_path / "durable")
    with EmbeddedServer(data_dir, settings=SLOW_WRITER) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            open_shop(conn).set_hours(hours(max_bookings=10_000, max_bouquets=10_000))
            conn.execute("checkpoint")
        yield server


def test_nothing_acknowledged_is_lost(durable: EmbeddedServer) -> None:
    for crash in range(CRASHES):
        options = f"-c synchronous_commit={SETTINGS[crash % 2]}"
        assert kill_under_load(durable, options, HotBookers, CALLERS) == set()
    with psycopg.connect(durable.dsn(), autocommit=True) as conn:
        assert overbooked(conn, DAY) + miscounted(conn, DAY) == []
        assert counters_by_log(audit_entries(conn)) == {(DAY, NINE): Shop(conn).slot()[:2]}


@pytest.mark.parametrize(
    ("setting", "guard"), [("on", SECOND_COMMIT), ("off", "set local synchronous_commit = on;")]
)
def test_loss_would_be_seen(durable: EmbeddedServer, setting: str, guard: str) -> None:
    """The controls: without its second commit, or one that waits, it tells what is not on disk."""
    with psycopg.connect(durable.dsn(), autocommit=True) as conn:
        rewrite(conn, "book_hot_slot", guard, "null;")
        conn.execute("checkpoint")
    options = f"-c synchronous_commit={setting}"
    assert any(kill_under_load(durable, options, HotBookers, CALLERS) for _ in range(20))


@pytest.mark.parametrize("is_hot", [True, False], ids=["hot", "control"])
def test_booking_that_is_found_again(durable: EmbeddedServer, is_hot: bool) -> None:
    """Who repeats a request is answered when what the first one made is on disk."""
    repeat = bookingdb.book_hot_slot if is_hot else bookingdb.create_booking_safe
    with (
        psycopg.connect(durable.dsn(), autocommit=True) as first,
        psycopg.connect(durable.dsn(), autocommit=True) as second,
    ):
        second.execute("select 1")
        first.execute("set synchronous_commit = off")
        booking = bookingdb.create_booking_safe(first, *ARGUMENTS, idempotency_key="k")
        assert repeat(second, *ARGUMENTS, idempotency_key="k") == booking
        durable.crash()
    durable.start()
    with psycopg.connect(durable.dsn(), autocommit=True) as conn:
        assert Shop(conn).slot()[0] == is_hot
