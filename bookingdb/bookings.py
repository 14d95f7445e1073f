"""The life of a booking.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from bookingdb._call import fetch_all, fetch_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Booking, PaymentMethod, PaymentStatus

__all__ = [
    "cancel_booking",
    "complete_booking",
    "confirm_booking",
    "create_booking_safe",
    "create_bookings",
    "expire_holds",
    "extend_hold",
    "get_booking",
    "mark_no_show",
    "record_payment",
    "reschedule_booking",
]


def cancel_booking(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    reason: str | None = None,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Cancels a booking or a hold, and frees its place. A customer cannot cancel a booking inside
    the business's cancellation window, or once its slot has begun; staff and programs can.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 when it cannot be cancelled any more, ZB011 inside the window,
    ZB012 a blank or overlong reason.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.cancel_booking(
          p_booking_id => %(booking_id)s,
          p_reason => %(reason)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "reason": reason,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def complete_booking(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Says that the customer came and was served; corrects a no-show too.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 unless confirmed or a no-show.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.complete_booking(
          p_booking_id => %(booking_id)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def confirm_booking(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    expected_version: int | None = None,
    bouquets: int | None = None,
    customer_name: str | None = None,
    customer_email: str | None = None,
    customer_phone: str | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Confirms a hold; quantity and contact may be given or changed in the same step. A hold that
    has run out is confirmed too, if its place is still free.
    Locks: slot, then booking.
    Raises ZB003 too many bouquets, ZB006, ZB007, ZB008 not a hold, ZB010 run out and its place
    taken, ZB012 name or e-mail still missing or malformed.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.confirm_booking(
          p_booking_id => %(booking_id)s,
          p_expected_version => %(expected_version)s::int,
          p_bouquets => %(bouquets)s::int,
          p_customer_name => %(customer_name)s,
          p_customer_email => %(customer_email)s,
          p_customer_phone => %(customer_phone)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "expected_version": expected_version,
            "bouquets": bouquets,
            "customer_name": customer_name,
            "customer_email": customer_email,
            "customer_phone": customer_phone,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def create_booking_safe(
    conn: Connection[Any],
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

    Locks: the slot row, by the counter update of the trigger, after all work that does not need
    it, up to the commit. A slot that is full or unknown is refused before, by a plain read.
    Raises ZB001 to ZB005 (see why_unavailable), ZB009 key used with other arguments, ZB012.
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
    conn: Connection[Any],
    requests: Sequence[Mapping[str, Any]],
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Booking]:
    """Books all of `requests` or none. Each element is an object with the arguments of
    create_booking_safe, without p_ and without actor and business.

    Locks: the slots in the order of date and time, as everywhere, whatever the order of
    `requests`.
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


def expire_holds(
    conn: Connection[Any],
    *,
    limit: int = 1000,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> int:
    """Expires the holds of a business that have run out, in the slots of those `limit` that ran out
    first. Nothing depends on it: a hold that has run out blocks nobody. It tells the log, and
    who watches it, in time.
    Locks: slot by slot, in the order of date and time; a hold that somebody is changing is
    passed over.
    Returns how many it expired. Raises ZB012 for a limit below 1 and an unknown business.
    """
    return fetch_one(
        conn,
        int,
        """select x from bookingdb.expire_holds(
          p_limit => %(limit)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"limit": limit, "actor": jsonb(actor), "business_id": business_id},
    )


def extend_hold(
    conn: Connection[Any],
    booking_id: UUID,
    hold_for: dt.timedelta,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Holds a place for `hold_for` from now on; a hold that has run out too, as long as nobody has
    taken its place.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 not a hold, ZB010 run out and let go, ZB012.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.extend_hold(
          p_booking_id => %(booking_id)s,
          p_hold_for => %(hold_for)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "hold_for": hold_for,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def get_booking(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Returns the booking as it is now. Raises ZB006 when there is none."""
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.get_booking(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


def mark_no_show(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Says that the customer did not come; corrects a completed booking too.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 unless confirmed or completed.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.mark_no_show(
          p_booking_id => %(booking_id)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def record_payment(
    conn: Connection[Any],
    booking_id: UUID,
    payment_status: PaymentStatus,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Records what became of the payment; the legal moves are those of payment_moves().
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 for an illegal move, ZB012 when NULL.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.record_payment(
          p_booking_id => %(booking_id)s,
          p_payment_status => %(payment_status)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "payment_status": payment_status,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def reschedule_booking(
    conn: Connection[Any],
    booking_id: UUID,
    date: dt.date,
    time: dt.time,
    *,
    bouquets: int | None = None,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Moves a booking or a hold to another slot, with another quantity if need be; or nothing
    happens at all. Also away from a legacy slot. The target must be open, as for a new booking.
    Locks: both slots, in the order of date and time, then the booking.
    Raises ZB001 to ZB005 of the target, ZB006, ZB007, ZB008 not held or confirmed, ZB010 a hold
    that has run out, ZB012.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.reschedule_booking(
          p_booking_id => %(booking_id)s,
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "date": date,
            "time": time,
            "bouquets": bouquets,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )
