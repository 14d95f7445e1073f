"""Figures as people read them, with their units."""

import datetime as dt

from bookingdb import LeadTimes

__all__ = [
    "HEATS",
    "count",
    "dates",
    "day",
    "heat",
    "lead_label",
    "length",
    "percent",
    "span",
    "without_year",
]

HEATS = ("empty", "to 24 %", "25 to 49 %", "50 to 74 %", "75 to 99 %", "full")
"""The steps of the heat map."""
NONE = "\N{EN DASH}"
UNITS = (("days", 86400.0, 2.0), ("h", 3600.0, 1.0), ("min", 60.0, 1.0), ("s", 1.0, 1.0))


def count(number: int) -> str:
    """A number with its thousands set apart."""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """A share from 0 to 1; 100 % only if it is all, 0 % only if it is none."""
    if share is None:
        return NONE
    if 0.995 <= share < 1 or 0 < share < 0.005:
        return f"{min(99.9, max(0.1, 100 * share)):.1f} %"
    return f"{100 * share:.0f} %"


def heat(occupancy: float) -> int:
    """The step of HEATS that a share from 0 to 1 is on."""
    return 5 if occupancy >= 1 else 0 if occupancy <= 0 else 1 + int(occupancy * 4)


def length(time: dt.timedelta | None) -> str:
    """A length of time in the unit that fits."""
    if time is None:
        return NONE
    seconds = time.total_seconds()
    for unit, size, least in UNITS:
        if seconds >= least * size:
            value = seconds / size
            return f"{value:.{0 if value >= 9.95 else 1}f} {unit}".replace(".0", "")
    return f"{1000 * seconds:.0f} ms"


def lead_label(row: LeadTimes) -> str:
    """From when to when before the slot."""
    if row.lead_from is None:
        return "after it began"
    if row.lead_to is None:
        return f"{_whole(row.lead_from)} or more"
    if not row.lead_from:
        return f"under {_whole(row.lead_to)}"
    low, high = _whole(row.lead_from), _whole(row.lead_to)
    (number, unit), other = low.split(), high.split()[1]
    return f"{number if unit.rstrip('s') == other.rstrip('s') else low} to {high}"


def _whole(time: dt.timedelta) -> str:
    """Whole days, or whole hours."""
    if time.days:
        return f"{time.days} {'day' if time.days == 1 else 'days'}"
    return f"{time.seconds // 3600} h"


def day(date: dt.date) -> str:
    """A date with its weekday."""
    return f"{date:%a} {date.day} {date:%b %Y}"


def without_year(date: dt.date) -> str:
    """A date as a label."""
    return f"{date.day} {date:%b}"


def dates(first: dt.date, last: dt.date) -> str:
    """From a date to another, in words."""
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def span(since: dt.date, until: dt.date) -> str:
    """A period: a day, or its first and last."""
    return (
        day(since)
        if since == until
        else f"{without_year(since)} to {without_year(until)} {until.year}"
    )
