"""The settings of a business: see and change them."""

import datetime as dt
from typing import Annotated, Any

import typer

from bookingdb import DEFAULT_BUSINESS_ID, Business, get_business, update_business
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason, parse_duration
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of

__all__ = [
    "CancellationWindow",
    "CustomerLimit",
    "HoldTimeToLive",
    "HorizonDays",
    "LeadTime",
    "given",
    "settings",
]

LeadTime = Annotated[
    dt.timedelta | None,
    typer.Option(
        metavar="2h", parser=parse_duration, help="A slot closes so long before it begins."
    ),
]
CancellationWindow = Annotated[
    dt.timedelta | None,
    typer.Option(
        metavar="1d",
        parser=parse_duration,
        help="Later than this before the slot, only staff cancels or moves a booking.",
    ),
]
HoldTimeToLive = Annotated[
    dt.timedelta | None,
    typer.Option(
        metavar="15min",
        parser=parse_duration,
        help="For how long a place is held that is offered from the waiting list.",
    ),
]
CustomerLimit = Annotated[
    int | None,
    typer.Option(metavar="N", help="Open bookings an e-mail address may have a day; 0: any."),
]
HorizonDays = Annotated[
    int | None, typer.Option(metavar="N", help="Days ahead for which there are slots.")
]


def settings(
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the business.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="IANA name, such as Europe/Amsterdam.")
    ] = None,
    horizon_days: HorizonDays = None,
    lead_time: LeadTime = None,
    cancellation_window: CancellationWindow = None,
    hold_time_to_live: HoldTimeToLive = None,
    customer_limit: CustomerLimit = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show the settings of a business; with options change them first.

    Customers are bound by them, staff is not: what staff waived is in the history
    of the booking.

    For example:
      bookingdb settings --lead-time 2h --customer-limit 1
    """
    changes = given(
        name=name,
        time_zone=time_zone,
        horizon_days=horizon_days,
        lead_time=lead_time,
        cancellation_window=cancellation_window,
        hold_time_to_live=hold_time_to_live,
        customer_limit=customer_limit,
    )
    if reason and not changes:
        raise typer.BadParameter("--reason needs a setting that changes.")
    with shop_of(dsn, business_id) as shop:
        business = (
            update_business(shop.conn, **changes, actor=operator(reason), business_id=shop.id)
            if changes
            else get_business(shop.conn, business_id=shop.id)
        )
    follow = {"time_zone", "horizon_days"} & set(changes)
    emit(
        business,
        grid("setting", "value", rows=_rows(business)),
        as_json=as_json,
        note="`bookingdb refresh` makes the slots follow." if follow else None,
    )


def given(**values: Any) -> dict[str, Any]:
    """The options that were given; the others stay as they are, or as the database has them."""
    return {name: value for name, value in values.items() if value is not None}


def _rows(business: Business) -> list[tuple[str, Any]]:
    fields = Business.__match_args__
    return [(field.replace("_", " "), getattr(business, field)) for field in fields]
