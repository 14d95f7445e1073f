"""Run the command line in this process, on the test's own database."""

import json
import os
import pty
import re
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bookingdb.cli.app import app
from tests.support import Database, Databases

ROOT = Path(__file__).resolve().parents[2]
BOOKINGDB = [sys.executable, "-m", "bookingdb.cli"]
OPEN = "daily 09:00-17:00 every 1h 3 bookings 10 bouquets"
DAY = "+9"
ADA = ("--name", "Ada", "--email", "ada@example.com")


def plain(text: str) -> str:
    """`text` without the styles that Typer uses on GitHub even where there is no terminal."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


@dataclass(frozen=True)
class Ran:
    """What a command printed."""

    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """What is on stdout, with one space between words: no widths of columns."""
        return " ".join(self.stdout.split())


@dataclass(frozen=True)
class Cli:
    """The command line, with BOOKINGDB_DSN set."""

    dsn: str

    def run(self, *arguments: str, code: int = 0, answer: str | None = None) -> Ran:
        """Run a command, which must end with this exit code."""
        env = {
            "BOOKINGDB_DSN": self.dsn,
            "COLUMNS": "200",
            "NO_COLOR": "1",
            "FORCE_COLOR": None,
        }
        result = CliRunner().invoke(
            app, arguments, env=env, input=answer, prog_name="bookingdb", catch_exceptions=False
        )
        assert result.exit_code == code, result.output
        return Ran(result.stdout, result.stderr)

    def json(self, *arguments: str) -> Any:
        """Run a command with --json; nothing but one document on stdout, and nothing else."""
        ran = self.run(*arguments, "--json")
        assert ran.stderr == ""
        return json.loads(ran.stdout)

    def error(self, *arguments: str) -> dict[str, str]:
        """Run a command that fails, with --json."""
        ran = self.run(*arguments, "--json", code=1)
        assert ran.stdout == ""
        error = json.loads(ran.stderr)
        assert set(error) == {"code", "message", "detail", "hint"}
        return {key: str(value) for key, value in error.items()}


def book(cli: Cli, time: str = "10:00", bouquets: int = 2, *more: str) -> Any:
    """Book in a slot of DAY, for Ada unless `more` says otherwise."""
    return cli.json("book", DAY, time, str(bouquets), *(more or ADA))


def environment(cli: Cli, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    return {**kept, "PYTHONPATH": str(ROOT), "BOOKINGDB_DSN": cli.dsn, "TERM": "xterm"} | more


def on_a_terminal(command: list[str], cli: Cli, **more: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, env=environment(cli, **more), cwd=ROOT, stdout=theirs, stderr=theirs, stdin=theirs
    ) as process:
        os.close(theirs)
        written = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # nobody writes to it any more
                break
            written += chunk
            if not chunk:
                break
        os.close(ours)
        assert process.wait(60) == 0
    return written.decode()


@pytest.fixture
def cli(database: Database) -> Cli:
    """On a migrated database without a business."""
    return Cli(database.dsn)


@pytest.fixture
def open_cli(cli: Cli) -> Cli:
    """On a database with a business that has slots: daily from 9 to 17 UTC."""
    cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN, "--horizon-days", "30")
    return cli


@pytest.fixture
def empty_cli(new_database: Databases) -> Cli:
    """On an empty database."""
    return Cli(new_database())
