"""Bookings as a calendar that other programs show."""

import datetime as dt
from typing import Any
from uuid import UUID

from psycopg import Connection

from bookingdb._calendar import calendar_text
from bookingdb.bookings import calendar_event, calendar_events
from bookingdb.businesses import get_business
from bookingdb.models import DEFAULT_BUSINESS_ID

__all__ = ["calendar_feed"]


def calendar_feed(
    conn: Connection[Any],
    *,
    from_date: dt.date | None = None,
    to_date: dt.date | None = None,
    booking_id: UUID | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> str:
    """The bookings of a range of dates, or else one booking, as an iCalendar file.

    `from_date`, `to_date`: local dates of the business, no bound when None. Encode it as UTF-8
    and serve it as text/calendar; an event keeps its UID, and its SEQUENCE rises with every
    change of the booking, so that programs replace what they know.
    Two reads, see calendar_events() for what is in it and what it raises.
    Raises ImportError when the extra `calendar` is not installed.
    """
    business = get_business(conn, business_id=business_id)
    if booking_id is None:
        events = calendar_events(conn, from_=from_date, to=to_date, business_id=business_id)
    else:
        events = calendar_event(conn, booking_id, business_id=business_id)
    return calendar_text(business.name, events)
