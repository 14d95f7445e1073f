"""Opening hours, slots and what is free.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from bookingdb._call import afetch_all, afetch_one
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Actor,
    AvailableSlot,
    OpeningHours,
    PlannedChange,
    RefreshCounts,
    Refusal,
    ScheduleException,
)

__all__ = [
    "available_slots",
    "clear_schedule_exception",
    "plan_schedule_refresh",
    "refresh_future_schedule",
    "set_opening_hours",
    "set_schedule_exception",
    "why_unavailable",
]


async def available_slots(
    conn: AsyncConnection[Any],
    from_: dt.date,
    to: dt.date,
    *,
    bouquets: int = 1,
    include_full: bool = False,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AvailableSlot]:
    """The slots from `from` to `to` that can be booked now for `bouquets`; with `include_full`
    those too that are open but full. No legacy slot, none inside the lead time or beyond the
    horizon. A hold that has run out blocks nothing. A hint: the booking itself decides.
    Raises ZB012: NULL, `bouquets` below 1, `to` before `from`, unknown business.
    Returns the slots by date and time with what is left in each.
    """
    return await afetch_all(
        conn,
        AvailableSlot,
        """select * from bookingdb.available_slots(
          p_from => %(from)s,
          p_to => %(to)s,
          p_bouquets => %(bouquets)s::int,
          p_include_full => %(include_full)s,
          p_business_id => %(business_id)s
        )""",
        {
            "from": from_,
            "to": to,
            "bouquets": bouquets,
            "include_full": include_full,
            "business_id": business_id,
        },
    )


async def clear_schedule_exception(
    conn: AsyncConnection[Any],
    date: dt.date,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> bool:
    """Lets the weekly schedule hold on a date again. Slots follow with refresh_future_schedule().
    Returns whether there was an exception. Raises ZB012 for NULL and an unknown business.
    """
    return await afetch_one(
        conn,
        bool,
        """select x from bookingdb.clear_schedule_exception(
          p_date => %(date)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"date": date, "actor": jsonb(actor), "business_id": business_id},
    )


async def plan_schedule_refresh(
    conn: AsyncConnection[Any],
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[PlannedChange]:
    """What refresh_future_schedule would do, slot by slot, touching nothing. Of the slots that have
    not begun: in the schedule and missing: create; there with other limits: update; there and
    legacy: restore; not in it and referred to by any booking, cancelled ones too: make_legacy;
    not in it and untouched: delete. What needs no action is not listed.
    Returns new limits (the old ones where there are no new) and what is booked now.
    Raises ZB012 for an unknown business.
    """
    return await afetch_all(
        conn,
        PlannedChange,
        """select * from bookingdb.plan_schedule_refresh(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )


async def refresh_future_schedule(
    conn: AsyncConnection[Any],
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> RefreshCounts:
    """Makes the slots that have not begun follow the schedule (see plan_schedule_refresh), and
    never breaks a booking: a slot that any booking refers to is kept, at worst as a legacy slot.
    Safe beside bookings made at the same moment, and beside itself. A refresh that changes
    nothing writes nothing. Put set_opening_hours before it, and run it daily to keep the
    horizon.

    Locks: the schedule of the business; then the slots to be changed, by date and time as
    everywhere. FOR UPDATE, so that no booking can begin to refer to a slot that is to go; then
    the plan is made again, and sees every booking that got in before.
    Returns one row of counts; over_capacity: changed slots that hold more than their new limits.
    Raises ZB012 for an unknown business.
    """
    return await afetch_one(
        conn,
        RefreshCounts,
        """select * from bookingdb.refresh_future_schedule(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )


async def set_opening_hours(
    conn: AsyncConnection[Any],
    hours: Sequence[Mapping[str, Any]],
    *,
    effective_from: dt.date | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[OpeningHours]:
    """Replaces the weekly schedule from `effective_from` (the business's today when NULL) on. Rules
    in force before that day stay as history. Slots follow with refresh_future_schedule().

    `hours`: array of rules, empty for "closed all week"; each rule an object with all of
      weekday        1 Monday to 7 Sunday, or an array of those
      opens, closes  local times, "09:00"; to close at "00:00" or "24:00" is to close at midnight
      slot_interval  length of a slot, "30 minutes"
      max_bookings, max_bouquets   per slot
    Raises ZB012: unknown or missing key, bad value, overlapping rules, a day that has passed.
    Returns the new rules.
    """
    return await afetch_all(
        conn,
        OpeningHours,
        """select * from bookingdb.set_opening_hours(
          p_hours => %(hours)s,
          p_effective_from => %(effective_from)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "hours": jsonb(hours),
            "effective_from": effective_from,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def set_schedule_exception(
    conn: AsyncConnection[Any],
    date: dt.date,
    hours: Sequence[Mapping[str, Any]],
    *,
    reason: str | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[ScheduleException]:
    """Replaces the schedule of one date: by `hours`, or by "closed" when that is an empty array.
    Slots follow with refresh_future_schedule().
    `hours`: array of openings, each as in set_opening_hours, without weekday.
    Raises ZB012: unknown or missing key, bad value, overlapping openings, a date that has
    passed.
    Returns what now holds on the date: a row per opening, or one without hours.
    """
    return await afetch_all(
        conn,
        ScheduleException,
        """select * from bookingdb.set_schedule_exception(
          p_date => %(date)s,
          p_hours => %(hours)s,
          p_reason => %(reason)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "date": date,
            "hours": jsonb(hours),
            "reason": reason,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def why_unavailable(
    conn: AsyncConnection[Any],
    date: dt.date,
    time: dt.time,
    *,
    bouquets: int = 1,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Refusal]:
    """Why a slot cannot be booked now for `bouquets`: every reason, the weightiest first, as the
    code that create_booking_safe would raise and a sentence. No row: it can be booked.
    Raises ZB012: NULL, `bouquets` below 1.
    """
    return await afetch_all(
        conn,
        Refusal,
        """select * from bookingdb.why_unavailable(
          p_date => %(date)s,
          p_time => %(time)s,
          p_bouquets => %(bouquets)s::int,
          p_business_id => %(business_id)s
        )""",
        {"date": date, "time": time, "bouquets": bouquets, "business_id": business_id},
    )
