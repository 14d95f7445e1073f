"""`bookingdb top`: one look, look after look for machines, and the screen of a terminal."""

import datetime as dt
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

import bookingdb
from tests.cli.conftest import ADA, BOOKINGDB, ROOT, Cli, environment
from tests.shop import Shop
from tests.support import Database, scalar


@contextmanager
def somebody_waits(database: Database) -> Iterator[int]:
    """For a place in a slot that another transaction has booked in; the process that has it."""

    def wait() -> None:
        with database.connect(application_name="web") as conn:
            conn.execute("select bookingdb.cancel_booking(booking_id) from bookingdb.bookings")

    with database.connect() as first, database.connect(autocommit=False) as holder:
        holder.execute("select from bookingdb.bookings for update")
        waiter = threading.Thread(target=wait)
        waiter.start()
        until(lambda: bookingdb.waiting_sessions(first))
        yield holder.info.backend_pid
        holder.rollback()
        waiter.join()


def until(holds: Callable[[], Any]) -> None:
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError


def test_one_look(open_cli: Cli, database: Database) -> None:
    open_cli.run("book", "tomorrow", "10:00", "2", *ADA)
    with somebody_waits(database) as holder:
        words = open_cli.run("top", "--once").words
        found = open_cli.json("top", "--once")
    assert "health " in words
    assert "created 0.10 1" in words
    assert f"of bookings {holder} postgres web" in words
    assert {"action_type": "created", "change_count": 1, "per_second": 0.1} in found["changes"]
    (wait,) = found["waits"]
    assert (wait["blocked_by"], wait["application"]) == ([holder], "web")
    assert "cancel_booking" in wait["statement"]
    assert wait["wait_seconds"] > 0
    assert found["status"] == open_cli_status(database)
    samples = {one["name"]: one["value"] for one in found["metrics"]}
    assert samples["bookingdb_upcoming_booked_bookings"] == 1


def open_cli_status(database: Database) -> str:
    with database.connect() as conn:
        return str(bookingdb.health(conn)["status"])


def test_only_who_uses_bookingdb_is_told_of(shop: Shop, database: Database) -> None:
    """And what other logins run is told to those only to whom PostgreSQL tells it."""
    shop.book()
    lock = "select pg_advisory_xact_lock(7)"
    with database.connect(autocommit=False) as first, database.connect(autocommit=False) as second:
        first.execute(lock)
        waiter = threading.Thread(target=lambda: second.execute(lock))
        waiter.start()
        blocked = "select count(*) from pg_locks where not granted"
        until(lambda: scalar(shop.conn, blocked) == 1)
        with somebody_waits(database), database.login("bookingdb_auditor") as auditor:
            (told,) = bookingdb.waiting_sessions(auditor)
            (known,) = bookingdb.waiting_sessions(shop.conn)
        first.rollback()
        waiter.join()
        second.rollback()
    assert (told.pid, told.application, told.statement) == (known.pid, "web", None)
    assert known.statement is not None


def test_rates_are_those_of_the_window(shop: Shop, database: Database) -> None:
    booking = shop.book()
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    rates = {
        one.action_type.value: (one.change_count, one.per_second)
        for one in bookingdb.current_changes(shop.conn, window=dt.timedelta(seconds=4))
    }
    assert len(rates) == len(bookingdb.BookingAction)
    assert (rates["created"], rates["cancelled"], rates["offered"]) == (
        (1, 0.25),
        (1, 0.25),
        (0, 0),
    )
    database.set_clock(str(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)))
    assert not any(one.change_count for one in bookingdb.current_changes(shop.conn))


def test_a_line_for_each_look(open_cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it, and that is no failure; counters become rates at the second look."""
    naps = iter([None, KeyboardInterrupt])

    def sleep(_: float) -> None:
        if nap := next(naps):
            raise nap

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr("bookingdb.cli.top_figures.HEAVY", 0)
    lines = open_cli.run("top", "--json").stdout.splitlines()
    first, second = map(json.loads, lines)
    assert first["transactions_per_second"] == {}
    assert second["transactions_per_second"]["committed"] >= 0


class Screen:
    """`bookingdb top` on a terminal of 80 columns and 24 lines, and the keys for it."""

    def __init__(self, cli: Cli) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._theirs = theirs
        self.settings = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            [*BOOKINGDB, "top", "--interval", "1h"],
            env=environment(cli), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip

    def read_until(self, words: str) -> str:
        """What is written until these words are."""
        written = ""
        while words not in written:
            assert select.select([self._ours], [], [], 60)[0], written
            written += os.read(self._ours, 65536).decode()
        return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", written)

    def press(self, key: bytes) -> None:
        os.write(self._ours, key)

    def end(self) -> None:
        """Its exit code was 0, and it left the terminal as it was."""
        self.read_until("\x1b[?1049l")
        assert self.process.wait(60) == 0
        assert termios.tcgetattr(self._theirs) == self.settings
        os.close(self._theirs)
        os.close(self._ours)


@pytest.mark.parametrize("key", [b"q", b"\x03"])
def test_the_screen(key: bytes, open_cli: Cli, database: Database) -> None:
    """It fits, survives the loss of its session, and leaves with q or Ctrl-C."""
    screen = Screen(open_cli)
    lines = screen.read_until("Nobody waits for a lock.").replace("\r", "").split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("created") for line in lines)
    with database.connect() as conn:
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    screen.press(b"x")
    screen.read_until("no answer since then")
    screen.press(b"x")
    assert "no answer" not in screen.read_until("Nobody waits for a lock.")
    screen.press(key)
    screen.end()


def test_an_interval_must_be_one(cli: Cli) -> None:
    cli.run("top", "--interval", "often", code=2)


def test_without_bookingdb_it_says_so(empty_cli: Cli) -> None:
    assert empty_cli.error("top", "--once")["code"] == psycopg.errors.InvalidSchemaName.sqlstate
