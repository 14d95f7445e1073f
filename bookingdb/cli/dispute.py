"""A dispute: all that is known of a booking as one page, and whether there was room."""

from typing import Annotated

import typer

from bookingdb import DEFAULT_BUSINESS_ID, availability_as_of, dispute_file
from bookingdb.cli.dispute_page import page_of
from bookingdb.cli.dispute_views import file_tree, show_availability
from bookingdb.cli.moments import At
from bookingdb.cli.options import AsJson, BookingId, BusinessId, Date, Dsn, Time
from bookingdb.cli.output import emit
from bookingdb.cli.pages import Html, check_target, write_page
from bookingdb.cli.session import shop_of

__all__ = ["dispute", "was_free"]


def dispute(
    *,
    booking_id: BookingId,
    html: Html = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a booking: each change, who was told, and the proof.

    The page needs no network and runs no script. It has what customers wrote, so
    keep it as you keep their data.

    For example:
      bookingdb dispute 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 --html page.html
    """
    check_target(html, as_json=as_json)
    with shop_of(dsn, business_id) as shop:
        file = dispute_file(shop.conn, booking_id, business_id=shop.id)
    page = None if html is None else page_of(file)
    if page is None or as_json:
        emit(file, file_tree(file), as_json=as_json)
    if page is not None and html is not None:
        write_page(page, html, as_json=as_json)


def was_free(
    *,
    date: Date,
    time: Time,
    at: At,
    bouquets: Annotated[int, typer.Option("--bouquets", metavar="N", help="Room for so many.")] = 1,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Tell whether a slot could be booked at an instant, by the logs.

    Slot, limits, bookings and the business's rules are as they were then.

    For example:
      bookingdb was-free tomorrow 10:00 --at 0s
    """
    with shop_of(dsn, business_id) as shop:
        day, instant = date.on(shop.today), at.at(shop.business.time_zone)
        then = availability_as_of(
            shop.conn, day, time, instant, bouquets=bouquets, business_id=shop.id
        )
    show_availability(day, time, instant, then, as_json=as_json)
