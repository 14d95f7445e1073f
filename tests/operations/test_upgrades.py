"""From PostgreSQL 15 to the embedded one: by dump, and by pg_upgrade."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.embedded.binaries import find_bindir, make_runnable
from bookingdb.embedded.cluster import initdb_options
from bookingdb.migration import migrate
from tests.operations.servers import account_of, open_folder, run
from tests.operations.story import Day, began, go_on, rows
from tests.support import Database, require
from tests.webhooks.receiver import Receiver

OLD = Path("/usr/lib/postgresql/15/bin")
USED_BY_UPGRADE = ("pg_ctl", "pg_controldata", "pg_dump", "pg_dumpall", "pg_resetwal",
                   "pg_restore", "pg_upgrade", "psql", "vacuumdb")  # fmt: skip
# Servers since November 2026 mark columns with an option that programs of before do not know.
FORGET_MARKS = "update pg_attribute set attoptions = null where attoptions::text ~ 'pg_attver'"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def old(folder: Path) -> Iterator[EmbeddedServer]:
    """PostgreSQL 15 with the schema; the test that upgrades it has the last word."""
    require((OLD / "initdb").exists(), "Debian's postgresql-15")
    with EmbeddedServer(folder / "old", bindir=OLD, settings=UNSAFE_TEST_SETTINGS) as server:
        migrate(server.dsn())
        yield server


@pytest.fixture(scope="module")
def day(old: EmbeddedServer) -> Iterator[Day]:
    with Receiver() as receiver:
        yield began(Database(old.dsn()), receiver)


def test_dump(old: EmbeddedServer, day: Day, folder: Path) -> None:
    with Database(old.dsn()).connect() as conn:
        expected = rows(conn)
    with EmbeddedServer(settings=UNSAFE_TEST_SETTINGS) as server:
        roles = run(old, "pg_dumpall", "--roles-only", f"--dbname={old.dsn()}")
        run(old, "pg_dump", "--format=custom", f"--file={folder}/dump", old.dsn())
        (folder / "roles.sql").write_text(roles.replace("CREATE ROLE postgres;", ""))
        run(server, "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1",
            f"--file={folder}/roles.sql", server.dsn())  # fmt: skip
        run(server, "pg_restore", "--exit-on-error", f"--dbname={server.dsn()}", f"{folder}/dump")
        database = Database(server.dsn())
        with database.connect() as conn:
            assert rows(conn) == expected
        go_on(database, day)


def test_pg_upgrade(old: EmbeddedServer, day: Day, folder: Path) -> None:
    """Transaction ids go on, the system identifier does not."""
    with Database(old.dsn()).connect() as conn:
        expected = rows(conn)
        conn.execute(FORGET_MARKS)
    account = account_of(old)
    old.stop()
    new, place = folder / "new", folder / "upgrade"
    place.mkdir()
    account.give(place)
    bindir = make_runnable(find_bindir(), account, place, ("initdb", "postgres", *USED_BY_UPGRADE))
    new.mkdir(mode=0o700)
    account.give(new)
    # Debian's 15 has no checksums unless asked for; both must agree.
    made = account.run(bindir / "initdb", *initdb_options(durable=False), "--no-data-checksums", new)
    assert made.returncode == 0, made.stdout
    upgraded = account.run(
        "/bin/sh", "-c", 'cd "$0" && exec "$@"', place,
        bindir / "pg_upgrade", f"--old-bindir={OLD}", f"--new-bindir={bindir}", f"--old-datadir={folder}/old",
        f"--new-datadir={new}", f"--socketdir={place}", "--username=postgres", "--no-sync",
    )  # fmt: skip
    logs = "".join(path.read_text() for path in new.rglob("pg_upgrade_dump_*.log"))
    assert upgraded.returncode == 0, upgraded.stdout + logs
    with EmbeddedServer(new, settings=UNSAFE_TEST_SETTINGS) as server:
        database = Database(server.dsn())
        with database.connect() as conn:
            assert conn.info.server_version >= 180000
            assert rows(conn) == expected
        go_on(database, day)
