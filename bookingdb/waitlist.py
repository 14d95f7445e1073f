"""Waiting for a place.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import fetch_one, read_all
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Booking, WaitingCustomer
from bookingdb.replicas import AnyConnection

__all__ = ["join_waitlist", "leave_waitlist", "waiting_list"]


def join_waitlist(
    conn: AnyConnection,
    date: dt.date,
    time: dt.time,
    bouquets: int,
    customer_name: str,
    customer_email: str,
    *,
    customer_phone: str | None = None,
    notes: str | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Puts a customer on the waiting list of a slot, as a booking that waits and takes no place.
    Whenever a place becomes free, by whatever writer, it is offered in the same transaction to
    the first in line whom it suffices: the booking becomes a hold for the business's
    hold_time_to_live, which confirm_booking() accepts and leave_waitlist() declines. If there is
    room already, the place is offered at once. An offer that runs out goes to the next in line
    when expire_holds() runs, or somebody else joins the line.
    Locks: the slot, up to the commit.
    Raises ZB001, ZB004, ZB005 a slot that is not open, ZB003 more than the slot ever takes,
    ZB012 malformed arguments, or the customer waits there, or holds a place, already.
    Returns the booking.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.join_waitlist(
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_customer_name => %(customer_name)s,
          p_customer_email => %(customer_email)s,
          p_customer_phone => %(customer_phone)s,
          p_notes => %(notes)s,
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
            "notes": notes,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def leave_waitlist(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    reason: str | None = None,
    expected_version: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """Takes a booking off the waiting list, or declines the place that was offered to it, which
    goes to the next in line.
    Locks: slot, then booking.
    Raises ZB006, ZB007, ZB008 when it neither waits nor is held, ZB012 a blank or overlong
    reason.
    Returns the booking, cancelled.
    """
    return fetch_one(
        conn,
        Booking,
        """select * from bookingdb.leave_waitlist(
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


def waiting_list(
    conn: AnyConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[WaitingCustomer]:
    """Who waits for the slots from `from` to `to`, slot by slot in the order in which places are
    offered. Raises ZB012 for a range that is none, and an unknown business.
    Returns the bookings that wait, each with its place in its slot's line, from 1.
    """
    return read_all(
        conn,
        WaitingCustomer,
        """select * from bookingdb.waiting_list(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )
