"""What happened to a booking.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import fetch_all, fetch_one, read_all, read_one
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    AuditFinding,
    AuditProof,
    AuditSeal,
    Booking,
    HistoryEntry,
    PastAvailability,
    ReceiptFinding,
)
from bookingdb.replicas import AnyConnection

__all__ = [
    "audit_proof",
    "availability_as_of",
    "booking_as_of",
    "booking_history",
    "create_audit_partitions",
    "dispute_file",
    "drop_audit_partition",
    "seal_audit",
    "verify_audit",
    "verify_receipts",
]


def audit_proof(
    conn: AnyConnection,
    audit_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> AuditProof:
    """The proof that a row of the audit log is covered by a seal: its hash, its place among the
    rows of the seal, and the path from it to the root, as merkle_path() gives it. Also of a row
    whose month was dropped. Raises ZB012 when no seal covers such a row (yet): call
    seal_audit().
    """
    return read_one(
        conn,
        AuditProof,
        """select * from bookingdb.audit_proof(
          p_audit_id => %(audit_id)s,
          p_business_id => %(business_id)s
        )""",
        {"audit_id": audit_id, "business_id": business_id},
    )


def availability_as_of(
    conn: AnyConnection,
    date: dt.date,
    time: dt.time,
    at: dt.datetime,
    *,
    bouquets: int = 1,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> PastAvailability:
    """Whether `bouquets` could be booked in a slot at `at`, worked out from the logs: the slot and
    its limits as they were then, what was taken, what was left as available_slots() would have
    said, whether the slot was open for booking by the business's settings of then, and what
    why_unavailable() would have said. Staff waives lead time and horizon; a limit per customer
    is not looked at.
    The logs have the instants at which changes were made. Others saw them when their
    transactions committed, as a rule milliseconds later: for an instant in between, this counts
    a booking that was being made, as the one who was refused then found it.
    It reads the business's logs from `at` on.
    Raises ZB012: NULL, what is no date, `bouquets` below 1, an unknown business; an instant that
    is to come, before the business, or before what was dropped of the log.
    Returns one row; was_there false: no such slot then, and the figures are NULL. booked_count
    is without holds that had run out. codes and reasons, the weightiest first, are empty when
    it could be booked.
    """
    return read_one(
        conn,
        PastAvailability,
        """select * from bookingdb.availability_as_of(
          p_date => %(date)s,
          p_time => %(time)s,
          p_at => %(at)s,
          p_bouquets => %(bouquets)s::int,
          p_business_id => %(business_id)s
        )""",
        {"date": date, "time": time, "at": at, "bouquets": bouquets, "business_id": business_id},
    )


def booking_as_of(
    conn: AnyConnection,
    booking_id: UUID,
    at: dt.datetime,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Booking:
    """A booking as it was at `at`, by the audit log; also one that was deleted since. Columns that
    are newer than the change are NULL.
    The log has the instant at which a change was made. Others saw it when its transaction
    committed, as a rule milliseconds later: for an instant in between, this says what was about
    to be seen.
    Raises ZB006 when it was not there then; ZB012 for NULL, for an instant that is to come, or
    before what was dropped of the log.
    Returns the booking.
    """
    return read_one(
        conn,
        Booking,
        """select * from bookingdb.booking_as_of(
          p_booking_id => %(booking_id)s,
          p_at => %(at)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "at": at, "business_id": business_id},
    )


def booking_history(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[HistoryEntry]:
    """All that happened to a booking, oldest first: before, after, who, from where and why; and
    what changed, in words, such as "time: 09:00 -> 10:30". erasure_id: what was personal was
    erased since. Also of a booking that was deleted.
    Raises ZB006 when there never was one.
    """
    return read_all(
        conn,
        HistoryEntry,
        """select * from bookingdb.booking_history(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


def create_audit_partitions(
    conn: AnyConnection,
    *,
    months_ahead: int = 12,
) -> int:
    """Makes the monthly partitions of the audit log from this month (UTC) to ``months_ahead``
    months after it, where they are missing. maintain() and `bookingdb refresh` run it.
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


def dispute_file(
    conn: AnyConnection,
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> dict[str, Any]:
    """All there is to know in a dispute about a booking, in one document:
      made_at, business, booking (as it is now; NULL when it was deleted), deleted
      timeline  every change, oldest first: id, booking_version, action_type, at (UTC) and
                at_local (by the business's clock), performed_by, performed_by_id, ip_address,
                user_agent, reason, waived, changes (field, old, new, in words), old_values,
                new_values, erasure_id, deliveries
      proof     how anybody can check it; see dispute_proof
    Deliveries are those of delivery_trail: endpoint, url, webhook_id, state, when, and each
    attempt with what the receiver answered.
    Raises ZB006 when there never was such a booking, ZB012 for an unknown business.
    """
    return read_one(
        conn,
        dict[str, Any],
        """select x from bookingdb.dispute_file(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"booking_id": booking_id, "business_id": business_id},
    )


def drop_audit_partition(
    conn: AnyConnection,
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
    that has no partition or is not over; 42501 for a login that is bound to businesses;
    lock_not_available (55P03) when somebody has used the log in a transaction that is still
    open: try again.
    """
    return fetch_one(
        conn,
        int,
        """select x from bookingdb.drop_audit_partition(
          p_month => %(month)s
        ) as x""",
        {"month": month},
    )


def seal_audit(
    conn: AnyConnection,
) -> list[AuditSeal]:
    """Seals what was committed to the audit log since the last time: a Merkle root over the rows of
    each business, chained to its seal before, kept here, and sent out as the event audit.sealed.
    So who receives the webhooks holds what nobody here can change any more. maintain() runs it;
    10,000 rows at most go into one seal. Locks: the cursor; a second call waits. Returns
    the new seals; none when there was nothing to seal.
    """
    return fetch_all(conn, AuditSeal, "select * from bookingdb.seal_audit()", {})


def verify_audit(
    conn: AnyConnection,
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
    return read_all(
        conn,
        AuditFinding,
        """select * from bookingdb.verify_audit(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


def verify_receipts(
    conn: AnyConnection,
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
    return read_all(
        conn,
        ReceiptFinding,
        """select * from bookingdb.verify_receipts(
          p_receipts => %(receipts)s,
          p_business_id => %(business_id)s
        )""",
        {"receipts": jsonb(receipts), "business_id": business_id},
    )
