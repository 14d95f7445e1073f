"""Making and reading bookings.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import call_one, fetch_all, fetch_one, read_all, read_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Booking, CalendarEvent, PaymentMethod
from bookingdb.replicas import AnyConnection

__all__ = [
    "book_hot_slot",
    "calendar_event",
    "calendar_events",
    "create_booking_safe",
    "create_bookings",
    "get_booking",
]


def book_hot_slot(
    conn: AnyConnection,
    date: dt.date,
    time: dt.time,
    bouquets: int,
    customer_name: str | None,
    customer_email: str | None,
    *,
    customer_phone: str | None = None,
    payment_method: PaymentMethod = PaymentMethod.PAY_ON_ARRIVAL,
    notes: str | None = None,
    idempotency_key: str | None = None,
    hold_for: dt.timedelta | None = None,
    external_reference: str | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """create_booking_safe() for a slot that very many want at once, with the same arguments and
    errors. The lock of the slot is let go before the booking is on disk, the answer is given
    after. In between others see the booking, and a crash undoes it: nobody was told of it.

    It makes two commits, so it runs outside of a transaction, in autocommit mode. What
    set_actor() says of a transaction does not reach it; `actor` does. An error after the first
    commit (a cancelled call, a lost connection) leaves the booking made, as at any COMMIT: call
    again with the same `idempotency_key`. Both synchronous_commit = off and on mean on here;
    another setting is kept.

    Locks: as create_booking_safe, up to the first commit, which waits for no disk.
    Raises what create_booking_safe raises, and, before anything is done, 25001: inside a
    transaction, or in a procedure that has something to commit.
    Returns the booking.
    """
    return call_one(
        conn,
        Booking,
        """call bookingdb.book_hot_slot(
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_customer_name => %(customer_name)s,
          p_customer_email => %(customer_email)s,
          p_customer_phone => %(customer_phone)s,
          p_payment_method => %(payment_method)s,
          p_notes => %(notes)s,
          p_idempotency_key => %(idempotency_key)s,
          p_hold_for => %(hold_for)s,
          p_external_reference => %(external_reference)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "date": date,
            "time": time,
            "bouquets": bouquets,
            "customer_name": customer_name,
            "customer_email": customer_email,
            "customer_phone": customer_phone,
            "payment_method": payment_method,
            "notes": notes,
            "idempotency_key": idempotency_key,
            "hold_for": hold_for,
            "external_reference": external_reference,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def calendar_event(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[CalendarEvent]:
    """One booking as an event of a calendar, see calendar_events; no row when it only ever waited.
    Raises ZB006.
    """
    return read_all(
        conn,
        CalendarEvent,
        """select * from bookingdb.calendar_event(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


def calendar_events(
    conn: AnyConnection,
    *,
    from_: dt.date | None = None,
    to: dt.date | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[CalendarEvent]:
    """The bookings of a range of dates as events of a calendar (RFC 5545): a uid that stays, the
    version as sequence, CONFIRMED, TENTATIVE (a hold) or CANCELLED. Who only waited has no
    event. bookingdb.calendar_feed() in Python makes a file of them. `from`, `to`: no bound when
    NULL.
    Raises ZB012 for a range that is none, and an unknown business.
    Returns the events by their beginning.
    """
    return read_all(
        conn,
        CalendarEvent,
        """select * from bookingdb.calendar_events(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


def create_booking_safe(
    conn: AnyConnection,
    date: dt.date,
    time: dt.time,
    bouquets: int,
    customer_name: str | None,
    customer_email: str | None,
    *,
    customer_phone: str | None = None,
    payment_method: PaymentMethod = PaymentMethod.PAY_ON_ARRIVAL,
    notes: str | None = None,
    idempotency_key: str | None = None,
    hold_for: dt.timedelta | None = None,
    external_reference: str | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Books `bouquets` in a slot, or raises: there is nothing in between. With `hold_for` the
    booking is held for that long and may lack name and e-mail; without, it is confirmed.

    `idempotency_key` names the request: the same key and arguments give the same booking again,
    also when both calls run at once and when the slot is now full, and change nothing. A failed
    call leaves the key free.

    Lead time, horizon and the customer's limit do not count for staff (performed_by admin); the
    audit row says what was waived.

    Locks: the customer where the business limits him; the slot row, by the counter update
    of the trigger, after all work that does not need it, up to the commit. A slot that is full
    or unknown is refused before, by a plain read.
    Raises ZB001 to ZB005 (see why_unavailable), ZB009 key used with other arguments, ZB012,
    ZB014 the customer's limit.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.create_booking_safe(
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_customer_name => %(customer_name)s,
          p_customer_email => %(customer_email)s,
          p_customer_phone => %(customer_phone)s,
          p_payment_method => %(payment_method)s,
          p_notes => %(notes)s,
          p_idempotency_key => %(idempotency_key)s,
          p_hold_for => %(hold_for)s,
          p_external_reference => %(external_reference)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "date": date,
            "time": time,
            "bouquets": bouquets,
            "customer_name": customer_name,
            "customer_email": customer_email,
            "customer_phone": customer_phone,
            "payment_method": payment_method,
            "notes": notes,
            "idempotency_key": idempotency_key,
            "hold_for": hold_for,
            "external_reference": external_reference,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def create_bookings(
    conn: AnyConnection,
    requests: Sequence[Mapping[str, Any]],
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Booking]:
    """Books all of `requests` or none. Each element is an object with the arguments of
    create_booking_safe, without p_ and without actor and business.

    Locks: the customers where the business limits them, then the slots in the order of
    date and time, as everywhere, whatever the order of `requests`.
    Raises what create_booking_safe raises; the DETAIL begins with the element (from 1). ZB012
    for what is no array of such objects.
    Returns the bookings in the order of `requests`.
    """
    return fetch_all(
        conn,
        Booking,
        """select * from bookingdb.create_bookings(
          p_requests => %(requests)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"requests": jsonb(requests), "actor": jsonb(actor), "business_id": business_id},
    )


def get_booking(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Returns the booking as it is now. Raises ZB006 when there is none."""
    return read_one(
        conn,
        Booking,
        """select * from bookingdb.get_booking(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )
