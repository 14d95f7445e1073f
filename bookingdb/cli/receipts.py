"""What has arrived: confirm it, and look for what has not."""

from typing import Annotated
from uuid import UUID

import typer

from bookingdb import DEFAULT_BUSINESS_ID, confirm_processed, reconcile
from bookingdb.cli.moments import Moment, To
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import cell, emit, grid
from bookingdb.cli.session import shop_of

__all__ = ["confirm_processed_", "reconcile_"]


def reconcile_(
    *,
    start: Annotated[
        Moment,
        typer.Option(
            "--from",
            metavar="TIME",
            parser=Moment.parse,
            help="Changes from then on: 2026-12-01, '2026-12-01 14:30' or 7d (ago).",
        ),
    ],
    end: To = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """List changes that an endpoint should have been sent and was not, or not yet.

    The exit code is 1 when there is one. Changes whose deliveries may have been
    purged are not looked at.

    For example:
      bookingdb reconcile --from 7d
    """
    with shop_of(dsn, business_id) as shop:
        missing = reconcile(
            shop.conn,
            start.at(shop.business.time_zone),
            to=end.at(shop.business.time_zone) if end else None,
            business_id=shop.id,
        )
    rows = [
        (m.event_at, m.event_type, m.booking_id, m.booking_version, m.url, m.state, m.problem)
        for m in missing
    ]
    columns = ("when", "event", "booking", "version", "url", "state", "problem")
    table = grid(*columns, rows=rows, numbers=["version"]) if missing else None
    note = None if missing else "Complete: every change has been delivered to who subscribes to it."
    emit(missing, table, as_json=as_json, note=note)
    if missing:
        raise typer.Exit(1)


def confirm_processed_(
    *,
    webhook_id: Annotated[
        UUID, typer.Argument(metavar="WEBHOOK", help="The header webhook-id of the delivery.")
    ],
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Say that the receiver has really processed an event, not only accepted it.

    For example:
      bookingdb confirm-processed 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        delivery = confirm_processed(shop.conn, webhook_id, business_id=shop.id)
    note = f"{delivery.event_type}: processed at {cell(delivery.processed_at)}."
    emit(delivery, as_json=as_json, note=note)
