"""What a user is told who got something wrong: a sentence and a hint, never a traceback."""

import socket
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.conninfo import make_conninfo

from tests.cli.conftest import OPEN, Cli, plain
from tests.support import Database

BOOKING = "5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11"
NOWHERE = Cli("host=/nonexistent")


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@pytest.mark.parametrize("command", [["slots", "today"], ["check"], ["migrate"], ["status"]])
def test_unreachable_server(command: list[str], tmp_path: Path) -> None:
    password = "hunter2"
    for dsn in (
        f"postgresql://ada:{password}@127.0.0.1:{closed_port()}/shop",
        f"host={tmp_path} password={password}",
    ):
        error = Cli(dsn).error(*command)
        assert error["code"] in ("08001", "ServerUnreachable")
        assert error["message"].startswith("Cannot connect to PostgreSQL")
        assert password not in "".join(error.values())
        ran = Cli(dsn).run(*command, code=1)
        assert ran.stderr.startswith("error: Cannot connect to PostgreSQL")
        assert "Traceback" not in ran.stderr
        assert password not in ran.stderr


@pytest.mark.parametrize("command", [["slots", "today"], ["migrate"]])
def test_unreadable_dsn_is_not_repeated(command: list[str]) -> None:
    error = Cli("postgresql://ada:hunter2 hunter3@h/").error(*command)
    assert "DSN cannot be read" in error["message"]
    assert "hunter" not in "".join(error.values())


@pytest.mark.parametrize(
    "command", [["slots", "today"], ["refresh"], ["check"], ["history", BOOKING]]
)
def test_database_that_is_not_migrated(command: list[str], empty_cli: Cli) -> None:
    error = empty_cli.error(*command)
    assert error["code"] == "3F000"
    assert error["message"] == "This database has no bookingdb yet"
    assert "bookingdb migrate" in error["hint"]


@pytest.mark.parametrize("command", [["slots", "today"], ["refresh"], ["history", BOOKING]])
def test_business_that_is_not_there(command: list[str], cli: Cli) -> None:
    error = cli.error(*command, "--business", str(uuid4()))
    assert error["code"] == "ZB012"
    assert "bookingdb init" in error["hint"]


@pytest.mark.parametrize(
    "command",
    [
        "show", "history", "confirm", "extend _ 1h", "pay", "edit _ --name Ada", "alternatives",
        "move _ +9 10:00", "cancel", "complete", "no-show", "unwait",
    ],
)  # fmt: skip
def test_unknown_booking(command: str, cli: Cli) -> None:
    cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN, "--horizon-days", "0")
    name, _, more = command.partition(" _ ")
    error = cli.error(name, BOOKING, *more.split())
    assert (error["code"], error["message"]) == ("ZB006", "Booking not found")
    assert BOOKING in error["detail"]


def test_login_without_privileges(open_cli: Cli, database: Database) -> None:
    with database.login("bookingdb_auditor") as conn:
        user = conn.info.user
    auditor = Cli(make_conninfo(open_cli.dsn, user=user))
    assert auditor.json("check") == []
    error = auditor.error("book", "+9", "10:00", "1", "--name", "Ada", "--email", "a@b.de")
    assert error["code"] == "42501"
    assert "bookingdb_admin" in error["hint"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["slots", "2026-13-01"], "is no date"),
        (["slots", "01.12.2026"], "is no date"),
        (["slots", "yesterday"], "is no date"),
        (["slots"], "Missing argument"),
        (["book", "today", "noon", "1"], "is no time of day"),
        (["book", "today", "25:00", "1"], "is no time of day"),
        (["book", "today", "10:00", "some"], "valid int"),
        (["book", "today", "10:00", "1", "--hold-for", "soon"], "is no length of time"),
        (["book", "today", "10:00", "1", "--payment-method", "barter"], "barter"),
        (["history", "one"], "UUID"),
        (["frobnicate"], "No such command"),
        (["check", "--frobnicate"], "No such option"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str) -> None:
    ran = NOWHERE.run(*arguments, code=2)
    assert ran.stdout == ""
    assert said in " ".join(plain(ran.stderr).split())
