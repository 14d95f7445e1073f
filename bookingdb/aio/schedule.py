"""Opening hours, exceptions, closures.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import afetch_all, afetch_one, aread_all
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, OpeningHours, ScheduleException
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "add_closures",
    "clear_schedule_exception",
    "schedule_as_of",
    "set_opening_hours",
    "set_schedule_exception",
]


async def add_closures(
    conn: AnyAsyncConnection,
    closures: Sequence[Mapping[str, Any]],
    *,
    replace: bool = False,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[ScheduleException]:
    """Closes ranges of dates: holidays, vacations. A date that departs from the schedule already,
    being closed or with hours of its own, stays as it is unless `replace`; dates that have
    passed do too. Slots follow with refresh_future_schedule(). `closures`: array of objects with
    from, to (a date; from when it is missing) and reason; where they overlap the first counts.
    Locks: the schedule of the business.
    Raises ZB012: unknown or missing key, bad date, a range of more than 3660 days.
    Returns the new exceptions.
    """
    return await afetch_all(
        conn,
        ScheduleException,
        """select * from bookingdb.add_closures(
          p_closures => %(closures)s,
          p_replace => %(replace)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "closures": jsonb(closures),
            "replace": replace,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def clear_schedule_exception(
    conn: AnyAsyncConnection,
    date: dt.date,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> bool:
    """Lets the weekly schedule hold on a date again. Slots follow with refresh_future_schedule().
    Returns whether there was an exception. Raises ZB012 for NULL, a date that has passed and an
    unknown business.
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


async def schedule_as_of(
    conn: AnyAsyncConnection,
    date: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[OpeningHours]:
    """The weekly schedule as it is, was or will be in force on a date. Dates that depart from it
    are in schedule_exceptions. Raises ZB012 for NULL and an unknown business.
    Returns the rules by weekday and time.
    """
    return await aread_all(
        conn,
        OpeningHours,
        """select * from bookingdb.schedule_as_of(
          p_date => %(date)s,
          p_business_id => %(business_id)s
        )""",
        {"date": date, "business_id": business_id},
    )


async def set_opening_hours(
    conn: AnyAsyncConnection,
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
    conn: AnyAsyncConnection,
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
