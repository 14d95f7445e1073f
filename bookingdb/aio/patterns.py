"""What looks odd in the audit log.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import aread_all
from bookingdb.models import DEFAULT_BUSINESS_ID, AuditPattern
from bookingdb.replicas import AnyAsyncConnection

__all__ = ["audit_patterns"]


async def audit_patterns(
    conn: AnyAsyncConnection,
    from_: dt.datetime,
    *,
    to: dt.datetime | None = None,
    cancellations: int = 5,
    staff_cancellations: int = 20,
    burst: int = 10,
    network_burst: int = 30,
    night_changes: int = 3,
    no_shows: int = 3,
    loops: int = 3,
    waivers: int = 5,
    payments: int = 5,
    late_cancellations: int = 3,
    email_changes: int = 1,
    names_used: int = 4,
    lost_holds: int = 5,
    within: dt.timedelta = dt.timedelta(days=1),
    long_within: dt.timedelta = dt.timedelta(days=30),
    burst_within: dt.timedelta = dt.timedelta(seconds=300),
    loop_within: dt.timedelta = dt.timedelta(seconds=3600),
    late: dt.timedelta = dt.timedelta(seconds=7200),
    email_late: dt.timedelta = dt.timedelta(days=1),
    night_from: dt.time = dt.time(23, 0, 0),
    night_to: dt.time = dt.time(5, 0, 0),
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AuditPattern]:
    """What a desk for fraud or support looks for in the log of bookings from `from` to before `to`
    (NULL: now): who cancels much, books in bursts, comes never, holds places for nothing; staff
    who works at night, waives policies, turns payments. docs/audit-patterns.md defines each.
    A subject is told of when so many of its events as the threshold says lie within `within`
    (`burst_within` for bursts; `long_within` for no-shows, night, waivers, payments, late
    cancellations and names). A row is a reason to look, no proof.
    Returns them, the gravest first, with all of the subject's events from `from` to before `to`:
    number, first, last and the first 20 bookings; critical from three times the threshold.
    Reads the log's partitions of that time. Raises ZB012: no such business, `from` after `to`,
    a threshold below 1, a negative length of time.
    """
    return await aread_all(
        conn,
        AuditPattern,
        """select * from bookingdb.audit_patterns(
          p_from => %(from)s,
          p_to => %(to)s,
          p_cancellations => %(cancellations)s::int,
          p_staff_cancellations => %(staff_cancellations)s::int,
          p_burst => %(burst)s::int,
          p_network_burst => %(network_burst)s::int,
          p_night_changes => %(night_changes)s::int,
          p_no_shows => %(no_shows)s::int,
          p_loops => %(loops)s::int,
          p_waivers => %(waivers)s::int,
          p_payments => %(payments)s::int,
          p_late_cancellations => %(late_cancellations)s::int,
          p_email_changes => %(email_changes)s::int,
          p_names_used => %(names_used)s::int,
          p_lost_holds => %(lost_holds)s::int,
          p_within => %(within)s,
          p_long_within => %(long_within)s,
          p_burst_within => %(burst_within)s,
          p_loop_within => %(loop_within)s,
          p_late => %(late)s,
          p_email_late => %(email_late)s,
          p_night_from => %(night_from)s,
          p_night_to => %(night_to)s,
          p_business_id => %(business_id)s
        )""",
        {
            "from": from_,
            "to": to,
            "cancellations": cancellations,
            "staff_cancellations": staff_cancellations,
            "burst": burst,
            "network_burst": network_burst,
            "night_changes": night_changes,
            "no_shows": no_shows,
            "loops": loops,
            "waivers": waivers,
            "payments": payments,
            "late_cancellations": late_cancellations,
            "email_changes": email_changes,
            "names_used": names_used,
            "lost_holds": lost_holds,
            "within": within,
            "long_within": long_within,
            "burst_within": burst_within,
            "loop_within": loop_within,
            "late": late,
            "email_late": email_late,
            "night_from": night_from,
            "night_to": night_to,
            "business_id": business_id,
        },
    )
