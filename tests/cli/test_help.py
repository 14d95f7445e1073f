"""The help of each command shows an example, and the example works."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from typer.main import get_command

from bookingdb.cli.app import app
from tests.cli.conftest import OPEN, Cli, book, plain
from tests.cli.dispatcher import make_past_month
from tests.support import Database


def commands_of(group: Any, *names: str) -> Iterator[tuple[str, ...]]:
    """All commands, those of groups too, as the words that name them."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *names, name)
        else:
            yield *names, name


COMMANDS = sorted(" ".join(words) for words in commands_of(get_command(app)))
ID = r"[0-9a-f-]{36}"
QUARANTINED = {"bouquets": 1, "customer_name": "Ada", "customer_email": "ada@example.com"}
ELSEWHERE = {"bench", "demo", "drill", "loadtest", "psql", "up"}  # they have tests of their own
STATUS = {"confirm": "held", "extend": "held", "unwait": "waiting"}
"""Of the example's booking, where it is not confirmed."""


def example_of(cli: Cli, command: str) -> list[str]:
    """The words of the example in a command's help, which has no line that a terminal breaks."""
    shown = plain(cli.run(*command.split(), "--help").stdout)
    lines = [line.strip() for line in shown.splitlines()]
    start = lines.index("For example:") + 1
    text = "\n".join(lines[start:]).split("\n\n")[0]
    assert all(len(line) < 78 for line in text.splitlines())
    return shlex.split(re.sub(r"\\\n", " ", text))


def test_there_is_a_command_for_everything_in_the_readme() -> None:
    assert {"demo", "up", "migrate", "slots", "book", "history", "check"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_example(
    command: str, cli: Cli, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bookings.csv").write_text("date,time,bouquets,customer_name,customer_email\n")
    program, *arguments = example_of(cli, command)
    assert program == "bookingdb"
    assert " ".join(arguments).startswith(command)
    if command in ELSEWHERE:
        return
    if command != "init":
        cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN)
    if command == "apply":
        cli.run("close", "tomorrow")
        arguments[1] = cli.json("plan")["plan_id"]
    elif command in ("adopt", "discard"):
        with database.connect() as conn:
            conn.execute(
                "insert into bookingdb.booking_quarantine"
                " (quarantine_id, source, row_number, request, code, detail)"
                " values (%s, 'old.csv', 1, %s, 'ZB001', 'No such slot.')",
                [arguments[1], Jsonb(QUARANTINED)],
            )
    elif command in ("grant-business", "revoke-business"):
        with database.connect() as conn:
            conn.execute("create role web_bloom")
        if command == "revoke-business":
            cli.run("grant-business", "web_bloom")
    elif command == "audit proof":
        with database.connect() as conn:
            book(cli)
            (row,) = conn.execute("select id from bookingdb.booking_audit_log").fetchall()
        cli.run("audit", "seal")
        arguments[-1] = str(row[0])
    elif command in ("drop-audit", "audit export"):
        make_past_month(database)
    elif command.startswith("webhooks") or command == "confirm-processed":
        arguments = [_of_webhooks(cli, command, word) for word in arguments]
    elif booking := re.search(ID, " ".join(arguments)):
        with database.connect() as conn:
            conn.execute(
                """insert into bookingdb.bookings
                     (booking_id, date, time, bouquets, customer_name, customer_email, status,
                      hold_expires_at)
                   select %(booking)s, date, time, 1, 'Ada', 'ada@example.com', %(status)s,
                          now() + interval '1 hour'
                     from bookingdb.time_slots
                    where date > current_date + 1
                    limit 1""",
                {"booking": booking[0], "status": STATUS.get(command, "confirmed")},
            )
    cli.run(*arguments)
    with database.connect() as conn:
        conn.execute("drop role if exists web_bloom")  # roles outlive the database


def _of_webhooks(cli: Cli, command: str, word: str) -> str:
    """`word` of an example; in the place of an id that of an endpoint or delivery there is."""
    if not re.fullmatch(ID, word):
        return word
    endpoint = str(cli.json("webhooks", "add", "https://shop.example/hook")["endpoint_id"])
    if command == "confirm-processed":
        return str(cli.json("webhooks", "test", endpoint)["webhook_id"])
    return endpoint


def test_without_a_command_it_tells_what_there_is() -> None:
    ran = Cli("").run(code=2)
    assert all(command.split()[0] in ran.stdout + ran.stderr for command in COMMANDS)


def test_help_does_not_show_the_dsn() -> None:
    shown = Cli("postgresql://ada:hunter2@localhost/shop").run("slots", "--help").stdout
    assert "BOOKINGDB_DSN" in shown
    assert "hunter2" not in shown


def test_version() -> None:
    assert Cli("").run("--version").stdout.startswith("bookingdb")
