"""Options and arguments that several commands share, and how their values are read."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Self
from uuid import UUID

import typer

__all__ = [
    "AsJson",
    "BookingId",
    "Bouquets",
    "BusinessId",
    "Date",
    "Day",
    "Dsn",
    "Email",
    "ExpectedVersion",
    "FirstDate",
    "LastDate",
    "Name",
    "NewBouquets",
    "Notes",
    "Phone",
    "Reason",
    "Time",
    "parse_duration",
    "parse_time",
]

COMMON = "Common options"
UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
DURATION = re.compile(r"(\d+)\s*(d|h|min|s)")


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or days from today: what today is, only the business knows."""

    value: dt.date | int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-12-01`, `today`, `tomorrow` or `+7`."""
        if text in ("today", "tomorrow"):
            return cls(int(text == "tomorrow"))
        if re.fullmatch(r"\+\d{1,5}", text):
            return cls(int(text))
        try:
            return cls(dt.date.fromisoformat(text))
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} is no date: write 2026-12-01, today, tomorrow or +7."
            ) from None

    def on(self, today: dt.date) -> dt.date:
        """The date, seen from `today`."""
        if isinstance(self.value, dt.date):
            return self.value
        return today + dt.timedelta(days=self.value)


def parse_time(text: str) -> dt.time:
    """Read a local time, `9:30` or `09:30:00`."""
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            return dt.datetime.strptime(text, form).time()
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is no time of day: write 09:30.")


def parse_duration(text: str) -> dt.timedelta:
    """Read a length of time, `15min`, `1h30min`, `2d`."""
    parts = DURATION.findall(text)
    if not parts or DURATION.sub("", text).strip():
        raise typer.BadParameter(f"{text!r} is no length of time: write 15min, 1h30min or 2d.")
    try:
        return sum((dt.timedelta(**{UNITS[unit]: int(n)}) for n, unit in parts), dt.timedelta())
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{text!r} is longer than can be.") from None


Dsn = Annotated[
    str,
    typer.Option(
        envvar="BOOKINGDB_DSN",
        metavar="DSN",
        help="The database, postgresql://... or key=value; else the one that psql would use.",
        show_default=False,
        rich_help_panel=COMMON,
    ),
]
BusinessId = Annotated[
    UUID,
    typer.Option(
        "--business",
        metavar="UUID",
        help="The business; the default one when not given.",
        show_default=False,
        rich_help_panel=COMMON,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="One JSON document on stdout; errors too.", rich_help_panel=COMMON),
]

Date = Annotated[
    Day,
    typer.Argument(
        metavar="DATE", parser=Day.parse, help="2026-12-01, today, tomorrow or +7 (days)."
    ),
]
FirstDate = Annotated[
    Day,
    typer.Argument(
        metavar="FROM", parser=Day.parse, help="2026-12-01, today, tomorrow or +7 (days)."
    ),
]
LastDate = Annotated[
    Day | None,
    typer.Argument(metavar="TO", parser=Day.parse, help="The last date; FROM when not given."),
]
Time = Annotated[
    dt.time,
    typer.Argument(metavar="TIME", parser=parse_time, help="When the slot begins, 09:30."),
]

BookingId = Annotated[UUID, typer.Argument(metavar="BOOKING", help="Id of the booking.")]
ExpectedVersion = Annotated[
    int | None,
    typer.Option(metavar="N", help="Refuse if the booking is not at this version any more."),
]
Reason = Annotated[str | None, typer.Option(help="Why, for the audit log.", metavar="TEXT")]
Bouquets = Annotated[
    int, typer.Argument(metavar="BOUQUETS", help="How many; or seats, bikes, portions.")
]
NewBouquets = Annotated[
    int | None,
    typer.Option("--bouquets", metavar="N", help="The number, if it is another one now."),
]
Name = Annotated[str | None, typer.Option(metavar="TEXT", help="Name of the customer.")]
Email = Annotated[str | None, typer.Option(metavar="TEXT", help="Their e-mail address.")]
Phone = Annotated[str | None, typer.Option(metavar="TEXT", help="Their telephone.")]
Notes = Annotated[str | None, typer.Option(metavar="TEXT", help="Anything else.")]
