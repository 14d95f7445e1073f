"""What looks odd in the audit log: a reason to look, no proof."""

from typing import Annotated

import typer
from rich.text import Text

from bookingdb import DEFAULT_BUSINESS_ID, audit_patterns
from bookingdb.cli.moments import Moment, To
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import emit, grid
from bookingdb.cli.security import STYLES
from bookingdb.cli.session import shop_of

__all__ = ["audit_patterns_"]


def audit_patterns_(
    *,
    start: Annotated[
        Moment,
        typer.Option(
            "--from",
            metavar="TIME",
            parser=Moment.parse,
            help="Changes from then on: 2026-12-01, '2026-12-01 14:30' or 7d (ago).",
        ),
    ],
    end: To = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List who cancels much, books in bursts, never comes, holds places for nothing.

    And staff who works at night, waives policies or turns payments. Thresholds are
    those of the function audit_patterns(), which takes others.

    For example:
      bookingdb audit-patterns --from 7d
    """
    with shop_of(dsn, business_id) as shop:
        found = audit_patterns(
            shop.conn,
            start.at(shop.business.time_zone),
            to=end.at(shop.business.time_zone) if end else None,
            business_id=shop.id,
        )
    rows = [
        (Text(f.severity, style=STYLES[f.severity]), f.pattern, f.subject, f.count, f.first_at,
         f.last_at, f.detail)
        for f in found
    ]  # fmt: skip
    columns = ("severity", "pattern", "who", "count", "first", "last", "detail")
    table = grid(*columns, rows=rows, numbers=["count"]) if rows else None
    emit(found, table, as_json=as_json, note=None if found else "Nothing looks odd.")
