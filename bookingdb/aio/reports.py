"""How full, how much, how soon: the figures of a report.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import aread_all, aread_one
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Activity,
    Deliveries,
    EndpointDeliveries,
    LeadTimes,
    Occupancy,
    RefusalCount,
    ReportSummary,
    WeekOccupancy,
)
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "report_activity",
    "report_deliveries",
    "report_endpoints",
    "report_lead_times",
    "report_occupancy",
    "report_refusals",
    "report_summary",
    "report_week",
]


async def report_activity(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Activity]:
    """What happened to bookings from `from` to `to`, by period (as in report_occupancy) and up to
    today: bookings and holds that were made, entries on the waiting list, moves, cancellations,
    holds that ran out, who waited in vain, no-shows, payments that failed. By the audit log:
    what was deleted since is counted too, what was dropped of the log is not. Reads the log's
    partitions of that time.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        Activity,
        """select * from bookingdb.report_activity(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_deliveries(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Deliveries]:
    """What became of the webhooks that were queued from `from` to `to`, by period (as in
    report_occupancy) up to today: delivered, pending, dead, discarded; and the lag of those that
    arrived, from the change to the receiver's answer: median, 95th percentile, longest. What was
    purged is not counted.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        Deliveries,
        """select * from bookingdb.report_deliveries(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_endpoints(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[EndpointDeliveries]:
    """What became of the webhooks that were queued from `from` to `to`, by endpoint: as in
    report_deliveries(), and when it was paused. Of its URL the host only, since the rest may be
    a secret. Removed endpoints are listed if something was queued for them.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        EndpointDeliveries,
        """select * from bookingdb.report_endpoints(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_lead_times(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[LeadTimes]:
    """How long before its slot a booking was made, of bookings in slots from `from` to `to`: their
    number by length of time, from lead_from to before lead_to (NULL: no bound), and how many of
    them were kept, cancelled, or not shown up for. Who waits and holds that ran out are left
    out. The slot is the one that a booking has now.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        LeadTimes,
        """select * from bookingdb.report_lead_times(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_occupancy(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[Occupancy]:
    """How full the slots from `from` to `to` are, by period (days, in reports of 100 days and more
    weeks, of two years and more months) and hour of the day: slots, those that are full, what is
    booked in them, and the average occupancy, from 0 to 1. A slot is as full as the limit says
    that it is nearer to; legacy ones and those shut by a limit of 0 are left out.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        Occupancy,
        """select * from bookingdb.report_occupancy(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_refusals(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[RefusalCount]:
    """What was refused or failed, as far as the database knows: a call that was refused was rolled
    back and has left no trace. kind says what is counted:
    "slot": slots from `from` to `to` that nobody can book now, each by its weightiest reason;
    from the logs of that time "booking": who had to wait, holds that ran out, payments that
    failed; "import": rows that were put into quarantine, by code; "webhook": attempts that
    receivers refused, by status or error; and "waived": policies that staff set aside.
    Returns each reason with its number and when it was last so, the most frequent of a kind
    first.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        RefusalCount,
        """select * from bookingdb.report_refusals(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_summary(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> ReportSummary:
    """A report from `from` to `to` in one row: of which business, when it was made; how full slots
    were that have begun, and those to come are; sums of report_activity() and
    report_deliveries(); how long before its slot a booking was made. log_since: months of the
    log before that date may have been dropped, deliveries_since: deliveries before that may have
    been purged; NULL: nothing of the time has gone.
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_one(
        conn,
        ReportSummary,
        """select * from bookingdb.report_summary(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def report_week(
    conn: AnyAsyncConnection,
    from_: dt.date,
    to: dt.date,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[WeekOccupancy]:
    """How full the slots from `from` to `to` that have begun were in the course of a week, by ISO
    weekday (Monday is 1) and hour of the day: slots, those that were full, and the average
    occupancy, from 0 to 1, as in report_occupancy().
    Raises ZB012: no such business, no range of dates, more than ten years.
    """
    return await aread_all(
        conn,
        WeekOccupancy,
        """select * from bookingdb.report_week(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )
