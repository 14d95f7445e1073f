"""After each way to restore a backup bookings work, and webhooks go on where they were."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.operations.servers import base_backup, give, open_folder
from tests.operations.story import Day, began, go_on, rows, tell
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, require, scalar
from tests.webhooks.receiver import Receiver

TARGET = "before the mistake"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def primary(folder: Path) -> Iterator[EmbeddedServer]:
    """A server that archives its WAL, with a base backup from before the shop was opened."""
    archive = folder / "archive"
    archive.mkdir()
    settings = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    server = EmbeddedServer(folder / "primary", settings={**UNSAFE_TEST_SETTINGS, **settings})
    with server:
        require((server.bindir / "pg_basebackup").exists(), "pg_basebackup")
        give(archive, server)
        migrate(server.dsn())
        base_backup(server, folder / "base")
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


def test_base_backup(primary: EmbeddedServer, day: Day, folder: Path) -> None:
    base_backup(primary, folder / "copy")
    with Database(primary.dsn()).connect() as conn:
        expected = rows(conn)
    with EmbeddedServer(folder / "copy") as server:
        database = Database(server.dsn())
        with database.connect() as conn:
            assert rows(conn) == expected
        go_on(database, day)


def test_point_in_time(primary: EmbeddedServer, day: Day, folder: Path) -> None:
    """What came after the point is gone, places and all; what receivers know comes with its id."""
    database = Database(primary.dsn())
    with database.connect() as conn:
        expected = rows(conn)
        conn.execute("select pg_create_restore_point(%s)", [TARGET])
        mistake = Shop(conn).book(dt.time(11), bouquets=10)
        before = len(day.receiver.requests)
        tell(database)
        known = {request.webhook_id for request in day.receiver.requests[before:]}
        assert len(known) == len(day.open()) + 1
        archived(conn)
    (folder / "base" / "recovery.signal").touch()
    give(folder / "base", primary)
    settings = {
        "max_connections": UNSAFE_TEST_SETTINGS["max_connections"],  # no fewer than there were
        "restore_command": f"cp {folder}/archive/%f %p",
        "recovery_target_name": TARGET,
        "recovery_target_action": "promote",
    }
    with EmbeddedServer(folder / "base", settings=settings) as server:
        restored = Database(server.dsn())
        with restored.connect() as conn:
            wait_until(lambda: scalar(conn, "select not pg_is_in_recovery()"), "the target")
            assert rows(conn) == expected
            with pytest.raises(bookingdb.BookingNotFound):
                bookingdb.get_booking(conn, mistake.booking_id)
        received = go_on(restored, day)
        again = {request.webhook_id for request in received} & known
        assert len(again) == len(day.open())
