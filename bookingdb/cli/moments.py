"""Points in time and lengths of time, as options of commands read them."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Self
from zoneinfo import ZoneInfo

import typer

from bookingdb.cli.options import parse_duration

__all__ = ["HELP", "At", "From", "Moment", "Schedule", "To", "parse_month"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time by the business's clock, or so long ago."""

    value: dt.datetime | dt.timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-12-01`, `2026-12-01 14:30`, the same with an offset, or `7d` (ago)."""
        try:
            return cls(dt.datetime.fromisoformat(text))
        except ValueError:
            pass
        try:
            return cls(parse_duration(text))
        except typer.BadParameter:
            raise typer.BadParameter(
                f"{text!r} is no point in time: write 2026-12-01, '2026-12-01 14:30' or 7d (ago)."
            ) from None

    def at(self, time_zone: str) -> dt.datetime:
        """The instant, where the business's clock is meant if it does not say which."""
        if isinstance(self.value, dt.timedelta):
            try:
                return dt.datetime.now(dt.UTC) - self.value
            except OverflowError:
                return dt.datetime.min.replace(tzinfo=dt.UTC)
        if self.value.tzinfo is None:
            return self.value.replace(tzinfo=ZoneInfo(time_zone))
        return self.value


@dataclass(frozen=True, slots=True)
class Schedule:
    """Waits before each retry."""

    waits: tuple[dt.timedelta, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5s,1min,5min`, or `none`."""
        if text == "none":
            return cls(())
        return cls(tuple(parse_duration(part.strip()) for part in text.split(",")))


def parse_month(text: str) -> dt.date:
    """The first day of a month, `2026-12`."""
    if not re.fullmatch(r"\d{4}-\d{2}", text):
        raise typer.BadParameter(f"{text!r} is no month: write 2026-12.")
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no month: write 2026-12.") from None


HELP = "2026-12-01, '2026-12-01 14:30' or 7d (ago)"
At = Annotated[
    Moment, typer.Option(metavar="TIME", parser=Moment.parse, help=f"The instant: {HELP}.")
]
From = Annotated[
    Moment | None,
    typer.Option(
        "--from", metavar="TIME", parser=Moment.parse, help=f"Events from then on: {HELP}."
    ),
]
To = Annotated[
    Moment | None,
    typer.Option("--to", metavar="TIME", parser=Moment.parse, help="Events before then."),
]
