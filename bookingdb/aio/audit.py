"""What happened to a booking.

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
    AuditEntry,
    AuditFinding,
    AuditProof,
    AuditSeal,
    ReceiptFinding,
)

__all__ = [
    "audit_proof",
    "booking_history",
    "create_audit_partitions",
    "drop_audit_partition",
    "seal_audit",
    "verify_audit",
    "verify_receipts",
]


async def audit_proof(
    conn: AsyncConnection[Any],
    audit_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AuditProof]:
    """The proof that a row of the audit log is covered by a seal: its hash, its place among the
    rows of the seal, and the path from it to the root, as merkle_path() gives it. Also of a row
    whose month was dropped. Raises ZB012 when no seal covers such a row (yet): call
    seal_audit().
    """
    return await afetch_all(
        conn,
        AuditProof,
        """select * from bookingdb.audit_proof(
          p_audit_id => %(audit_id)s,
          p_business_id => %(business_id)s
        )""",
        {"audit_id": audit_id, "business_id": business_id},
    )


async def booking_history(
    conn: AsyncConnection[Any],
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AuditEntry]:
    """All that happened to a booking, oldest first: before, after, who, from where and why.
    Also of a booking that was deleted. Raises ZB006 when there never was one.
    """
    return await afetch_all(
        conn,
        AuditEntry,
        """select * from bookingdb.booking_history(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


async def create_audit_partitions(
    conn: AsyncConnection[Any],
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
    lock_not_available (55P03) when somebody reads the log for long, as a backup does: try again.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.create_audit_partitions(
          p_months_ahead => %(months_ahead)s::int
        ) as x""",
        {"months_ahead": months_ahead},
    )


async def drop_audit_partition(
    conn: AsyncConnection[Any],
    month: dt.date,
) -> int:
    """Drops the audit log's partition of a month that is over (UTC; any day of it names it), unless
    something of it has still to be sent, sealed or exported. The oldest month goes first. It is
    the only way: the view of the partitions refuses DROP TABLE.
    Locks: who makes or drops partitions, the relay's cursor and the partition; at the end the
    log exclusively, for a moment. Bookings queue up behind that, so it waits for others no
    longer than a second.
    Returns how many rows went. Raises ZB018 when rows are not relayed, not delivered, in no
    seal, or not exported as they are, and while an earlier month is there; ZB012 for a month
    that has no partition or is not over; lock_not_available (55P03) when somebody has used the
    log in a transaction that is still open: try again.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.drop_audit_partition(
          p_month => %(month)s
        ) as x""",
        {"month": month},
    )


async def seal_audit(
    conn: AsyncConnection[Any],
) -> list[AuditSeal]:
    """Seals what was committed to the audit log since the last time: a Merkle root over the rows of
    each business, chained to its seal before, kept here, and sent out as the event audit.sealed.
    So who receives the webhooks holds what nobody here can change any more. Run it hourly, or
    daily; 10,000 rows at most go into one seal. Locks: the cursor; a second call waits. Returns
    the new seals; none when there was nothing to seal.
    """
    return await afetch_all(conn, AuditSeal, "select * from bookingdb.seal_audit()", {})


async def verify_audit(
    conn: AsyncConnection[Any],
    *,
    from_: dt.datetime | None = None,
    to: dt.datetime | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[AuditFinding]:
    """Recomputes the hashes of the audit log and compares it with bookings, counters and seals.
    Names each row that is damaged, and how: changed, removed, inserted, reordered, cut_off. Of
    the bookings that changed from `from` to before `to` (NULL: any time) all rows are looked at.
    Seals show what was rewritten together with all hashes after it; that the seals were
    rewritten, too, only those can show who received them: verify_receipts(). Returns the
    findings; no row means sound. Raises ZB012 for a `from` after `to`.
    """
    return await afetch_all(
        conn,
        AuditFinding,
        """select * from bookingdb.verify_audit(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def verify_receipts(
    conn: AsyncConnection[Any],
    receipts: Sequence[Mapping[str, Any]],
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[ReceiptFinding]:
    """Compares what a receiver of webhooks holds with what the database says now, so that even who
    can rewrite everything here is found out. `receipts`: the bodies of events, an array of at
    most 10,000; of those about bookings the row of the audit log must be there with its hash, of
    audit.sealed the seal. The rest is passed over, and so is what was sent before rows had a
    hash. Returns what differs, with its place in the array, from 1. Raises ZB012 for anything
    but an array of events of this business.
    """
    return await afetch_all(
        conn,
        ReceiptFinding,
        """select * from bookingdb.verify_receipts(
          p_receipts => %(receipts)s,
          p_business_id => %(business_id)s
        )""",
        {"receipts": jsonb(receipts), "business_id": business_id},
    )
