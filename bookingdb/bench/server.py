"""Where it is measured: a database of its own, on a server of its own or on one that is given."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import errors as pg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate

__all__ = ["SETTINGS", "BenchError", "open_database", "open_server"]

SETTINGS = {"max_connections": "100", "shared_buffers": "512MB", "max_wal_size": "4GB"}
"""Of the server of its own. All that concerns durability is as it is by default: on."""

ROLES = "select array(select rolname::text from pg_roles where rolname like 'bookingdb\\_%')"


class BenchError(Exception):
    """Nothing can be measured: says why, and what to do about it."""

    def __init__(self, message: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.hint = hint


@contextmanager
def open_server(folder: str) -> Iterator[EmbeddedServer]:
    """A new server on the disk of `folder`, fsync and all, which goes with all that is in it."""
    try:
        data = TemporaryDirectory(prefix="bookingdb-bench-", dir=folder)
    except OSError as error:
        raise BenchError(
            f"Cannot write to {folder}", detail=str(error), hint="Name another with --folder."
        ) from None
    with data, EmbeddedServer(Path(data.name) / "data", settings=SETTINGS) as server:
        yield server


@contextmanager
def open_database(dsn: str) -> Iterator[str]:
    """The DSN of a new database with the schema in it, on the server of `dsn`. It is dropped at
    the end, also when that is Ctrl-C or SIGTERM; so are roles that were not there before.
    """
    name = f"bookingdb_bench_{uuid4().hex[:8]}"
    with _termination_interrupts():
        with _connect(dsn) as conn:
            ((before,),) = conn.execute(ROLES).fetchall()
        try:
            _create(dsn, name)
            own = make_conninfo(dsn, dbname=name)
            migrate(own)
            yield own
        finally:
            _clean_up(dsn, name, before)


def _create(dsn: str, name: str) -> None:
    with _connect(dsn) as conn:
        try:
            conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except pg.InsufficientPrivilege as error:
            login = sql.Identifier(conn.info.user).as_string(conn)
            raise BenchError(
                "This login may not make a database of its own to measure in",
                detail=error.diag.message_primary or "",
                hint=f"A superuser can say: ALTER ROLE {login} CREATEDB CREATEROLE",
            ) from None
        conn.execute(sql.SQL("alter database {} set timezone = 'UTC'").format(sql.Identifier(name)))


def _connect(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(dsn, autocommit=True)
    except psycopg.OperationalError as error:
        raise BenchError(
            "Cannot connect to PostgreSQL",
            detail=str(error),
            hint="Name another server with --dsn; without it one is started.",
        ) from None


def _clean_up(dsn: str, name: str, before: list[str]) -> None:
    """On a connection of its own: the other may have gone with the server."""
    with suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
        ((now,),) = conn.execute(ROLES).fetchall()
        for role in set(now) - set(before):
            with suppress(pg.DependentObjectsStillExist, pg.UndefinedObject):
                conn.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Within the block SIGTERM does what Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
