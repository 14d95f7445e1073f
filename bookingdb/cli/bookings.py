"""Bookings: find a slot, book it, and see what became of the booking."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    PaymentMethod,
    available_slots,
    booking_history,
    create_booking_safe,
)
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    BusinessId,
    Day,
    Dsn,
    Reason,
    parse_duration,
    parse_time,
)
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import changes_of, history_table, show_booking

__all__ = ["book", "history", "slots"]

Bouquets = Annotated[
    int, typer.Argument(metavar="BOUQUETS", help="How many; or seats, bikes, portions.")
]


def slots(
    *,
    first: Annotated[
        Day,
        typer.Argument(
            metavar="FROM", parser=Day.parse, help="2026-12-01, today, tomorrow or +7 (days)."
        ),
    ],
    last: Annotated[
        Day | None,
        typer.Argument(metavar="TO", parser=Day.parse, help="The last date; FROM when not given."),
    ] = None,
    bouquets: Annotated[int, typer.Option(metavar="N", help="Room for so many.")] = 1,
    full: Annotated[bool, typer.Option("--full", help="Those too that are full.")] = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List the slots that can be booked now, with what is left in each.

    For example:
      bookingdb slots tomorrow +7 --bouquets 2
    """
    with shop_of(dsn, business_id) as shop:
        found = available_slots(
            shop.conn,
            first.on(shop.today),
            (last or first).on(shop.today),
            bouquets=bouquets,
            include_full=full,
            business_id=shop.id,
        )
    rows = [(f"{s.date:%a %F}", s.time, s.remaining_bookings, s.remaining_bouquets) for s in found]
    numbers = ("bookings left", "bouquets left")
    emit(
        found,
        grid("date", "time", *numbers, rows=rows, numbers=numbers) if found else None,
        as_json=as_json,
        note=None if found else "No slot can be booked then. `bookingdb hours` shows the schedule.",
    )


def book(
    *,
    date: Annotated[
        Day,
        typer.Argument(metavar="DATE", parser=Day.parse, help="As FROM of `bookingdb slots`."),
    ],
    time: Annotated[
        dt.time,
        typer.Argument(metavar="TIME", parser=parse_time, help="When the slot begins, 09:30."),
    ],
    bouquets: Bouquets,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Name of the customer.")] = None,
    email: Annotated[str | None, typer.Option(metavar="TEXT", help="Their e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="TEXT", help="Their telephone.")] = None,
    notes: Annotated[str | None, typer.Option(metavar="TEXT", help="Anything else.")] = None,
    hold_for: Annotated[
        dt.timedelta | None,
        typer.Option(
            metavar="15min",
            parser=parse_duration,
            help="Only hold the place for so long; a hold needs no name and no e-mail yet.",
        ),
    ] = None,
    payment_method: Annotated[
        PaymentMethod, typer.Option(help="When the customer pays.")
    ] = PaymentMethod.PAY_ON_ARRIVAL,
    idempotency_key: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Name of this request: repeated, it books only once."),
    ] = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Book bouquets in a slot.

    For example:
      bookingdb book tomorrow 10:00 2 \
        --name "Ada Lovelace" --email ada@example.com
    """
    with shop_of(dsn, business_id) as shop:
        booking = create_booking_safe(
            shop.conn,
            date.on(shop.today),
            time,
            bouquets,
            name,
            email,
            customer_phone=phone,
            payment_method=payment_method,
            notes=notes,
            idempotency_key=idempotency_key,
            hold_for=hold_for,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def history(
    *,
    booking_id: BookingId,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show what happened to a booking: who did what, when, from where and why.

    For example:
      bookingdb history 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        shop.use_local_time()
        entries = booking_history(shop.conn, booking_id, business_id=shop.id)
    emit(
        [asdict(entry) | {"changes": changes_of(entry)} for entry in entries],
        history_table(entries),
        as_json=as_json,
    )
