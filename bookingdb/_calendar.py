"""Events as the text of an iCalendar file. No connection, no SQL."""

import datetime as dt
import unicodedata
from collections.abc import Iterable

from bookingdb.models import CalendarEvent

__all__ = ["calendar_text"]

PRODID = "-//bookingdb//bookingdb//EN"


def calendar_text(name: str, events: Iterable[CalendarEvent]) -> str:
    """The events as one VCALENDAR (RFC 5545): UTC, lines of 75 octets at most that end in CRLF.

    Raises ImportError when the package icalendar is not installed.
    """
    try:
        from icalendar import Calendar, Event, vText
    except ImportError as error:
        raise ImportError(
            "Calendars need icalendar: pip install 'bookingdb[calendar]'", name="icalendar"
        ) from error
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(_text(name)))  # the type of what begins with X is not known
    for event in events:
        entry = Event()
        entry.add("uid", event.uid)
        entry.add("sequence", event.sequence)
        entry.add("dtstamp", _utc(event.updated_at))
        entry.add("created", _utc(event.created_at))
        entry.add("last-modified", _utc(event.updated_at))
        entry.add("dtstart", _utc(event.starts_at))
        entry.add("dtend", _utc(event.ends_at))
        entry.add("status", event.status)
        entry.add("summary", _text(event.summary))
        if event.description:
            entry.add("description", _text(event.description))
        calendar.add_component(entry)
    text: bytes = calendar.to_ical()
    return text.decode()


def _utc(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(dt.UTC).replace(microsecond=0)


def _text(text: str) -> str:
    """`text` with line feeds for whatever ends a line, and without other control characters:
    neither may stand in a calendar, and customers write what they like.
    """
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" and c not in "\n\t" else c
        for c in "\n".join(text.splitlines())
    )
