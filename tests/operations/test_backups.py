"""After each way to restore a backup bookings work, and webhooks go on where they were."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.operations.commands import Operator
from tests.operations.story import Day, began, go_on, rows, tell
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, copy_cluster, scalar
from tests.webhooks.receiver import Receiver

PITR = "Point-in-time recovery"
TARGET = "before the mistake"


@pytest.fixture(scope="module")
def primary(cluster: Path, operator: Operator) -> Iterator[EmbeddedServer]:
    """A server that archives its WAL, with a base backup from before the shop was opened."""
    data_dir = copy_cluster(cluster, operator.folder / "primary")
    archive = operator.make("archive")
    with EmbeddedServer(data_dir, settings=UNSAFE_TEST_SETTINGS) as server:
        operator.follow(PITR, 0, DSN=server.dsn(), ARCHIVE=archive)
    with EmbeddedServer(data_dir, settings=UNSAFE_TEST_SETTINGS) as server:
        operator.follow(PITR, 1, DSN=server.dsn(), BACKUP=operator.folder / "base")
        yield server


@pytest.fixture(scope="module")
def day(primary: EmbeddedServer) -> Iterator[Day]:
    with Receiver() as receiver:
        yield began(Database(primary.dsn()), receiver)


def archived(conn: psycopg.Connection[object]) -> None:
    """Wait until all WAL up to now is in the archive."""
    segment = scalar(conn, "select pg_walfile_name(pg_switch_wal())")
    query = "select last_archived_wal >= %s from pg_stat_archiver"
    wait_until(lambda: scalar(conn, query, [segment]) is True, "the WAL to be archived")


def test_base_backup(primary: EmbeddedServer, day: Day, operator: Operator) -> None:
    copy = operator.folder / "copy"
    operator.follow(PITR, 1, DSN=primary.dsn(), BACKUP=copy)
    with Database(primary.dsn()).connect() as conn:
        expected = rows(conn)
    with EmbeddedServer(copy, settings=UNSAFE_TEST_SETTINGS) as server:
        database = Database(server.dsn())
        with database.connect() as conn:
            assert rows(conn) == expected
        go_on(database, day)


def test_point_in_time(primary: EmbeddedServer, day: Day, operator: Operator) -> None:
    """What came after the point is gone, places and all; what receivers know comes with its id."""
    database = Database(primary.dsn())
    with database.connect() as conn:
        expected = rows(conn)
        conn.execute("select pg_create_restore_point(%s)", [TARGET])
        mistake = Shop(conn).book(bouquets=3)
        before = len(day.receiver.requests)
        tell(database)
        known = {request.webhook_id for request in day.receiver.requests[before:]}
        assert len(known) == len(day.open()) + 1
        archived(conn)
    base = operator.folder / "base"
    operator.follow(PITR, 2, BACKUP=base, ARCHIVE=operator.folder / "archive")
    with EmbeddedServer(base, settings=UNSAFE_TEST_SETTINGS) as server:
        restored = Database(server.dsn())
        with restored.connect() as conn:
            promoted = "select not pg_is_in_recovery()"
            wait_until(lambda: scalar(conn, promoted) is True, "the end of recovery")
            assert rows(conn) == expected
            with pytest.raises(bookingdb.BookingNotFound):
                bookingdb.get_booking(conn, mistake.booking_id)
        received = go_on(restored, day)
        again = {request.webhook_id for request in received} & known
        assert len(again) == len(day.open())
