"""What becomes of a booking.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import fetch_one, read_all
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Alternative, Booking, PaymentStatus
from bookingdb.replicas import AnyConnection

__all__ = [
    "cancel_booking",
    "complete_booking",
    "mark_no_show",
    "propose_alternatives",
    "record_payment",
    "reschedule_booking",
    "update_booking",
]


def cancel_booking(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    reason: str | None = None,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Cancels a booking or a hold and frees its place, or takes it off the waiting list. A
    confirmed booking cannot be cancelled inside the business's cancellation window, or once its
    slot has begun, except by staff.
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
    conn: AnyConnection,
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


def mark_no_show(
    conn: AnyConnection,
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


def propose_alternatives(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    limit: int = 3,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Alternative]:
    """The slots nearest in time to a booking's that can be booked for its quantity, the nearest
    first. Nothing is reserved: reschedule_booking() decides.
    Raises ZB006, ZB012 for a limit below 1.
    Returns at most `limit` slots with what is left in each.
    """
    return read_all(
        conn,
        Alternative,
        """select * from bookingdb.propose_alternatives(
          p_booking_id => %(booking_id)s,
          p_limit => %(limit)s::int,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "limit": limit, "business_id": business_id},
    )


def record_payment(
    conn: AnyConnection,
    booking_id: UUID,
    payment_status: PaymentStatus,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Records what became of the payment; the legal moves are those of payment_moves(). No payment
    is ever turned away for lack of a place:
      a hold that is paid keeps its place until its slot begins, time enough to confirm it
      a hold that has run out takes its place again, if it is free and nobody waits for it
      else it stays expired (or cancelled), with refund_due
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
    conn: AnyConnection,
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
    happens at all. Also away from a legacy slot, and to accept a proposal (see
    propose_alternatives). The target must be open, as for a new booking; lead time, horizon,
    cancellation window and the customer's limit do not count for staff.
    Locks: the customer where the business limits him; both slots, in the order of date and
    time, then the booking.
    Raises ZB001 to ZB005 of the target, ZB006, ZB007, ZB008 not held or confirmed, ZB010 a hold
    that has run out, ZB011 inside the cancellation window, ZB012, ZB014 the customer's limit.
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


def update_booking(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    bouquets: int | None = None,
    customer_name: str | None = None,
    customer_email: str | None = None,
    customer_phone: str | None = None,
    notes: str | None = None,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Corrects quantity, contact or notes of a booking; what is NULL stays, and an empty telephone
    or an empty note goes. Another quantity: while the booking waits, is held or confirmed.
    Locks: the customer where the business limits him and the e-mail address changes; slot,
    then booking.
    Raises ZB003 too many bouquets, ZB006, ZB007, ZB008 another quantity of what is over, ZB010
    of a hold that has run out, ZB011 fewer bouquets inside the cancellation window, ZB012
    malformed arguments, ZB014 the customer's limit.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.update_booking(
          p_booking_id => %(booking_id)s,
          p_bouquets => %(bouquets)s::int,
          p_customer_name => %(customer_name)s,
          p_customer_email => %(customer_email)s,
          p_customer_phone => %(customer_phone)s,
          p_notes => %(notes)s,
          p_expected_version => %(expected_version)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "booking_id": booking_id,
            "bouquets": bouquets,
            "customer_name": customer_name,
            "customer_email": customer_email,
            "customer_phone": customer_phone,
            "notes": notes,
            "expected_version": expected_version,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )
