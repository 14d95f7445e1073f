"""From PostgreSQL 15 to the embedded one: by dump, and by pg_upgrade."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.operations.commands import Operator
from tests.operations.story import Day, began, go_on, rows
from tests.support import Database, require, scalar
from tests.webhooks.receiver import Receiver

OLD = Path("/usr/lib/postgresql/15/bin")
# Servers since November 2026 mark columns with an option that programs of before do not know.
FORGET_MARKS = "update pg_attribute set attoptions = null where attoptions::text ~ 'pg_attver'"
IDENTITY = "select system_identifier from pg_control_system()"


@pytest.fixture(scope="module")
def old(operator: Operator) -> Iterator[EmbeddedServer]:
    """PostgreSQL 15 with the schema; the test that upgrades it has the last word."""
    require((OLD / "initdb").exists(), "Debian's postgresql-15")
    data_dir = operator.folder / "old"
    with EmbeddedServer(data_dir, bindir=OLD, settings=UNSAFE_TEST_SETTINGS) as server:
        migrate(server.dsn())
        yield server


@pytest.fixture(scope="module")
def day(old: EmbeddedServer) -> Iterator[Day]:
    with Receiver() as receiver:
        yield began(Database(old.dsn()), receiver)


def test_dump(old: EmbeddedServer, day: Day, operator: Operator) -> None:
    dump = operator.make("dump")
    with Database(old.dsn()).connect() as conn:
        expected = rows(conn)
    operator.follow("Dump", 0, bindir=OLD, DSN=old.dsn(), DUMP=dump)
    with EmbeddedServer(settings=UNSAFE_TEST_SETTINGS) as server:
        operator.follow("Dump", 1, NEW_DSN=server.dsn(), DUMP=dump)
        database = Database(server.dsn())
        with database.connect() as conn:
            assert rows(conn) == expected
        go_on(database, day)


def test_pg_upgrade(old: EmbeddedServer, day: Day, operator: Operator) -> None:
    with Database(old.dsn()).connect() as conn:
        expected, identity = rows(conn), scalar(conn, IDENTITY)
        conn.execute(FORGET_MARKS)
    old.stop()
    folders = {"OLD": operator.folder / "old", "NEW": operator.make("new")}
    programs = {"OLD_BIN": OLD, "NEW_BIN": operator.bindir}
    operator.follow("pg_upgrade", 0, SCRATCH=operator.make("scratch"), **folders, **programs)
    with EmbeddedServer(folders["NEW"], settings=UNSAFE_TEST_SETTINGS) as server:
        database = Database(server.dsn())
        with database.connect() as conn:
            assert conn.info.server_version >= 180000
            assert scalar(conn, IDENTITY) != identity
            assert rows(conn) == expected
        go_on(database, day)
