"""What a dispatcher of webhooks does: relay, claim, record.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bookingdb._call import afetch_all, afetch_one, aread_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, ClaimedDelivery, RecordedAttempt, WebhookError
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "announce_sleep",
    "claim_deliveries",
    "idle_time",
    "record_attempt",
    "record_attempts",
    "relay_events",
    "release_deliveries",
]


async def announce_sleep(
    conn: AnyAsyncConnection,
    asleep: bool,
) -> None:
    """Says that the calling session, a dispatcher that listens to the channel bookingdb, sleeps
    from now on and wants to be woken, or that it is awake again. It holds until the session
    ends: not for transaction poolers. Look at idle_time() after this and before sleeping.
    """
    await afetch_one(
        conn,
        type(None),
        """select x from bookingdb.announce_sleep(
          p_asleep => %(asleep)s
        ) as x""",
        {"asleep": asleep},
    )


async def claim_deliveries(
    conn: AnyAsyncConnection,
    *,
    limit: int = 100,
    lease: dt.timedelta = dt.timedelta(seconds=60),
) -> list[ClaimedDelivery]:
    """Leases due deliveries to the caller, who is to send them outside of any transaction, and to
    say how it went with record_attempt() before `lease` is over; then they are due again, and
    that attempt is noted as lost. Endpoints take turns; rate limits are kept; paused and resting
    endpoints get nothing; changes of one booking go one after the other.
    Locks: the deliveries, and the rate limits of endpoints; what is locked is passed over.
    Returns all that sending needs; claim_id is the fencing token.
    Raises ZB012: `limit` not from 1 to 10000, `lease` not from 1 second to 1 hour.
    """
    return await afetch_all(
        conn,
        ClaimedDelivery,
        """select * from bookingdb.claim_deliveries(
          p_limit => %(limit)s::int,
          p_lease => %(lease)s
        )""",
        {"limit": limit, "lease": lease},
    )


async def idle_time(
    conn: AnyAsyncConnection,
    *,
    longest: dt.timedelta = dt.timedelta(seconds=60),
) -> dt.timedelta:
    """How long a dispatcher may sleep: until the next delivery is due, at most `longest`; 0 when
    there is something to relay or to claim now. Reads only. A login that is bound to businesses
    relays nothing, and is not told of it.
    Raises ZB012 for a `longest` that is negative.
    """
    return await aread_one(
        conn,
        dt.timedelta,
        """select x from bookingdb.idle_time(
          p_longest => %(longest)s
        ) as x""",
        {"longest": longest},
    )


async def record_attempt(
    conn: AnyAsyncConnection,
    webhook_id: UUID,
    claim_id: UUID,
    attempt_number: int,
    started_at: dt.datetime,
    duration: dt.timedelta,
    *,
    status: int | None = None,
    error: WebhookError | None = None,
    answer: str | None = None,
    retry_after: dt.timedelta | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> bool:
    """Says how an attempt to deliver went; what follows from that is decided here. Success is a
    status from 200 to 299 and no `error`. `claim_id` and `attempt_number` are what
    claim_deliveries() gave; when another has claimed the delivery meanwhile, or it is done, the
    attempt is noted and changes nothing else.
    `duration`: from the first byte to the last. `answer`: the first kilobyte of the answer, or
    why there is none. `retry_after`: what the receiver asked for; at most a day counts.
    Locks: the endpoint against changes, the delivery, the endpoint's health.
    Returns true when the attempt counted. Raises ZB012 for a status and an error that do not
    belong together, or values out of range; ZB017 when there is no such delivery.
    """
    return await afetch_one(
        conn,
        bool,
        """select x from bookingdb.record_attempt(
          p_webhook_id => %(webhook_id)s,
          p_claim_id => %(claim_id)s,
          p_attempt_number => %(attempt_number)s::int,
          p_started_at => %(started_at)s,
          p_duration => %(duration)s,
          p_status => %(status)s::int,
          p_error => %(error)s,
          p_answer => %(answer)s,
          p_retry_after => %(retry_after)s,
          p_business_id => %(business_id)s
        ) as x""",
        {
            "webhook_id": webhook_id,
            "claim_id": claim_id,
            "attempt_number": attempt_number,
            "started_at": started_at,
            "duration": duration,
            "status": status,
            "error": error,
            "answer": answer,
            "retry_after": retry_after,
            "business_id": business_id,
        },
    )


async def record_attempts(
    conn: AnyAsyncConnection,
    attempts: Sequence[Mapping[str, Any]],
) -> list[RecordedAttempt]:
    """record_attempt() for many at once. `attempts`: a JSON array of objects with its arguments,
    without p_; durations in seconds.
    Locks: the deliveries, but those that somebody else has locked: they are passed over, and to
    be said again.
    Returns for each that was not passed over whether it counted, and how the delivery stands
    now.
    Raises what record_attempt() raises, and then none is recorded; ZB012 for what is no
    array of objects.
    """
    return await afetch_all(
        conn,
        RecordedAttempt,
        """select * from bookingdb.record_attempts(
          p_attempts => %(attempts)s
        )""",
        {"attempts": jsonb(attempts)},
    )


async def relay_events(
    conn: AnyAsyncConnection,
    *,
    limit: int = 1000,
) -> int:
    """Queues what was committed to the audit log since the last time for the endpoints that
    subscribe to it. `limit`: about how many changes at once; those of one transaction are never
    divided. Nothing of a pass is sent before the pass is complete, so that no version of a
    booking overtakes another. Call it until it returns 0.
    A change is new when the last snapshot did not see its transaction and this one does. On
    another server, as after a restore, transaction ids mean nothing: there what lacks a delivery
    is new.
    Locks: the cursor; a second relay waits.
    Returns how many changes it took. Raises ZB012 for a `limit` that is not from 1 to 100000;
    42501 for a login that is bound to businesses: it relays those of all.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.relay_events(
          p_limit => %(limit)s::int
        ) as x""",
        {"limit": limit},
    )


async def release_deliveries(
    conn: AnyAsyncConnection,
    webhook_ids: list[UUID],
    claim_id: UUID,
) -> int:
    """Gives back deliveries that were claimed and not sent: they are due at once, and it was no
    attempt. Those that another has claimed meanwhile are left alone.
    Locks: the endpoints against changes, then the deliveries.
    Returns how many were given back.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.release_deliveries(
          p_webhook_ids => %(webhook_ids)s,
          p_claim_id => %(claim_id)s
        ) as x""",
        {"webhook_ids": webhook_ids, "claim_id": claim_id},
    )
