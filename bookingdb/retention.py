"""How long what is kept, and what has to happen before it goes.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import fetch_all, fetch_one, read_all
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Actor,
    AuditExport,
    RetentionKind,
    RetentionPolicy,
    RetentionStep,
)
from bookingdb.replicas import AnyConnection

__all__ = [
    "apply_retention",
    "differing_changes",
    "get_retention",
    "record_audit_export",
    "set_retention",
]


def apply_retention(
    conn: AnyConnection,
    *,
    dry_run: bool = True,
    limit: int = 1000,
    actor: Actor | None = None,
) -> list[RetentionStep]:
    """Removes what the policies of all businesses let go: personal data of bookings, attempts and
    deliveries of webhooks, whole months of the audit log. A month goes when every business with
    rows in it lets it go, and when it is relayed, delivered, sealed and exported.
    So that transactions stay short, a call removes one kind only, at most `limit` of it or one
    month: call it until no outcome is `gone`. Several at once do not get in each other's way.
    Returns what went; with `dry_run` all that would go, without a limit; and the month that has
    to stay although a business lets it go, with the reason.
    Locks: as erase_customer(), or the relay's cursor and then deliveries, passing over those
    that are locked; or as drop_audit_partition(). Raises ZB012: `limit` not from 1 to 100000;
    42501 for a login that is bound to businesses.
    """
    return fetch_all(
        conn,
        RetentionStep,
        """select * from bookingdb.apply_retention(
          p_dry_run => %(dry_run)s,
          p_limit => %(limit)s::int,
          p_actor => %(actor)s
        )""",
        {"dry_run": dry_run, "limit": limit, "actor": jsonb(actor)},
    )


def differing_changes(
    conn: AnyConnection,
    rows: Sequence[Mapping[str, Any]],
) -> list[int]:
    """Compares lines of an exported audit log with what is stored. `rows`: an array of at most
    10,000 of them. Returns the places in it, from 1, of those that are not, in every field but
    the transaction, a row of the log; none when all are. Raises ZB012 for anything but an array
    of rows.
    """
    return read_all(
        conn,
        int,
        """select x from bookingdb.differing_changes(
          p_rows => %(rows)s
        ) as x""",
        {"rows": jsonb(rows)},
    )


def get_retention(
    conn: AnyConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[RetentionPolicy]:
    """How long a business keeps what; what is not named is kept for ever. Raises ZB012 for an
    unknown business.
    """
    return read_all(
        conn,
        RetentionPolicy,
        """select * from bookingdb.get_retention(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )


def record_audit_export(
    conn: AnyConnection,
    month: dt.date,
    row_count: int,
    digest: bytes,
    file: str,
    *,
    actor: Actor | None = None,
) -> AuditExport:
    """Registers a file that a month of the audit log was exported to and that was read back: how
    many rows it has, and the SHA-256 over their hashes in its order. Only a month that was
    exported as it is can be dropped. Returns the entry. Raises ZB012 for a month that has no
    partition or is not over, for a count or a digest that is not that of the log, and for a name
    that is no text of at most 1000 characters.
    """
    return fetch_one(
        conn,
        AuditExport,
        """select * from bookingdb.record_audit_export(
          p_month => %(month)s,
          p_row_count => %(row_count)s,
          p_digest => %(digest)s,
          p_file => %(file)s,
          p_actor => %(actor)s
        )""",
        {
            "month": month,
            "row_count": row_count,
            "digest": digest,
            "file": file,
            "actor": jsonb(actor),
        },
    )


def set_retention(
    conn: AnyConnection,
    kind: RetentionKind,
    keep: dt.timedelta | None,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[RetentionPolicy]:
    """Says how long a business keeps personal data of bookings (from the end of their slot), the
    audit log (from the end of its month), deliveries, or their attempts alone (from when the
    delivery was finished). NULL: for ever. What is older goes with the next maintain().
    Returns the policies that hold now. Raises ZB012 for an unknown business, no `kind`, and a
    `keep` not from 1 day (of the audit log 30 days) to 100 years.
    """
    return fetch_all(
        conn,
        RetentionPolicy,
        """select * from bookingdb.set_retention(
          p_kind => %(kind)s,
          p_keep => %(keep)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"kind": kind, "keep": keep, "actor": jsonb(actor), "business_id": business_id},
    )
