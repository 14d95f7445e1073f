"""Personal data: handed out, and erased.

Made from the catalog by tools/generate.py.
"""

from typing import Any
from uuid import UUID

from bookingdb._call import afetch_one, aread_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, Erasure, OpenBookings
from bookingdb.replicas import AnyAsyncConnection

__all__ = ["erase_customer", "export_customer", "is_erasure_of"]


async def erase_customer(
    conn: AnyAsyncConnection,
    email: str,
    reason: str,
    *,
    open_bookings: OpenBookings = OpenBookings.REFUSE,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> Erasure:
    """Takes the personal data of the customer with this e-mail, whatever its case, out of bookings
    (a booking that changed hands: out of what was about him), the audit log, whose hashes still
    hold, webhook payloads and answers, the waiting list and the quarantine. What stays is that
    there were bookings, and a tombstone. Rows that others keep stay, as docs/erasure.md says.
    `reason` is kept, and must not contain the e-mail. `open_bookings`: whether open bookings
    refuse it, are kept without a name, or are cancelled; who waits is taken off the list.
    Locks: the quarantined rows, the slots, the bookings, the endpoints, the relay, deliveries.
    Returns the tombstone; receipt, which is kept nowhere: is_erasure_of() can show by it whose
    data they were; kept_mentions: in how many rows the e-mail still stands, such as in a
    reason. When there is nothing to erase, nothing is written: NULLs, and counts of 0.
    Raises ZB007 when a booking was moved or deleted meanwhile, ZB012, ZB019 open bookings.
    """
    return await afetch_one(
        conn,
        Erasure,
        """select * from bookingdb.erase_customer(
          p_email => %(email)s,
          p_reason => %(reason)s,
          p_open_bookings => %(open_bookings)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "email": email,
            "reason": reason,
            "open_bookings": open_bookings,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def export_customer(
    conn: AnyAsyncConnection,
    email: str,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> dict[str, Any]:
    """All that is kept of the customer with this e-mail, whatever its case: all that
    erase_customer() would take, and where else the e-mail stands (mentions). Of a booking that
    changed hands what is about him.
    Returns an object: customer_email, exported_at, business, bookings (with the waiting list),
    changes (the audit log), deliveries (with payload and attempts), quarantine,
    quarantine_changes (the log of settings), mentions. Raises ZB012.
    """
    return await aread_one(
        conn,
        dict[str, Any],
        """select x from bookingdb.export_customer(
          p_email => %(email)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"email": email, "business_id": business_id},
    )


async def is_erasure_of(
    conn: AnyAsyncConnection,
    erasure_id: UUID,
    receipt: UUID,
    email: str,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> bool:
    """Whether a tombstone is of the customer with this e-mail, shown by the receipt that
    erase_customer() gave out: SHA-256 of its 16 bytes and the e-mail in lower case is the
    tombstone's subject_digest. False when there is no such tombstone, and for NULL.
    """
    return await aread_one(
        conn,
        bool,
        """select x from bookingdb.is_erasure_of(
          p_erasure_id => %(erasure_id)s,
          p_receipt => %(receipt)s,
          p_email => %(email)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"erasure_id": erasure_id, "receipt": receipt, "email": email, "business_id": business_id},
    )
