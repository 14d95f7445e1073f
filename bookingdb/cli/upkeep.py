"""What is to be done regularly: refresh the slots, expire holds, check that all is sound."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
import typer
from rich.table import Table

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    RefreshCounts,
    check_integrity,
    create_audit_partitions,
    expire_holds,
    is_unbound,
    refresh_future_schedule,
)
from bookingdb.cli.every import Every, businesses_of, for_each
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import connect, operator

__all__ = ["check", "counts_table", "expire", "refresh"]

COUNTS = RefreshCounts.__match_args__
BATCH = 1000


def refresh(
    *,
    every: Every = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Make the slots follow the schedule up to the horizon.

    Each business is a transaction of its own: one that fails leaves the others
    refreshed. The audit log gets its partitions of the next months, too. `bookingdb
    worker` does it by itself.

    For example:
      bookingdb refresh --all
    """
    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        businesses = businesses_of(conn, None if every else business_id)
        done = for_each(businesses, conn, _refresh, as_json=as_json)
        # Last, since it waits for whoever reads the log at length, such as a dump.
        conn.execute("set lock_timeout = '10s'")
        # A login that is bound to businesses leaves what concerns all of them to others.
        partitions = create_audit_partitions(conn) if is_unbound(conn) else 0
    emit(
        {
            "audit_partitions_created": partitions,
            "businesses": [
                {"business_id": one, "name": name, "counts": counts} for one, name, counts in done
            ],
        },
        counts_table((name, counts) for _, name, counts in done),
        as_json=as_json,
    )
    if len(done) < len(businesses):
        raise typer.Exit(1)


def expire(
    *,
    every: Every = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Expire the holds that have run out, and offer their places.

    A hold that has run out blocks nobody: this tells the log, and those who wait,
    in time. `bookingdb worker` does it by itself.

    For example:
      bookingdb expire --all
    """
    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        businesses = businesses_of(conn, None if every else business_id)
        done = for_each(businesses, conn, _expire, as_json=as_json)
    emit(
        [{"business_id": one, "name": name, "expired": count} for one, name, count in done],
        grid("business", "expired", rows=[row[1:] for row in done], numbers=["expired"]),
        as_json=as_json,
    )
    if len(done) < len(businesses):
        raise typer.Exit(1)


def check(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Look for everything that must never be. The exit code is 1 when there is something.

    Counters that differ from a recount, gaps in the audit log, guards that are
    switched off. It reads the whole database: run it in the quiet.

    For example:
      bookingdb check
    """
    with connect(dsn) as conn:
        findings = check_integrity(conn)
    rows = [(f.check_name, f.object, f.detail) for f in findings]
    table = grid("check", "object", "detail", rows=rows) if findings else None
    note = None if findings else "Sound: there is nothing that must not be."
    emit(findings, table, as_json=as_json, note=note)
    if findings:
        raise typer.Exit(1)


def counts_table(refreshed: Iterable[tuple[str, RefreshCounts]]) -> Table:
    """What refreshes did, a business a row."""
    rows = [(name, *(getattr(counts, field) for field in COUNTS)) for name, counts in refreshed]
    titles = [field.replace("_", " ") for field in COUNTS]
    return grid("business", *titles, rows=rows, numbers=titles)


def _refresh(conn: psycopg.Connection[Any], business_id: UUID) -> RefreshCounts:
    return refresh_future_schedule(conn, business_id=business_id)


def _expire(conn: psycopg.Connection[Any], business_id: UUID) -> int:
    """All that have run out, in transactions that are short."""
    total = 0
    while count := expire_holds(conn, limit=BATCH, actor=operator(), business_id=business_id):
        total += count
        if count < BATCH:
            break
    return total
