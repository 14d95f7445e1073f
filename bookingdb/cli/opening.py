"""Opening hours as they are written on the command line, and as a table."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Self

import typer
from rich.table import Table

from bookingdb import OpeningHours, ScheduleException
from bookingdb.cli.options import parse_duration
from bookingdb.cli.output import grid

__all__ = ["OpenHours", "OpenRules", "Opening", "Rule", "exceptions_table", "hours_table"]

MIDNIGHT = dt.time(0)  # as an end: nothing closes before it has opened
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULE = re.compile(
    r"""(?:(?P<days>[a-z,\s-]+?)\s+)?
        (?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)\s+
        every\s+(?P<slot_interval>[\dhmins]+)\s+
        (?P<max_bookings>\d+)\s+bookings?\s+
        (?P<max_bouquets>\d+)\s+bouquets?""",
    re.VERBOSE,
)
HOURS = "09:00-17:00 every 30min 3 bookings 10 bouquets"
LIMITS = "; may be given repeatedly. The numbers are limits of each slot."


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one date, with the keys of set_schedule_exception(); it also judges the values."""

    value: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `09:00-17:00 every 30min 3 bookings 10 bouquets`; 24:00 is midnight."""
        days, value = _read(text, HOURS)
        if days is not None:
            raise typer.BadParameter(f"{text!r} names days, but the date is DATE: leave them out.")
        return cls(value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One weekly rule, with the keys that set_opening_hours() wants; it also judges the values."""

    value: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `mon-fri` and an Opening. Days are `mon`, `mon-fri`, `sat,sun` or `daily`."""
        days, value = _read(text, f"mon-fri {HOURS}")
        if days is None:
            raise typer.BadParameter(f"{text!r} names no days: write 'mon-fri {HOURS}'.")
        return cls({"weekday": _weekdays(days), **value})


OpenHours = Annotated[
    list[Opening],
    typer.Option(
        "--open",
        parser=Opening.parse,
        metavar="HOURS",
        help=f"'{HOURS}'{LIMITS}",
        show_default=False,
    ),
]
OpenRules = Annotated[
    list[Rule],
    typer.Option(
        "--open",
        parser=Rule.parse,
        metavar="RULE",
        help=f"'mon-fri {HOURS}'{LIMITS}",
        show_default=False,
    ),
]


def hours_table(hours: Iterable[OpeningHours]) -> Table:
    """Rules for people."""
    rows = [
        (
            DAYS[h.weekday - 1],
            h.opens,
            _end(h.closes),
            h.slot_interval,
            h.max_bookings,
            h.max_bouquets,
            h.in_force.lower,
            h.in_force.upper,
        )
        for h in hours
    ]
    limits = ("bookings", "bouquets")
    columns = ("day", "opens", "closes", "every", *limits, "from", "before")
    return grid(*columns, rows=rows, numbers=limits)


def exceptions_table(exceptions: Iterable[ScheduleException]) -> Table:
    """Dates that depart from the weekly schedule."""
    rows = [
        (
            f"{e.date:%a %F}",
            "closed" if e.opens is None else e.opens,
            _end(e.closes),
            e.slot_interval,
            e.max_bookings,
            e.max_bouquets,
            e.reason,
        )
        for e in exceptions
    ]
    limits = ("bookings", "bouquets")
    return grid("date", "opens", "closes", "every", *limits, "why", rows=rows, numbers=limits)


def _end(closes: dt.time | None) -> dt.time | str | None:
    return "24:00" if closes == MIDNIGHT else closes


def _read(text: str, example: str) -> tuple[str | None, dict[str, Any]]:
    """The days of a rule as they are written, None without; and its hours and limits."""
    match = RULE.fullmatch(text.strip().lower())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no rule: write '{example}'.")
    return match["days"], {
        "opens": match["opens"],
        "closes": match["closes"],
        "slot_interval": parse_duration(match["slot_interval"]),
        "max_bookings": int(match["max_bookings"]),
        "max_bouquets": int(match["max_bouquets"]),
    }


def _weekdays(text: str) -> list[int]:
    if text in ("daily", "every day"):
        return list(range(1, 8))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        try:
            begin, end = DAYS.index(first), DAYS.index(last or first)
        except ValueError:
            raise typer.BadParameter(
                f"{part.strip()!r} is no weekday: write {', '.join(DAYS)}, mon-fri or daily."
            ) from None
        days += [(begin + n) % 7 + 1 for n in range((end - begin) % 7 + 1)]
    return days
