"""Bookings as a file that calendar programs read."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from bookingdb import DEFAULT_BUSINESS_ID, calendar_event, calendar_events
from bookingdb._calendar import calendar_text
from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import AsJson, BusinessId, Day, Dsn
from bookingdb.cli.output import emit
from bookingdb.cli.session import shop_of

__all__ = ["calendar"]


def calendar(
    *,
    booking_id: Annotated[
        UUID | None, typer.Argument(metavar="[BOOKING]", help="Only this one.")
    ] = None,
    first: Annotated[
        Day | None,
        typer.Option("--from", metavar="DATE", parser=Day.parse, help="2026-12-01, today or +7."),
    ] = None,
    last: Annotated[
        Day | None, typer.Option("--to", metavar="DATE", parser=Day.parse, help="The last date.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE.ics", help="Else stdout.")] = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Write bookings as a calendar (iCalendar, RFC 5545); with --json as plain events.

    Each booking is an event that keeps its UID, so that a calendar program
    replaces what it knows. Who only waits has no event.

    For example:
      bookingdb calendar --from today --to +7
    """
    with shop_of(dsn, business_id) as shop:
        if booking_id is None:
            begin, end = (day.on(shop.today) if day else None for day in (first, last))
            events = calendar_events(shop.conn, from_=begin, to=end, business_id=shop.id)
        else:
            events = calendar_event(shop.conn, booking_id, business_id=shop.id)
        name = shop.business.name
    if output or not as_json:
        try:
            feed = calendar_text(name, events).encode()
        except ImportError as error:
            raise CommandError("ImportError", str(error)) from None
    if output:
        try:
            output.write_bytes(feed)
        except OSError as error:
            raise CommandError("OSError", f"Cannot write {output}", detail=str(error)) from None
    elif not as_json:
        typer.echo(feed, nl=False)  # bytes: UTF-8 and its ends of lines whatever the terminal's
    note = f"{output} has {len(events)} event{'' if len(events) == 1 else 's'}."
    emit(events, as_json=as_json, note=note if output else None)
