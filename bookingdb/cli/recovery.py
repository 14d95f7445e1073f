"""Put right what went wrong, or say what that would do: --dry-run changes nothing."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import psycopg
import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    RepairedCounter,
    RequeuedDelivery,
    rebuild_relay,
    release_stuck_leases,
    repair_counters,
    requeue_dead_letters,
)
from bookingdb.cli.deliveries import Endpoint
from bookingdb.cli.every import Every, businesses_of, for_each
from bookingdb.cli.moments import From, Moment, To
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason, parse_duration
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import connect, find_business, operator

__all__ = ["rebuild_relay_", "release_leases", "repair_counters_", "requeue"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, change nothing.")]


def repair_counters_(
    *,
    every: Every = False,
    dry_run: DryRun = False,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Set the counters of slots right, where a recount of the bookings says otherwise.

    A slot that holds more than it may is full afterwards, and is named: its
    customers have still to be told.

    For example:
      bookingdb repair-counters --all --dry-run
    """

    def work(conn: psycopg.Connection[Any], one: UUID) -> list[RepairedCounter]:
        return repair_counters(conn, dry_run=dry_run, actor=operator(reason), business_id=one)

    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        businesses = businesses_of(conn, None if every else business_id)
        done = for_each(businesses, conn, work, as_json=as_json)
    rows = [
        (name, c.date, c.time, c.counter, c.old_value, c.new_value, c.is_overbooked or None)
        for _, name, counters in done
        for c in counters
    ]
    columns = ("business", "date", "time", "counter", "was", "is", "overbooked")
    what = "Would be set right" if dry_run else "Set right"
    emit(
        [{"business_id": one, "name": name, "counters": counters} for one, name, counters in done],
        grid(*columns, rows=rows, numbers=("was", "is")) if rows else None,
        as_json=as_json,
        note=f"{what}: {len(rows)} counters.",
    )
    if len(done) < len(businesses):
        raise typer.Exit(1)


def release_leases(
    *,
    older_than: Annotated[
        dt.timedelta | None,
        typer.Option(
            metavar="10min",
            parser=parse_duration,
            help="Also leases that still run, if they were taken so long ago.",
        ),
    ] = None,
    dry_run: DryRun = False,
    reason: Reason = None,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Take deliveries back from dispatchers that are gone, for all businesses.

    What such a dispatcher says late is noted and changes nothing else.

    For example:
      bookingdb release-leases --dry-run
    """
    with connect(dsn) as conn:
        leases = release_stuck_leases(
            conn, older_than=older_than, dry_run=dry_run, actor=operator(reason)
        )
    rows = [
        (one.webhook_id, one.event_type, one.booking_id, one.claimed_at, one.leased_until, one.url)
        for one in leases
    ]
    columns = ("webhook", "event", "booking", "claimed", "leased until", "url")
    what = "Would be released" if dry_run else "Released"
    table = grid(*columns, rows=rows) if rows else None
    emit(leases, table, as_json=as_json, note=f"{what}: {len(leases)}.")


def rebuild_relay_(
    *,
    settled_before: Annotated[
        Moment | None,
        typer.Option(
            metavar="TIME",
            parser=Moment.parse,
            help="Nothing older is looked at, in UTC: 2026-12-01 or 90d (ago).",
        ),
    ] = None,
    dry_run: DryRun = False,
    reason: Reason = None,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Let the relay begin anew when its cursor is lost or wrong, for all businesses.

    The dispatcher then queues what an endpoint should have and lacks, and nothing
    that it has. What may have been purged is not looked at.

    For example:
      bookingdb rebuild-relay --dry-run
    """
    with connect(dsn) as conn:
        gaps = rebuild_relay(
            conn,
            settled_before=settled_before.at("UTC") if settled_before else None,
            dry_run=dry_run,
            actor=operator(reason),
        )
    rows = [
        (gap.url, gap.missing_count, gap.first_event_at, gap.last_event_at, gap.settled_before)
        for gap in gaps
    ]
    columns = ("url", "lacks", "first", "last", "nothing before")
    what = "Would be queued" if dry_run else "The dispatcher will queue"
    emit(
        gaps,
        grid(*columns, rows=rows, numbers=("lacks",)) if rows else None,
        as_json=as_json,
        note=f"{what}: {sum(gap.missing_count for gap in gaps)}.",
    )


def requeue(
    *,
    endpoint_id: Endpoint = None,
    start: From = None,
    end: To = None,
    limit: Annotated[int, typer.Option(metavar="N", help="The oldest N of a business.")] = 1000,
    every: Every = False,
    dry_run: DryRun = False,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Send again what is dead, the oldest first, with the same content and webhook-id.

    For example:
      bookingdb requeue --all --limit 100 --dry-run
    """

    def work(conn: psycopg.Connection[Any], one: UUID) -> list[RequeuedDelivery]:
        time_zone = find_business(conn, one).time_zone
        return requeue_dead_letters(
            conn,
            endpoint_id=endpoint_id,
            from_=start.at(time_zone) if start else None,
            to=end.at(time_zone) if end else None,
            limit=limit,
            dry_run=dry_run,
            actor=operator(reason),
            business_id=one,
        )

    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        businesses = businesses_of(conn, None if every else business_id)
        done = for_each(businesses, conn, work, as_json=as_json)
    letters = [letter for _, _, some in done for letter in some]
    rows = [
        (one.webhook_id, one.event_type, one.event_at, one.booking_id, one.booking_version,
         one.attempt_count, one.died_at, one.url)
        for one in letters
    ]  # fmt: skip
    columns = ("webhook", "event", "when", "booking", "version", "attempts", "dead since", "url")
    what = "Would be sent again" if dry_run else "To be sent again"
    emit(
        letters,
        grid(*columns, rows=rows, numbers=("version", "attempts")) if rows else None,
        as_json=as_json,
        note=f"{what}: {len(letters)}.",
    )
    if len(done) < len(businesses):
        raise typer.Exit(1)
