"""What becomes of a booking: confirmed, paid, cancelled."""

from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    PaymentStatus,
    cancel_booking,
    confirm_booking,
    record_payment,
)
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    BusinessId,
    Dsn,
    ExpectedVersion,
    Reason,
)
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking

__all__ = ["cancel", "confirm", "pay"]


def confirm(
    *,
    booking_id: BookingId,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Name of the customer.")] = None,
    email: Annotated[str | None, typer.Option(metavar="TEXT", help="Their e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="TEXT", help="Their telephone.")] = None,
    bouquets: Annotated[
        int | None, typer.Option(metavar="N", help="The number, if it is another one now.")
    ] = None,
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


def pay(
    *,
    booking_id: BookingId,
    payment_status: Annotated[
        PaymentStatus, typer.Argument(metavar="STATUS", help="paid, failed, refunded or pending.")
    ] = PaymentStatus.PAID,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Record what became of the payment.

    For example:
      bookingdb pay 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 paid
    """
    with shop_of(dsn, business_id) as shop:
        booking = record_payment(
            shop.conn,
            booking_id,
            payment_status,
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
