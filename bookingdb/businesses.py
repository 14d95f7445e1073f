"""Businesses and their settings.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import fetch_one, read_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Business
from bookingdb.replicas import AnyConnection

__all__ = ["create_business", "get_business", "remove_test_business", "update_business"]


def create_business(
    conn: AnyConnection,
    name: str,
    time_zone: str,
    *,
    horizon_days: int = 90,
    lead_time: dt.timedelta = dt.timedelta(seconds=0),
    cancellation_window: dt.timedelta = dt.timedelta(seconds=0),
    hold_time_to_live: dt.timedelta = dt.timedelta(seconds=900),
    customer_limit: int = 0,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Business:
    """Makes a business. The first is the default one, which no other call needs to name; for
    another give its id, such as `business_id` => gen_random_uuid().
    Raises ZB012: unknown time zone, negative or enormous limits, an id that is
    taken; 42501 for a login that is bound to businesses.
    Returns the business.
    """
    return fetch_one(
        conn,
        Business,
        """select * from bookingdb.create_business(
          p_name => %(name)s,
          p_time_zone => %(time_zone)s,
          p_horizon_days => %(horizon_days)s::int,
          p_lead_time => %(lead_time)s,
          p_cancellation_window => %(cancellation_window)s,
          p_hold_time_to_live => %(hold_time_to_live)s,
          p_customer_limit => %(customer_limit)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "name": name,
            "time_zone": time_zone,
            "horizon_days": horizon_days,
            "lead_time": lead_time,
            "cancellation_window": cancellation_window,
            "hold_time_to_live": hold_time_to_live,
            "customer_limit": customer_limit,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


def get_business(
    conn: AnyConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Business:
    """Returns the business, or raises ZB012 when it is not there."""
    return read_one(
        conn,
        Business,
        """select * from bookingdb.get_business(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )


def remove_test_business(
    conn: AnyConnection,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> int:
    """Removes a test business, that is one whose id new_test_business_id() made, and everything
    that was its own: bookings, slots, webhooks, and, as of no other, its audit log and seals.
    What stays is in the settings audit log: that it was made, changed and removed, and by whom.
    Locks: its slots in their order, then the cursors of seals and relay, so that nothing is
    sealed or queued for it meanwhile: these wait till this has committed.
    Returns how many bookings it had. Raises ZB012: a real business, or there is none; 42501 for
    a login that is bound to businesses.
    """
    return fetch_one(
        conn,
        int,
        """select x from bookingdb.remove_test_business(
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"actor": jsonb(actor), "business_id": business_id},
    )


def update_business(
    conn: AnyConnection,
    *,
    name: str | None = None,
    time_zone: str | None = None,
    horizon_days: int | None = None,
    lead_time: dt.timedelta | None = None,
    cancellation_window: dt.timedelta | None = None,
    hold_time_to_live: dt.timedelta | None = None,
    customer_limit: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Business:
    """Changes settings of a business; what is NULL stays. A new time zone keeps the wall-clock
    times of slots and bookings, and moves the instants of the slots that have not begun.
    Raises ZB012: unknown business or time zone, negative or enormous limits.
    Returns the business.
    """
    return fetch_one(
        conn,
        Business,
        """select * from bookingdb.update_business(
          p_name => %(name)s,
          p_time_zone => %(time_zone)s,
          p_horizon_days => %(horizon_days)s::int,
          p_lead_time => %(lead_time)s,
          p_cancellation_window => %(cancellation_window)s,
          p_hold_time_to_live => %(hold_time_to_live)s,
          p_customer_limit => %(customer_limit)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "name": name,
            "time_zone": time_zone,
            "horizon_days": horizon_days,
            "lead_time": lead_time,
            "cancellation_window": cancellation_window,
            "hold_time_to_live": hold_time_to_live,
            "customer_limit": customer_limit,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )
