"""Putting right what went wrong: counters, leases, the relay.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from uuid import UUID

from bookingdb._call import fetch_all
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Actor,
    RelayGap,
    ReleasedLease,
    RepairedCounter,
    RequeuedDelivery,
)
from bookingdb.replicas import AnyConnection

__all__ = ["rebuild_relay", "release_stuck_leases", "repair_counters", "requeue_dead_letters"]


def rebuild_relay(
    conn: AnyConnection,
    *,
    settled_before: dt.datetime | None = None,
    dry_run: bool = False,
    actor: Actor | None = None,
) -> list[RelayGap]:
    """Lets the relay begin anew when its cursor is lost or wrong: from the next relay_events() on,
    what an endpoint should have and lacks is queued, as after a restore. Nothing is lost and
    nothing is queued that is there already, whatever became of it. Events of before the
    subscription are not looked at, nor those whose deliveries may have been purged: before
    `settled_before`; NULL: what the cursor says of it, or where that is lost the time before
    which nothing that was finished is left. The settings audit log of each business tells of it.
    `dry_run`: tells what it would do, locks and changes nothing.
    Locks: the cursor, up to the commit; bookings do not wait for it, the relay does.
    Returns for each endpoint how much it lacks, the first and last of it, and the time before
    which nothing is looked at; NULL: all is. Raises ZB012 for a `settled_before` that is less
    than a day ago, as nothing so young is ever purged; 42501 for a login that is bound to
    businesses.
    """
    return fetch_all(
        conn,
        RelayGap,
        """select * from bookingdb.rebuild_relay(
          p_settled_before => %(settled_before)s,
          p_dry_run => %(dry_run)s,
          p_actor => %(actor)s
        )""",
        {"settled_before": settled_before, "dry_run": dry_run, "actor": jsonb(actor)},
    )


def release_stuck_leases(
    conn: AnyConnection,
    *,
    older_than: dt.timedelta | None = None,
    dry_run: bool = False,
    actor: Actor | None = None,
) -> list[ReleasedLease]:
    """Takes deliveries back from dispatchers that are gone: those whose lease has run out, and with
    `older_than` also those that were claimed so long ago, whatever their lease says. They are
    due at once. The attempt counts and is noted as lost, as it may have been sent; if that
    dispatcher still says how it went, that is noted and changes nothing else. No delivery
    depends on it: once a dispatcher works and the endpoint is open, a lease that has run out is
    claimed anew by itself. Each one stands in the settings audit log.
    `dry_run`: tells what it would do, locks and changes nothing.
    Locks: a delivery and its endpoint against changes, one after the other; what somebody else
    has locked is passed over, as it is being recorded just now.
    Returns the deliveries as they were, those of all businesses that the login may see. Raises
    ZB012 for a `older_than` not from 1 second to 1 hour.
    """
    return fetch_all(
        conn,
        ReleasedLease,
        """select * from bookingdb.release_stuck_leases(
          p_older_than => %(older_than)s,
          p_dry_run => %(dry_run)s,
          p_actor => %(actor)s
        )""",
        {"older_than": older_than, "dry_run": dry_run, "actor": jsonb(actor)},
    )


def repair_counters(
    conn: AnyConnection,
    *,
    dry_run: bool = False,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[RepairedCounter]:
    """Sets the counters of slots right that are not what a recount of their bookings gives. A slot
    that holds more than it may is full afterwards, and is_overbooked says so: what is above its
    limit stands in the overhang, as when a limit is lowered. Places that turn out to be free go
    to those who wait. Each slot that was changed stands in the settings audit log.
    Before that it watches for overbooking, unless the login is bound to businesses, so that an
    alarm stands until the bookings fit, though the counters agree by then.
    `dry_run`: tells what it would do, locks and changes nothing.
    Locks: as watch_overbooking(); then the slots that differ, in the order of date and time, one
    recount under each lock.
    Returns each counter that was wrong. Raises ZB012 for an unknown business.
    """
    return fetch_all(
        conn,
        RepairedCounter,
        """select * from bookingdb.repair_counters(
          p_dry_run => %(dry_run)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"dry_run": dry_run, "actor": jsonb(actor), "business_id": business_id},
    )


def requeue_dead_letters(
    conn: AnyConnection,
    *,
    endpoint_id: UUID | None = None,
    from_: dt.datetime | None = None,
    to: dt.datetime | None = None,
    limit: int = 1000,
    dry_run: bool = False,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[RequeuedDelivery]:
    """Sends dead deliveries again, the oldest events first and at most `limit` at once, to one
    endpoint or all, of events of a time: `from` included, `to` not. It is replay_deliveries()
    for dead ones, in portions, with a dry run, and each stands in the settings audit log. Rate
    limits hold, paused endpoints get nothing until they are resumed; of a booking with later
    changes the receiver gets the older after the newer, as with every replay.
    `dry_run`: tells what it would do, locks and changes nothing.
    Locks: the endpoints, then the deliveries.
    Returns the deliveries as they were. Raises ZB012: `from` after `to`, `limit` not from 1 to
    100000, an unknown business; ZB016 when there is no such endpoint, but not in a dry run.
    """
    return fetch_all(
        conn,
        RequeuedDelivery,
        """select * from bookingdb.requeue_dead_letters(
          p_endpoint_id => %(endpoint_id)s,
          p_from => %(from)s,
          p_to => %(to)s,
          p_limit => %(limit)s::int,
          p_dry_run => %(dry_run)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "endpoint_id": endpoint_id,
            "from": from_,
            "to": to,
            "limit": limit,
            "dry_run": dry_run,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )
