"""The page of a dispute: one file of HTML that needs no network and runs no script."""

import datetime as dt
import json
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from bookingdb.cli.pages import template

__all__ = ["page_of"]

ERASED = "[erased]"
KINDS = {
    "cancelled": "bad", "deleted": "bad", "expired": "bad", "payment_failed": "bad",
    "no_show": "bad", "redacted": "warn", "modified": "plain", "rescheduled": "warn",
}  # fmt: skip
STATES = {"delivered": "good", "pending": "warn"}
STATUSES = {"confirmed": "good", "completed": "good", "held": "warn", "waiting": "warn"}
FACTS = (
    "customer_name", "customer_email", "customer_phone", "bouquets", "payment_status",
    "payment_method", "external_reference", "cancel_reason", "notes",
)  # fmt: skip
LONG = 120
"""Values of more characters have the whole width."""


def page_of(file: dict[str, Any]) -> str:
    """The page of what dispute_file() returned."""
    return template("dispute.html", shown=shown, words=words, pretty=pretty).render(
        file=file,
        booking=last_known(file),
        facts=FACTS,
        long=LONG,
        kinds=KINDS,
        states=STATES,
        statuses=STATUSES,
        strip=strip_of(file["timeline"]),
        pauses=pauses_of(file["timeline"]),
    )


def last_known(file: dict[str, Any]) -> dict[str, Any]:
    """The booking as it is, or as it was before it was deleted, with its date in words."""
    last = file["timeline"][-1]
    booking: dict[str, Any] = file["booking"] or last["new_values"] or last["old_values"]
    try:
        when = dt.datetime.fromisoformat(f"{booking['date']}T{booking['time']}")
    except ValueError:  # 24:00, or a year that Python does not know
        return booking | {"when": f"{booking['date']} {booking['time']}"}
    return booking | {"when": f"{when:%A} {when.day} {when:%B %Y, %H:%M}"}


def shown(value: Any) -> Markup:
    """A value in its own direction of writing; what was erased with a mark."""
    if value is None or value == "(none)":
        return Markup('<span class="none">none</span>')
    text = str(value)
    if text == ERASED or text == "erased@erased.invalid":
        return Markup('<mark class="erased">erased</mark>')
    return Markup('<bdi dir="auto">{}</bdi>').format(text)


def words(name: str) -> str:
    """The name of a column, an action or a status as words."""
    return name.replace("_", " ")


def pretty(value: Any) -> str:
    """A row of the log, or a part of a proof, as text."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def strip_of(timeline: list[dict[str, Any]]) -> dict[str, Any]:
    """Where changes and attempts are on the line, in per cent: true to scale, but never on top of
    each other.
    """
    changes = [
        {
            "at": change["at"],
            "local": change["at_local"],
            "kind": KINDS.get(change["action_type"], "good"),
            "version": change["booking_version"],
            "title": words(change["action_type"]),
        }
        for change in timeline
    ]
    attempts = [
        {
            "at": attempt["started_at"],
            "local": attempt["started_at_local"],
            "kind": "bad" if attempt["error"] else "good",
            "version": change["booking_version"],
            "title": f"told: {attempt['status'] or attempt['error']}",
        }
        for change in timeline
        for delivery in change["deliveries"]
        for attempt in delivery["attempts"]
    ]
    attempts.sort(key=_at)
    first, last = (choose(changes + attempts, key=_at) for choose in (min, max))
    for marks in (changes, attempts):
        _place(marks, _at(first), _at(last))
    return {
        "changes": changes,
        "attempts": attempts,
        "first": first["local"],
        "last": last["local"],
        "span": _in_words(_at(last) - _at(first)),
    }


def pauses_of(timeline: list[dict[str, Any]]) -> list[str]:
    """How long it was quiet before each change."""
    instants = [_at(change) for change in timeline]
    later = (b - a for a, b in pairwise(instants))
    return ["", *(f"{_in_words(pause)} later" for pause in later)]


def _at(event: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(event["at"])


def _place(marks: list[dict[str, Any]], first: dt.datetime, last: dt.datetime) -> None:
    """Give each mark its place; close ones are moved apart, and back from the end if need be."""
    if not marks:
        return
    gap = min(3.0, 100 / len(marks))
    span = (last - first).total_seconds() or 1.0
    places: list[float] = []
    for mark in marks:
        place = (_at(mark) - first).total_seconds() / span * 100
        places.append(max(place, places[-1] + gap) if places else place)
    limit = 100.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    for mark, place in zip(marks, places, strict=True):
        mark["place"] = f"{max(0.0, place):.2f}"


def _in_words(pause: dt.timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = max(0, round(pause.total_seconds()))
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            count = round(seconds / length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}" if seconds else "less than a second"
