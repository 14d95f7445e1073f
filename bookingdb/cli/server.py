"""Servers to play with: one that stays for as long as the command runs, and the demo's."""

import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg import sql
from rich.console import Console

from bookingdb.cli.options import AsJson
from bookingdb.cli.output import emit, say
from bookingdb.cli.schema import migrate_showing_progress
from bookingdb.demo import run_demo
from bookingdb.embedded import EmbeddedServer, EmbeddedServerError

__all__ = ["demo", "interrupted_by", "up"]

DATABASE = "bookingdb"
STORY_WIDTH = 100


def up(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where the data is kept.")
    ] = Path("bookingdb-data"),
    as_json: AsJson = False,
) -> None:
    """Start a PostgreSQL server with bookingdb in it, and keep it up until Ctrl-C.

    The data stays in the folder, and is there again at the next start. It is
    meant for one machine's development, not for production. Its DSN is the
    first line on stdout.

    For example:
      bookingdb up bookingdb-data
    """
    is_up = False
    try:
        with interrupted_by(signal.SIGTERM), EmbeddedServer(folder) as server:
            dsn = _database(server)
            migrate_showing_progress(dsn, quiet=as_json)
            is_up = True
            emit(
                {"dsn": dsn, "data_dir": server.data_dir, "log_file": server.log_file},
                dsn,
                as_json=as_json,
                note=_explanation(server, dsn),
            )
            _wait_for_the_end(server)
    except KeyboardInterrupt:
        if not is_up:
            raise
        if not as_json:
            say(f"Stopped. The data stays in {folder}.")


def demo(*, as_json: AsJson = False) -> None:
    """Watch all promises kept, on a throw-away server, in some seconds.

    64 customers fight over 7 places, a hold lets go, the schedule changes under
    its bookings, the audit log tells it all. Each claim is checked against the
    database; the exit code is 1 if one does not hold.

    For example:
      bookingdb demo
    """
    report = run_demo(Console(highlight=False, width=_story_width(), quiet=as_json))
    if as_json:
        emit(report, as_json=True)
    if not report.ok:
        raise typer.Exit(1)


def _story_width() -> int:
    """Columns of the demo: what the terminal has, as far as lines are pleasant to read."""
    console = Console()
    return min(console.width, STORY_WIDTH) if console.is_terminal else STORY_WIDTH


@contextmanager
def interrupted_by(number: signal.Signals) -> Iterator[None]:
    """Within the block the signal does what Ctrl-C does."""
    before = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _database(server: EmbeddedServer) -> str:
    """DSN of the database, which is made if it is not there."""
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        known = conn.execute("select from pg_database where datname = %s", [DATABASE]).fetchone()
        if known is None:
            conn.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    return server.dsn(DATABASE)


def _explanation(server: EmbeddedServer, dsn: str) -> str:
    return f"""
PostgreSQL is up with bookingdb in it; the data is in {server.data_dir}.
It is not meant for production: nobody restarts it, backs it up or watches over it.

In another terminal:

  export BOOKINGDB_DSN='{dsn}'
  bookingdb psql             opens psql on it
  bookingdb init --help      makes a business with opening hours
  bookingdb worker           sends webhooks, expires holds, keeps slots ahead

Ctrl-C stops it."""


def _wait_for_the_end(server: EmbeddedServer) -> None:
    """Never return: an interrupt ends it, or EmbeddedServerError when the server has ended."""
    while True:
        try:
            with psycopg.connect(server.dsn(), autocommit=True) as conn:
                while True:  # the socket is readable when the server says something, or good-bye
                    select.select([conn], [], [])
                    conn.execute("select")
        except psycopg.Error:
            if not _answers(server):
                raise EmbeddedServerError(
                    f"the server has ended; its log is {server.log_file}"
                ) from None


def _answers(server: EmbeddedServer) -> bool:
    conn: psycopg.Connection[Any]
    try:
        with psycopg.connect(server.dsn()) as conn:
            return conn.execute("select true").fetchone() is not None
    except psycopg.Error:
        return False
