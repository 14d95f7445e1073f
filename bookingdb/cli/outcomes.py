"""How a booking turns out: paid, completed, or nobody came."""

from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    PaymentStatus,
    complete_booking,
    mark_no_show,
    record_payment,
)
from bookingdb.cli.options import AsJson, BookingId, BusinessId, Dsn, ExpectedVersion, Reason
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking

__all__ = ["complete", "no_show", "pay"]


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


def complete(
    *,
    booking_id: BookingId,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Say that the customer came and was served; corrects a no-show too.

    For example:
      bookingdb complete 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        booking = complete_booking(
            shop.conn,
            booking_id,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)


def no_show(
    *,
    booking_id: BookingId,
    expected_version: ExpectedVersion = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Say that the customer did not come; corrects a completed booking too.

    For example:
      bookingdb no-show 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        booking = mark_no_show(
            shop.conn,
            booking_id,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)
