"""Places that are kept for a while.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import fetch_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Booking
from bookingdb.replicas import AnyConnection

__all__ = ["confirm_booking", "expire_holds", "extend_hold"]


def confirm_booking(
    conn: AnyConnection,
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
    has run out is confirmed too, if its place is still free and nobody waits for it.
    Locks: the customer where the business limits him; slot, then booking.
    Of the customer's limit only confirmed bookings count: of two places that were offered, one
    can be taken.
    Raises ZB003 too many bouquets, ZB006, ZB007, ZB008 not a hold, ZB010 run out and its place
    taken, ZB012 name or e-mail still missing or malformed, ZB014 the customer's limit.
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


def expire_holds(
    conn: AnyConnection,
    *,
    limit: int = 1000,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> int:
    """Expires the holds of a business that have run out, in the slots of those `limit` that ran out
    first, and offers their places to those who wait; who waits for a slot that has begun waits
    no more. No booking depends on it: a hold that has run out blocks nobody. It tells the log,
    and who waits, in time: maintain() runs it.
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
    conn: AnyConnection,
    booking_id: UUID,
    hold_for: dt.timedelta,
    *,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Holds a place for `hold_for` from now on, one that is paid at least until its slot begins; a
    hold that has run out takes its place again, if it is still free and nobody waits for it.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 not a hold, ZB010 run out and its place taken, ZB012.
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
