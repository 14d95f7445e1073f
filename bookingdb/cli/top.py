"""What goes on in the database just now, on one screen."""

import datetime as dt
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Annotated, Any

import psycopg
import typer
from rich.live import Live

from bookingdb.cli.failures import CommandError, describe
from bookingdb.cli.options import AsJson, Dsn, parse_duration
from bookingdb.cli.output import emit, emit_line, stdout
from bookingdb.cli.session import connect
from bookingdb.cli.top_figures import Figures, Reader
from bookingdb.cli.top_view import view

__all__ = ["top"]

QUIT = (b"q", b"Q", b"\x04", b"")


def top(
    *,
    interval: Annotated[
        dt.timedelta,
        typer.Option(metavar="TIME", parser=parse_duration, help="How often to look."),
    ] = "2s",  # type: ignore[assignment]
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Show what goes on: bookings, locks, webhooks, holds, slots, health. q or Ctrl-C ends it.

    Bookings are those of the last ten seconds. Everything else is what the
    functions metrics() and waiting_sessions() say; metrics are read every ten
    seconds, and go back an hour at most. With --json a line each time.

    For example:
      bookingdb top --once
    """
    seconds = interval.total_seconds()
    with ExitStack() as stack:
        conn = _connected(stack, dsn)
        reader = Reader()
        first = reader.read(conn)
        if once or not (as_json or (sys.stdin.isatty() and sys.stdout.isatty())):
            emit(first.json(), view(first, height=sys.maxsize), as_json=as_json)
            return
        with suppress(KeyboardInterrupt):
            if as_json:
                _print_lines(conn, reader, first, seconds)
            else:
                _show(stack, dsn, conn, reader, first, seconds)


def _connected(stack: ExitStack, dsn: str) -> psycopg.Connection[Any]:
    conn = stack.enter_context(connect(dsn))
    conn.autocommit = True
    return conn


def _print_lines(
    conn: psycopg.Connection[Any], reader: Reader, figures: Figures, seconds: float
) -> None:
    while True:
        emit_line(figures.json())
        time.sleep(seconds)
        figures = reader.read(conn)


def _show(
    stack: ExitStack,
    dsn: str,
    conn: psycopg.Connection[Any],
    reader: Reader,
    figures: Figures,
    seconds: float,
) -> None:
    """Until a key ends it; while the database does not answer, what it said last stays."""
    note = ""
    with Live(console=stdout(), screen=True, auto_refresh=False) as live, _keys() as is_over:
        while True:
            live.update(view(figures, height=live.console.height, note=note), refresh=True)
            if is_over(seconds):
                return
            try:
                if conn.closed:
                    conn = _connected(stack, dsn)
                figures, note = reader.read(conn), ""
            except (psycopg.OperationalError, CommandError) as error:
                note = f"no answer since then: {describe(error).message}"


@contextmanager
def _keys() -> Iterator[Callable[[float], bool]]:
    """What waits for a key, and tells whether it is one that ends all; any other key only ends
    the wait.
    """
    keyboard = sys.stdin.fileno()

    def is_over(seconds: float) -> bool:
        ready, _, _ = select.select([keyboard], [], [], seconds)
        return bool(ready) and os.read(keyboard, 1) in QUIT

    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    try:
        yield is_over
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
