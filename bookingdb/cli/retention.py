"""What need not be kept: old deliveries, months of the audit log."""

import datetime as dt
from typing import Annotated

import typer

from bookingdb import drop_audit_partition, purge_deliveries
from bookingdb.cli.moments import parse_month
from bookingdb.cli.options import AsJson, Dsn, parse_duration
from bookingdb.cli.output import emit
from bookingdb.cli.session import connect
from bookingdb.cli.settings import given

__all__ = ["drop_audit", "purge_deliveries_"]


def purge_deliveries_(
    *,
    older_than: Annotated[
        dt.timedelta | None,
        typer.Option(
            metavar="90d", parser=parse_duration, help="Those that were done so long ago."
        ),
    ] = None,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Delete old deliveries of all businesses, with content and attempts.

    Those that are pending stay, whatever their age. To keep it so, set a policy:
    `bookingdb retention set`.

    For example:
      bookingdb purge-deliveries --older-than 90d
    """
    total = 0
    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        while count := purge_deliveries(conn, **given(older_than=older_than)):
            total += count
    emit({"purged": total}, as_json=as_json, note=f"Deliveries purged: {total}.")


def drop_audit(
    *,
    month: Annotated[
        dt.date,
        typer.Argument(metavar="MONTH", parser=parse_month, help="A month that is over, 2026-12."),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Drop a month of the audit log, for all businesses, unless some of it is not sent.

    For example:
      bookingdb drop-audit 2025-01 --yes
    """
    if not yes:
        what = f"Drop all that the audit log says of {month:%Y-%m}, for all businesses?"
        typer.confirm(what, abort=True, err=True)
    with connect(dsn) as conn:
        count = drop_audit_partition(conn, month)
    emit({"dropped": count}, as_json=as_json, note=f"Entries dropped: {count}.")
