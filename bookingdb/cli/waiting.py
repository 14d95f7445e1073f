"""The waiting list: join it, see who waits, leave it."""

from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    BookingStatus,
    join_waitlist,
    leave_waitlist,
    waiting_list,
)
from bookingdb.cli.options import (
    AsJson,
    BookingId,
    Bouquets,
    BusinessId,
    Date,
    Dsn,
    ExpectedVersion,
    FirstDate,
    LastDate,
    Notes,
    Phone,
    Reason,
    Time,
)
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import show_booking

__all__ = ["unwait", "wait", "waiting"]


def wait(
    *,
    date: Date,
    time: Time,
    bouquets: Bouquets,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Name of the customer.")],
    email: Annotated[str, typer.Option(metavar="TEXT", help="Their e-mail address.")],
    phone: Phone = None,
    notes: Notes = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Put a customer on the waiting list of a slot.

    A place that becomes free is offered to the first in line whom it suffices: it
    is held for a while, for the customer to confirm. If there is room already, it
    is offered at once.

    For example:
      bookingdb wait tomorrow 10:00 2 \
        --name "Ada Lovelace" --email ada@example.com
    """
    with shop_of(dsn, business_id) as shop:
        booking = join_waitlist(
            shop.conn,
            date.on(shop.today),
            time,
            bouquets,
            name,
            email,
            customer_phone=phone,
            notes=notes,
            actor=operator(reason),
            business_id=shop.id,
        )
    offered = booking.status == BookingStatus.HELD
    note = "There is room: a place is offered at once." if offered else None
    show_booking(booking, as_json=as_json, note=note)


def waiting(
    *,
    first: FirstDate,
    last: LastDate = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List who waits, slot by slot, in the order in which places are offered.

    For example:
      bookingdb waiting today +7
    """
    with shop_of(dsn, business_id) as shop:
        found = waiting_list(
            shop.conn,
            first.on(shop.today),
            (last or first).on(shop.today),
            business_id=shop.id,
        )
    rows = [
        (
            f"{w.date:%a %F}",
            w.time,
            w.place,
            w.booking_id,
            w.bouquets,
            w.customer_name,
            w.customer_email,
            w.customer_phone,
            w.waiting_since,
        )
        for w in found
    ]
    who = ("customer", "e-mail", "telephone", "since")
    columns = ("date", "time", "place", "booking", "bouquets", *who)
    emit(
        found,
        grid(*columns, rows=rows, numbers=("place", "bouquets")) if found else None,
        as_json=as_json,
        note=None if found else "Nobody waits then.",
    )


def unwait(
    *,
    booking_id: BookingId,
    reason: Reason = None,
    expected_version: ExpectedVersion = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Take a customer off the waiting list, or decline the place that was offered.

    It goes to the next in line.

    For example:
      bookingdb unwait 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        booking = leave_waitlist(
            shop.conn,
            booking_id,
            reason=reason,
            expected_version=expected_version,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_booking(booking, as_json=as_json)
