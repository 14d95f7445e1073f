"""Where output goes: data to stdout as a table or as JSON, everything else to stderr."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import typer
from psycopg.types.range import Range
from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

__all__ = [
    "cell",
    "emit",
    "emit_line",
    "grid",
    "printable",
    "progress",
    "say",
    "stderr",
    "stdout",
    "working",
]

WIDE = 1000
"""Columns of what is no terminal: there a row is a line, however long."""


def stdout() -> Console:
    """The console for data."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def stderr() -> Console:
    """The console for progress, messages and errors."""
    return Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """A line for people, on stderr."""
    stderr().print(Text(message), soft_wrap=True)


def emit(
    data: Any, view: RenderableType | None = None, *, as_json: bool, note: str | None = None
) -> None:
    """Print the result of a command: `data` as one JSON document; or for people `view` on stdout,
    and `note` on stderr.
    """
    if as_json:
        typer.echo(json.dumps(data, default=_plain, ensure_ascii=False, indent=2))
        return
    if isinstance(view, str):
        typer.echo(view)
    elif view is not None:
        stdout().print(view)
    if note is not None:
        say(note)


def emit_line(data: Any) -> None:
    """Print one of many results as JSON, on a line of its own."""
    typer.echo(json.dumps(data, default=_plain, ensure_ascii=False))


def grid(*columns: str, rows: Iterable[Iterable[Any]], numbers: Iterable[str] = ()) -> Table:
    """A table of values; the columns in `numbers` are aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        justify: JustifyMethod = "right" if column in set(numbers) else "left"
        table.add_column(column, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*map(cell, row))
    return table


def cell(value: Any) -> Text:
    """A value as people read it: no seconds where there are none, nothing for None."""
    if isinstance(value, Text):
        return value
    if value is None:
        return Text("")
    if isinstance(value, dt.datetime):
        return Text(value.strftime("%Y-%m-%d %H:%M:%S %Z"))
    if isinstance(value, dt.time) and not (value.second or value.microsecond):
        return Text(value.strftime("%H:%M"))
    return Text(printable(str(value)))


def printable(text: str) -> str:
    """`text` without control characters: what customers wrote must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def progress() -> Progress:
    """A progress bar on stderr, which vanishes at the end; nothing where that is no terminal."""
    console = stderr()
    return Progress(
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def working(what: str) -> Status:
    """A sign on stderr that something is being done, which vanishes at the end of the `with`
    block; nothing where that is no terminal.
    """
    return stderr().status(Text(what))


def _plain(value: Any) -> Any:
    """What JSON does not know: dates and times in ISO 8601, the rest as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"PT{value.total_seconds():g}S"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Range):
        return {"from": value.lower, "before": value.upper}
    return str(value)  # UUID, IP address, path
