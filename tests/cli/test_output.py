"""Output as other programs get it: plain, in whole lines, whatever the environment."""

import datetime as dt
import subprocess

import pytest
import typer

from bookingdb.cli.options import Day, parse_duration, parse_time
from tests.cli.conftest import BOOKINGDB, ROOT, Cli, environment, on_a_terminal

SLOTS = [*BOOKINGDB, "slots", "+9"]


def test_pipe_gets_plain_lines(open_cli: Cli) -> None:
    done = subprocess.run(
        SLOTS, env=environment(open_cli), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) == 2 + 8


def test_pipe_works_in_an_old_encoding(open_cli: Cli) -> None:
    ada = ("--name", "Άντα", "--email", "ada@example.com")
    booking = open_cli.json("book", "+9", "10:00", "2", *ada)["booking_id"]
    command = [*BOOKINGDB, "history", booking]
    for encoding in ("ascii", "latin-1"):
        env = environment(open_cli, PYTHONIOENCODING=encoding)
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=True)
        assert b"customer_name ????" in done.stdout


def test_terminal_gets_bold_unless_told_otherwise(open_cli: Cli) -> None:
    assert "\x1b[1m" in on_a_terminal(SLOTS, open_cli)
    assert "\x1b[3" not in on_a_terminal(SLOTS, open_cli, NO_COLOR="1")


def test_days() -> None:
    today = dt.date(2026, 2, 27)
    assert Day.parse("today").on(today) == today
    assert Day.parse("tomorrow").on(today) == dt.date(2026, 2, 28)
    assert Day.parse("+2").on(today) == dt.date(2026, 3, 1)
    assert Day.parse("2026-12-01").on(today) == dt.date(2026, 12, 1)


def test_times() -> None:
    assert parse_time("9:30") == dt.time(9, 30)
    assert parse_time("09:30:15") == dt.time(9, 30, 15)


def test_durations() -> None:
    assert parse_duration("15min") == dt.timedelta(minutes=15)
    assert parse_duration("1h30min") == dt.timedelta(minutes=90)
    assert parse_duration("2d 5s") == dt.timedelta(days=2, seconds=5)
    for text in ("", "15", "min", "1h x", "-1h"):
        with pytest.raises(typer.BadParameter):
            parse_duration(text)
