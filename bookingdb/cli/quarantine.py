"""Imported bookings that have no place here: see them, take them in, or let them go."""

import datetime as dt
from typing import Annotated
from uuid import UUID

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    adopt_quarantined,
    discard_quarantined,
    quarantined_bookings,
)
from bookingdb.cli.options import AsJson, BusinessId, Day, Dsn, Reason, parse_time
from bookingdb.cli.output import emit, grid, printable
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking

__all__ = ["adopt", "discard", "quarantine"]

QuarantineId = Annotated[
    UUID, typer.Argument(metavar="QUARANTINED", help="Id in `bookingdb quarantine`.")
]


def quarantine(
    *, dsn: Dsn = "", business_id: BusinessId = DEFAULT_BUSINESS_ID, as_json: AsJson = False
) -> None:
    """List the imported bookings that have no place here and wait for a decision.

    `bookingdb adopt` books one after all, `bookingdb discard` lets it go.

    For example:
      bookingdb quarantine
    """
    with shop_of(dsn, business_id) as shop:
        found = quarantined_bookings(shop.conn, business_id=shop.id)
    wanted = ("date", "time", "bouquets", "customer_name")
    rows = [
        (q.quarantine_id, q.source, q.row_number, *map(q.request.get, wanted), q.code, q.detail)
        for q in found
    ]
    columns = ("quarantined", "source", "row", "date", "time", "bouquets", "customer")
    table = grid(*columns, "code", "why", rows=rows, numbers=["row", "bouquets"])
    note = None if found else "No imported booking waits for a decision."
    emit(found, table if found else None, as_json=as_json, note=note)


def adopt(
    *,
    quarantine_id: QuarantineId,
    date: Annotated[
        Day | None,
        typer.Option(metavar="DATE", parser=Day.parse, help="Another date; 2026-12-01 or +7."),
    ] = None,
    time: Annotated[
        dt.time | None, typer.Option(metavar="TIME", parser=parse_time, help="Another time, 09:30.")
    ] = None,
    bouquets: Annotated[int | None, typer.Option(metavar="N", help="Another number.")] = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Book a quarantined booking: where it was, if there is room now, or elsewhere.

    For example:
      bookingdb adopt 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --date tomorrow --time 10:00
    """
    with shop_of(dsn, business_id) as shop:
        booking = adopt_quarantined(
            shop.conn,
            quarantine_id,
            date=date.on(shop.today) if date else None,
            time=time,
            bouquets=bouquets,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def discard(
    *,
    quarantine_id: QuarantineId,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept with the row.")],
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Let a quarantined booking go. It is kept with the reason, and never booked.

    For example:
      bookingdb discard 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --reason "called off"
    """
    with shop_of(dsn, business_id) as shop:
        row = discard_quarantined(
            shop.conn, quarantine_id, reason, actor=operator(reason), business_id=shop.id
        )
    note = f"Row {row.row_number} of {row.source} is discarded: {reason}"
    emit(row, as_json=as_json, note=printable(note))
