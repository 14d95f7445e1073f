"""What happened to a booking.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from psycopg import Connection

from bookingdb._call import fetch_all, fetch_one
from bookingdb.models import DEFAULT_BUSINESS_ID, AuditEntry

__all__ = ["booking_history", "create_audit_partitions", "drop_audit_partition"]


def booking_history(
    conn: Connection[Any],
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AuditEntry]:
    """All that happened to a booking, oldest first: before, after, who, from where and why.
    Also of a booking that was deleted. Raises ZB006 when there never was one.
    """
    return fetch_all(
        conn,
        AuditEntry,
        """select * from bookingdb.booking_history(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


def create_audit_partitions(
    conn: Connection[Any],
    *,
    months_ahead: int = 12,
) -> int:
    """Makes the monthly partitions of the audit log from this month (UTC) to ``months_ahead``
    months after it, where they are missing. Run it monthly; `bookingdb refresh` does.
    Locks: each partition is made beside the log and then attached, which does not block writers;
    but it waits for transactions that read the log, 5 seconds at most, and holds up others that
    want to, such as the relay, until the commit. Rows of that month in the default partition
    make it fail (23514), and check_integrity() names them.
    Returns how many it made. Raises ZB012 for a number of months that is not from 0 to 120;
    42501 for a login that is bound to businesses;
    lock_not_available (55P03) when somebody reads the log for long, as a backup does: try again.
    """
    return fetch_one(
        conn,
        int,
        """select x from bookingdb.create_audit_partitions(
          p_months_ahead => %(months_ahead)s::int
        ) as x""",
        {"months_ahead": months_ahead},
    )


def drop_audit_partition(
    conn: Connection[Any],
    month: dt.date,
) -> int:
    """Drops the audit log's partition of a month that is over (UTC; any day of it names it), unless
    something of it has still to be sent. It is the only way: the view of the
    partitions refuses DROP TABLE.
    Locks: the relay's cursor and the partition; at the end the log exclusively, for a moment.
    Bookings queue up behind that, so it waits for others no longer than a second.
    Returns how many rows went. Raises ZB018 when rows are not relayed, or not delivered; ZB012
    for a month that has no partition or is not over; 42501 for a login that is bound to
    businesses; lock_not_available (55P03) when somebody
    has used the log in a transaction that is still open: try again.
    """
    return fetch_one(
        conn,
        int,
        """select x from bookingdb.drop_audit_partition(
          p_month => %(month)s
        ) as x""",
        {"month": month},
    )
