"""bookingdb drill: every channel is heard, a silent one is named, and nothing stays."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bookingdb import check_integrity
from bookingdb.drill import run_drill
from bookingdb.drill.channels import Channels
from tests.cli.conftest import Cli
from tests.support import Database, scalar

CHANNELS = [
    "watch_overbooking()", "NOTIFY bookingdb_alarm", "webhook alarm.raised", "health()",
    "metrics()", "bookingdb health", "check_integrity()", "webhook alarm.cleared",
]  # fmt: skip
SHORT = 0.1


def test_every_channel_is_heard(cli: Cli, database: Database) -> None:
    with database.connect() as conn, unchanged(conn):
        reports = cli.json("drill")
    assert [report["channel"] for report in reports] == CHANNELS
    assert all(report["after"] is not None and report["said"] for report in reports)


def test_a_silent_channel_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody is told."""
    monkeypatch.setattr(Channels, "exit_code", Channels.health)  # which takes long to start
    with database.connect() as conn, unchanged(conn):
        silence(conn, "tell_alarm", "select")
        reports = run_drill(database.dsn, patience=SHORT)
    silent = [report.channel for report in reports if report.after is None]
    assert silent == [name for name in CHANNELS if re.match("NOTIFY|webhook", name)]


def test_no_channel_says_what_nobody_looks_for(
    cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the others: neither the watch nor the full check finds anything."""
    monkeypatch.setattr("bookingdb.cli.drill.run_drill", partial(run_drill, patience=SHORT))
    with database.connect() as conn:
        silence(conn, "overbooked_slots", "select * from bookingdb.alarms where false")
        silence(conn, "check_counters", "select 'x', 'x', 'x' where false")
        silence(conn, "check_audit", "select 'x', 'x', 'x' where false")
    shown = cli.run("drill", code=1)
    assert f"Silent: {', '.join(CHANNELS)}." in shown.stderr.replace("\n", " ")


def test_only_a_superuser(database: Database) -> None:
    with database.login("bookingdb_admin") as conn:
        error = Cli(conn.info.dsn).error("drill")
    assert (error["code"], error["message"]) == ("42501", "A drill needs a superuser")


def test_one_at_a_time(cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        conn.execute("select pg_advisory_lock(hashtextextended('bookingdb drill', 0))")
        assert cli.error("drill")["message"] == "Another drill is going on"


@contextmanager
def unchanged(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """No table has more or less in it afterwards, and no role is left."""
    before = census(conn)
    yield
    assert census(conn) == before
    assert check_integrity(conn) == []
    assert scalar(conn, "select to_regrole('bookingdb_drill')") is None


def census(conn: psycopg.Connection[Any]) -> dict[str, int]:
    query = (
        "select relname from pg_class"
        " where relnamespace = 'bookingdb'::regnamespace and relkind in ('r', 'p')"
    )
    count = sql.SQL("select count(*) from bookingdb.{}")
    return {
        name: conn.execute(count.format(sql.Identifier(name))).fetchall()[0][0]
        for (name,) in conn.execute(query)
    }


def silence(conn: psycopg.Connection[Any], function: str, nothing: str) -> None:
    """Let a function find or do nothing."""
    query = "select pg_get_functiondef(oid) from pg_proc where oid::regproc = %s::regproc"
    head = re.split(r"\nBEGIN ATOMIC|\nAS ", scalar(conn, query, [f"bookingdb.{function}"]))[0]
    head = head.replace("LANGUAGE plpgsql", "LANGUAGE sql")
    conn.execute(f"{head}\nAS $$ {nothing} $$".encode())
