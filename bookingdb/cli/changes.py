"""Changes of a booking: moved, edited, cancelled."""

from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    cancel_booking,
    propose_alternatives,
    reschedule_booking,
    update_booking,
)
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    BusinessId,
    Date,
    Dsn,
    Email,
    ExpectedVersion,
    Name,
    NewBouquets,
    Reason,
    Time,
)
from bookingdb.cli.output import emit
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking, slots_table

__all__ = ["alternatives", "cancel", "edit", "move"]


def alternatives(
    *,
    booking_id: BookingId,
    limit: Annotated[int, typer.Option(metavar="N", help="How many at most.")] = 3,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List the free slots nearest to a booking's, the nearest first.

    Nothing is reserved.

    For example:
      bookingdb alternatives 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 --limit 5
    """
    with shop_of(dsn, business_id) as shop:
        found = propose_alternatives(shop.conn, booking_id, limit=limit, business_id=shop.id)
    emit(
        found,
        slots_table(found) if found else None,
        as_json=as_json,
        note=f"Move it there: bookingdb move {booking_id} DATE TIME"
        if found
        else "No other slot has room for it.",
    )


def move(
    *,
    booking_id: BookingId,
    date: Date,
    time: Time,
    bouquets: NewBouquets = None,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Move a booking or a hold to another slot, or leave all as it is.

    For example:
      bookingdb move 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 +7 11:00 \
        --reason "the customer called"
    """
    with shop_of(dsn, business_id) as shop:
        booking = reschedule_booking(
            shop.conn,
            booking_id,
            date.on(shop.today),
            time,
            bouquets=bouquets,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def edit(
    *,
    booking_id: BookingId,
    bouquets: NewBouquets = None,
    name: Name = None,
    email: Email = None,
    phone: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Their telephone; '' takes it away.")
    ] = None,
    notes: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Anything else; '' takes it away.")
    ] = None,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Correct quantity, contact or notes of a booking; what is not given stays.

    For example:
      bookingdb edit 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 --bouquets 3 \
        --phone "+31 6 12345678" --notes ""
    """
    if all(value is None for value in (bouquets, name, email, phone, notes)):
        raise typer.BadParameter("Give --bouquets, --name, --email, --phone or --notes.")
    with shop_of(dsn, business_id) as shop:
        booking = update_booking(
            shop.conn,
            booking_id,
            bouquets=bouquets,
            customer_name=name,
            customer_email=email,
            customer_phone=phone,
            notes=notes,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def cancel(
    *,
    booking_id: BookingId,
    reason: Reason = None,
    expected_version: ExpectedVersion = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Cancel a booking or a hold, and free its place.

    For example:
      bookingdb cancel 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --reason "called in sick"
    """
    with shop_of(dsn, business_id) as shop:
        booking = cancel_booking(
            shop.conn,
            booking_id,
            reason=reason,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)
