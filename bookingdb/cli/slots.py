"""Slots: what is free, why another is not, and limits that are set by hand."""

from typing import Annotated

import typer

from bookingdb import DEFAULT_BUSINESS_ID, adjust_slot, available_slots, why_unavailable
from bookingdb.cli.options import (
    AsJson,
    BusinessId,
    Date,
    Dsn,
    FirstDate,
    LastDate,
    Reason,
    Time,
)
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.views import slots_table

__all__ = ["adjust", "slots", "why"]

Room = Annotated[int, typer.Option("--bouquets", metavar="N", help="Room for so many.")]


def slots(
    *,
    first: FirstDate,
    last: LastDate = None,
    bouquets: Room = 1,
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
    emit(
        found,
        slots_table(found) if found else None,
        as_json=as_json,
        note=None if found else "No slot can be booked then. `bookingdb hours` shows the schedule.",
    )


def why(
    *,
    date: Date,
    time: Time,
    bouquets: Room = 1,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Tell why a slot cannot be booked: all reasons, the weightiest first.

    They are those that count for customers. Staff may book inside the lead time
    and beyond the horizon, and `bookingdb book` is staff.

    For example:
      bookingdb why tomorrow 10:00 --bouquets 11
    """
    with shop_of(dsn, business_id) as shop:
        day = date.on(shop.today)
        refusals = why_unavailable(shop.conn, day, time, bouquets=bouquets, business_id=shop.id)
    rows = [(refusal.code, refusal.reason) for refusal in refusals]
    emit(
        refusals,
        grid("code", "reason", rows=rows) if refusals else None,
        as_json=as_json,
        note="`bookingdb slots` lists other slots; `bookingdb wait` asks for a place in a full one."
        if refusals
        else f"The slot on {day:%a %F} at {time:%H:%M} can be booked.",
    )


def adjust(
    *,
    date: Date,
    time: Time,
    bookings: Annotated[
        int | None, typer.Option(metavar="N", help="Bookings that the slot takes.")
    ] = None,
    bouquets: Annotated[
        int | None, typer.Option(metavar="N", help="Bouquets that it takes over all bookings.")
    ] = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Set limits of one slot at once; without any, it follows the schedule again.

    For example:
      bookingdb adjust tomorrow 10:00 --bookings 1
    """
    with shop_of(dsn, business_id) as shop:
        slot = adjust_slot(
            shop.conn,
            date.on(shop.today),
            time,
            max_bookings=bookings,
            max_bouquets=bouquets,
            actor=operator(reason),
            business_id=shop.id,
        )
    limits = "set by hand" if slot.is_adjusted else "of the schedule"
    numbers = ("bookings", "bouquets", "waiting")
    row = (
        f"{slot.date:%a %F}",
        slot.time,
        f"{slot.booked_count} of {slot.max_bookings}",
        f"{slot.booked_bouquets} of {slot.max_bouquets}",
        slot.waiting_count,
        limits,
    )
    over = slot.overhang_count or slot.overhang_bouquets
    emit(
        slot,
        grid("date", "time", *numbers, "limits", rows=[row], numbers=numbers),
        as_json=as_json,
        note="It holds more than that: its bookings stay, no other gets in." if over else None,
    )
