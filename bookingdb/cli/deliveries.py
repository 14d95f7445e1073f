"""Deliveries: what was sent to whom, and send it again."""

from typing import Annotated
from uuid import UUID

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    DeliveryState,
    DeliverySummary,
    recent_deliveries,
    replay_deliveries,
)
from bookingdb.cli.moments import From, To
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason
from bookingdb.cli.output import cell, emit, grid, printable
from bookingdb.cli.session import operator, shop_of

__all__ = ["deliveries", "replay"]

Endpoint = Annotated[
    UUID | None, typer.Option("--endpoint", metavar="UUID", help="Those to this endpoint.")
]
Booking = Annotated[UUID | None, typer.Option("--booking", metavar="UUID", help="Of this booking.")]
State = Annotated[DeliveryState | None, typer.Option("--state", help="Those that stand like this.")]


def deliveries(
    *,
    endpoint_id: Endpoint = None,
    state: State = None,
    booking_id: Booking = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many at most.")] = 20,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List deliveries with their last attempt, the newest first.

    For example:
      bookingdb deliveries --state dead --limit 50
    """
    with shop_of(dsn, business_id) as shop:
        found = recent_deliveries(
            shop.conn,
            endpoint_id=endpoint_id,
            state=state,
            booking_id=booking_id,
            limit=limit,
            business_id=shop.id,
        )
    rows = [
        (
            one.webhook_id,
            one.event_type,
            one.event_at,
            one.booking_id,
            one.booking_version,
            _state(one),
            one.attempt_count,
            _outcome(one),
            one.url,
        )
        for one in found
    ]
    what = ("webhook", "event", "when", "booking", "version", "state")
    numbers = ("version", "attempts")
    emit(
        found,
        grid(*what, "attempts", "last answer", "url", rows=rows, numbers=numbers)
        if found
        else None,
        as_json=as_json,
        note=None if found else "There is no such delivery.",
    )


def replay(
    *,
    endpoint_id: Endpoint = None,
    start: From = None,
    end: To = None,
    booking_id: Booking = None,
    state: Annotated[
        DeliveryState | None,
        typer.Option("--state", help="Only those that are dead, or delivered; else both."),
    ] = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Send again, with the same content and webhook-id, what was delivered or is dead.

    Say what: --endpoint, --booking, --from or --to.

    For example:
      bookingdb replay --from 2d --state dead \
        --reason "the receiver was down"
    """
    with shop_of(dsn, business_id) as shop:
        count = replay_deliveries(
            shop.conn,
            endpoint_id=endpoint_id,
            from_=start.at(shop.business.time_zone) if start else None,
            to=end.at(shop.business.time_zone) if end else None,
            booking_id=booking_id,
            state=state,
            actor=operator(reason),
            business_id=shop.id,
        )
    emit({"replayed": count}, as_json=as_json, note=f"To be sent again: {count}.")


def _state(one: DeliverySummary) -> str:
    if one.processed_at is not None:
        return f"{one.state}, processed"
    return f"{one.state}, due {cell(one.due_at)}" if one.finished_at is None else one.state


def _outcome(one: DeliverySummary) -> str:
    """How the last attempt went: status, what went wrong, the answer's first line."""
    wrong = None if one.error == "status" else one.error
    answer = (one.answer or "").strip().partition("\n")[0][:60]
    return printable(", ".join(str(part) for part in (one.status, wrong, answer) if part))
