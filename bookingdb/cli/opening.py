"""Opening hours as they are written on the command line, and as a table."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Self

import typer
from rich.table import Table

from bookingdb import OpeningHours
from bookingdb.cli.options import parse_duration
from bookingdb.cli.output import grid

__all__ = ["OpenRules", "Rule", "hours_table"]

MIDNIGHT = dt.time(0)  # as an end: nothing closes before it has opened
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULE = re.compile(
    r"""(?P<days>[a-z,\s-]+?)\s+
        (?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)\s+
        every\s+(?P<slot_interval>[\dhmins]+)\s+
        (?P<max_bookings>\d+)\s+bookings?\s+
        (?P<max_bouquets>\d+)\s+bouquets?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One weekly rule, with the keys that set_opening_hours() wants; it also judges the values."""

    value: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `mon-fri 09:00-17:00 every 30min 3 bookings 10 bouquets`.

        Days are `mon`, `mon-fri`, `sat,sun` or `daily`; 24:00 is midnight.
        """
        match = RULE.fullmatch(text.strip().lower())
        if match is None:
            raise typer.BadParameter(
                f"{text!r} is no rule: write 'mon-fri 09:00-17:00 every 30min 3 bookings "
                "10 bouquets'."
            )
        return cls(
            {
                "weekday": _weekdays(match["days"]),
                "opens": match["opens"],
                "closes": match["closes"],
                "slot_interval": parse_duration(match["slot_interval"]),
                "max_bookings": int(match["max_bookings"]),
                "max_bouquets": int(match["max_bouquets"]),
            }
        )


OpenRules = Annotated[
    list[Rule],
    typer.Option(
        "--open",
        parser=Rule.parse,
        metavar="RULE",
        help="'mon-fri 09:00-17:00 every 30min 3 bookings 10 bouquets'; may be given repeatedly. "
        "The numbers are limits of each slot.",
        show_default=False,
    ),
]


def hours_table(hours: Iterable[OpeningHours]) -> Table:
    """Rules for people."""
    rows = [
        (
            DAYS[h.weekday - 1],
            h.opens,
            "24:00" if h.closes == MIDNIGHT else h.closes,
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
