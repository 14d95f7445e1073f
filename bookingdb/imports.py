"""Bookings of another system.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import fetch_all, fetch_one, read_all
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Booking, ImportedRow, QuarantinedBooking
from bookingdb.replicas import AnyConnection

__all__ = ["adopt_quarantined", "discard_quarantined", "import_bookings", "quarantined_bookings"]


def adopt_quarantined(
    conn: AnyConnection,
    quarantine_id: UUID,
    *,
    date: dt.date | None = None,
    time: dt.time | None = None,
    bouquets: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Books a quarantined booking after all: where it was, once there is room, or in another slot,
    or with another quantity.
    Locks: the quarantined row, then as create_booking_safe.
    Raises ZB001 to ZB005 and ZB014 when it has no place there either, ZB006, ZB008 when it is
    decided on already, ZB012.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.adopt_quarantined(
          p_quarantine_id => %(quarantine_id)s,
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "quarantine_id": quarantine_id,
            "date": date,
            "time": time,
            "bouquets": bouquets,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def discard_quarantined(
    conn: AnyConnection,
    quarantine_id: UUID,
    reason: str,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> QuarantinedBooking:
    """Decides that a quarantined booking is not to be. It stays in the table, with the reason.
    Locks: the quarantined row.
    Raises ZB006, ZB008 when it is decided on already, ZB012 without a reason.
    Returns the row.
    """
    return fetch_one(
        conn,
        QuarantinedBooking,
        """select * from bookingdb.discard_quarantined(
          p_quarantine_id => %(quarantine_id)s,
          p_reason => %(reason)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "quarantine_id": quarantine_id,
            "reason": reason,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def import_bookings(
    conn: AnyConnection,
    rows: Sequence[Mapping[str, Any]],
    source: str,
    *,
    first_row: int = 1,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[ImportedRow]:
    """Takes over bookings of another system, each for itself: what is booked stays booked when
    another one fails. To try it first, roll the transaction back.
    `rows`: array of objects with the keys of create_bookings() except hold_for and
    idempotency_key, dates and times in ISO 8601, and
      payment_status   pending (default) or paid
      status           confirmed (default); others are rejected
    `source`: name of the import. It and the row's number name a row: a second import of the same
    rows books none twice. `first_row`: number of the first of `rows` in the source. Of those who
    want the same slot, whoever comes first keeps the place. What has no place here (ZB001 to
    ZB005: no such slot, full, begun; ZB014 the customer's limit, unless staff imports) goes to
    booking_quarantine, and is tried again by the next import of it, unless staff has discarded
    it; what cannot be understood is rejected, and so is a row that was another one before
    (ZB009). Nothing is dropped silently.
    Locks: the source; the customers where the business limits them; what is in quarantine of
    these rows; then the slots in the order of date and time.
    Raises ZB012 for what is no array, a first row below 1, a blank or overlong source.
    Returns for each row what became of it, and why, in the order of `rows`.
    """
    return fetch_all(
        conn,
        ImportedRow,
        """select * from bookingdb.import_bookings(
          p_rows => %(rows)s,
          p_source => %(source)s,
          p_first_row => %(first_row)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "rows": jsonb(rows),
            "source": source,
            "first_row": first_row,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def quarantined_bookings(
    conn: AnyConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[QuarantinedBooking]:
    """The imported bookings that have no place here and are not decided on yet, by import and row.
    Raises ZB012 for an unknown business.
    """
    return read_all(
        conn,
        QuarantinedBooking,
        """select * from bookingdb.quarantined_bookings(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )
