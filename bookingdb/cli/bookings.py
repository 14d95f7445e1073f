"""Bookings: make one, see it and what became of it."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    PaymentMethod,
    booking_as_of,
    booking_history,
    create_booking_safe,
    get_booking,
)
from bookingdb.cli.moments import HELP, Moment
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    Bouquets,
    BusinessId,
    Date,
    Dsn,
    Email,
    Name,
    Notes,
    Phone,
    Reason,
    Time,
    parse_duration,
)
from bookingdb.cli.output import emit
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import changes_of, history_table, show_booking

__all__ = ["book", "history", "show"]


def book(
    *,
    date: Date,
    time: Time,
    bouquets: Bouquets,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    notes: Notes = None,
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


def show(
    *,
    booking_id: BookingId,
    at: Annotated[
        Moment | None,
        typer.Option(metavar="TIME", parser=Moment.parse, help=f"As it was then: {HELP}."),
    ] = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show a booking as it is now, or as it was.

    For example:
      bookingdb show 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        if at is None:
            booking = get_booking(shop.conn, booking_id, business_id=shop.id)
        else:
            instant = at.at(shop.business.time_zone)
            booking = booking_as_of(shop.conn, booking_id, instant, business_id=shop.id)
    show_booking(booking, as_json=as_json, is_past=at is not None)


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
        entries = booking_history(shop.conn, booking_id, business_id=shop.id)
    emit(
        [asdict(entry) | {"changes": changes_of(entry)} for entry in entries],
        history_table(entries),
        as_json=as_json,
    )
