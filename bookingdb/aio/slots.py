"""What is free, and how the slots follow the schedule.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import afetch_one, aread_all
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Actor,
    AffectedPolicy,
    AvailableSlot,
    PlanCounts,
    PlannedChange,
    RefreshCounts,
    Refusal,
    TimeSlot,
)
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "adjust_slot",
    "apply_schedule_plan",
    "available_slots",
    "plan_schedule_refresh",
    "refresh_future_schedule",
    "why_unavailable",
]


async def adjust_slot(
    conn: AnyAsyncConnection,
    date: dt.date,
    time: dt.time,
    *,
    max_bookings: int | None = None,
    max_bouquets: int | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> TimeSlot:
    """Sets limits of one slot by hand; later refreshes of the schedule keep them. What is NULL
    stays; with both NULL the slot follows the schedule again. Lower limits than what is booked
    leave the bookings where they are; higher ones go to those who wait first.
    Locks: the schedule of the business, the slot.
    Raises ZB001, ZB012 for negative limits, and what is no date.
    Returns the slot.
    """
    return await afetch_one(
        conn,
        TimeSlot,
        """select * from bookingdb.adjust_slot(
          p_date => %(date)s,
          p_time => %(time)s,
          p_max_bookings => %(max_bookings)s::int,
          p_max_bouquets => %(max_bouquets)s::int,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "date": date,
            "time": time,
            "max_bookings": max_bookings,
            "max_bouquets": max_bouquets,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def apply_schedule_plan(
    conn: AnyAsyncConnection,
    plan_id: UUID,
    *,
    policy: AffectedPolicy = AffectedPolicy.KEEP,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> PlanCounts:
    """Does what plan_schedule_refresh() listed under `plan_id`, if it would still list just the
    same: same slots, limits and bookings; else nothing happens.
    `policy`, for the bookings that it affects:
      keep    they stay where they are
      refuse  nothing happens (ZB015)
      offer   they stay, and each, and whoever would wait in vain, is proposed the nearest slots
              that are free then, in proposed_slots; reschedule_booking() accepts one, even
              inside the cancellation window (who waits books one anew)
    Locks: the schedule of the business, the slots to be changed, the affected bookings.
    Raises ZB012 for an unknown business, ZB013 when the facts have overtaken the plan, ZB015.
    Returns one row of counts, as refresh_future_schedule(), and how many bookings were proposed
    another slot.
    """
    return await afetch_one(
        conn,
        PlanCounts,
        """select * from bookingdb.apply_schedule_plan(
          p_plan_id => %(plan_id)s,
          p_policy => %(policy)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"plan_id": plan_id, "policy": policy, "actor": jsonb(actor), "business_id": business_id},
    )


async def available_slots(
    conn: AnyAsyncConnection,
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
    Returns the slots by date and time with what is left in each. as_of: all that was committed
    by then is in the answer. On a standby it is an instant of the primary, NULL when it cannot
    tell; elsewhere when the statement began, or with REPEATABLE READ the transaction.
    """
    return await aread_all(
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


async def plan_schedule_refresh(
    conn: AnyAsyncConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[PlannedChange]:
    """What refresh_future_schedule would do, slot by slot, touching nothing. Of the slots that have
    not begun: in the schedule and missing: create; there with other limits: update; there and
    legacy: restore; not in it and referred to by any booking, cancelled ones too, or adjusted by
    staff: make_legacy;
    not in it and untouched: delete. What needs no action is not listed.

    affected_bookings: those with a place that the change leaves on a legacy slot, or above the
    new limits (the ones that came last), as effect says. plan_id is the same in all rows: it
    names this plan and the facts behind it, for apply_schedule_plan(). Nothing is stored.
    Raises ZB012 for an unknown business.
    Returns new limits, old limits (NULL for a new slot) and what is booked now.
    """
    return await aread_all(
        conn,
        PlannedChange,
        """select * from bookingdb.plan_schedule_refresh(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )


async def refresh_future_schedule(
    conn: AnyAsyncConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> RefreshCounts:
    """Makes the slots that have not begun follow the schedule (see plan_schedule_refresh), and
    never breaks a booking: a slot that any booking refers to is kept, at worst as a legacy slot.
    Safe beside bookings made at the same moment, and beside itself. A refresh that changes
    nothing writes nothing. Put set_opening_hours before it; maintain() runs it to keep the
    horizon.
    Locks: the schedule of the business, then the slots to be changed.
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


async def why_unavailable(
    conn: AnyAsyncConnection,
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
    return await aread_all(
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
