"""A year of 20 slots a day for 100 businesses: a statement a business, progress on the terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest
from psycopg.types.json import Jsonb

from tests.cli.conftest import Cli
from tests.shop import hours
from tests.support import Database

COUNT = 100


@pytest.fixture
def chain(database: Database) -> Iterator[Cli]:
    with database.connect() as conn:
        conn.execute(
            "select bookingdb.create_business('Shop ' || n, 'Europe/Berlin', 364,"
            " p_business_id => gen_random_uuid()) from generate_series(1, %s) n",
            [COUNT],
        )
        conn.execute(
            "select bookingdb.set_opening_hours(%s, p_business_id => b.business_id)"
            " from bookingdb.businesses b",
            [Jsonb([hours("09:00", "19:00")])],
        )
    yield Cli(database.dsn)


def test_a_year_for_a_hundred_businesses(chain: Cli) -> None:
    refreshed = chain.json("refresh", "--all")["businesses"]
    assert len(refreshed) == COUNT
    assert all(364 * 20 <= b["counts"]["created"] <= 365 * 20 for b in refreshed)
    assert "Shop 57" in on_a_terminal("refresh", "--all", dsn=chain.dsn)


def on_a_terminal(*arguments: str, dsn: str) -> str:
    """What a person sees of the progress, on stderr, while a command runs."""
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "bookingdb.cli", *arguments]
    env = {**os.environ, "BOOKINGDB_DSN": dsn, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        seen = b""
        try:
            while chunk := os.read(screen, 4096):
                seen += chunk
        except OSError:  # the other end is closed
            pass
    os.close(screen)
    assert process.returncode == 0
    return seen.decode(errors="replace")
