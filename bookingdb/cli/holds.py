"""Holds: places that are kept for a while, confirmed or kept longer."""

import datetime as dt
from typing import Annotated

import typer

from bookingdb import DEFAULT_BUSINESS_ID, confirm_booking, extend_hold
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    BusinessId,
    Dsn,
    Email,
    ExpectedVersion,
    Name,
    NewBouquets,
    Phone,
    Reason,
    parse_duration,
)
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking

__all__ = ["confirm", "extend"]


def confirm(
    *,
    booking_id: BookingId,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    bouquets: NewBouquets = None,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Confirm a hold, adding who the customer is.

    For example:
      bookingdb confirm 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --name "Ada Lovelace" --email ada@example.com
    """
    with shop_of(dsn, business_id) as shop:
        booking = confirm_booking(
            shop.conn,
            booking_id,
            expected_version=expected_version,
            bouquets=bouquets,
            customer_name=name,
            customer_email=email,
            customer_phone=phone,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def extend(
    *,
    booking_id: BookingId,
    hold_for: Annotated[
        dt.timedelta,
        typer.Argument(
            metavar="15min", parser=parse_duration, help="For how long from now on: 1h30min, 2d."
        ),
    ],
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Keep a place that is held for longer.

    A hold that has run out takes its place again, if it is still free and nobody
    waits for it.

    For example:
      bookingdb extend 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 15min
    """
    with shop_of(dsn, business_id) as shop:
        booking = extend_hold(
            shop.conn,
            booking_id,
            hold_for,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)
