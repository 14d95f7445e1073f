"""Plans: what a refresh of the slots would do, to be read before it is done."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Group
from rich.table import Table

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    AffectedPolicy,
    Booking,
    PlanCounts,
    PlannedChange,
    apply_schedule_plan,
    plan_schedule_refresh,
)
from bookingdb._call import fetch_all
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason
from bookingdb.cli.output import emit, grid, working
from bookingdb.cli.session import Shop, operator, shop_of

__all__ = ["apply", "plan"]

COUNTS = PlanCounts.__match_args__


def plan(
    *,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show what a refresh would do, slot by slot, and to which bookings. It does nothing.

    For example:
      bookingdb plan
    """
    with shop_of(dsn, business_id) as shop, working("comparing slots and schedule"):
        changes = plan_schedule_refresh(shop.conn, business_id=shop.id)
        affected = [] if as_json else _affected(shop, changes)
    plan_id = changes[0].plan_id if changes else None
    count = sum(len(change.affected_bookings) for change in changes)
    tables = [_changes_table(changes)] if changes else []
    if affected:
        tables.append(_affected_table(affected))
    emit(
        {"plan_id": plan_id, "affected_bookings": count, "changes": changes},
        Group(*_with_gaps(tables)) if tables else None,
        as_json=as_json,
        note=_how_to_apply(shop, changes, count)
        if changes
        else "The slots follow the schedule: there is nothing to do.",
    )


def apply(
    *,
    plan_id: Annotated[UUID, typer.Argument(metavar="PLAN_ID", help="The id of `bookingdb plan`.")],
    policy: Annotated[
        AffectedPolicy,
        typer.Option(
            help="The affected bookings: keep them, refuse to do anything, or keep them and offer "
            "each the nearest free slots."
        ),
    ] = AffectedPolicy.KEEP,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Do what a plan says, if slots and bookings are still as it found them.

    For example:
      bookingdb apply 7a1d1c5e-0b60-4c3c-8a0e-5a3f1c6b1190 \
        --policy offer
    """
    with shop_of(dsn, business_id) as shop, working("changing slots"):
        counts = apply_schedule_plan(
            shop.conn, plan_id, policy=policy, actor=operator(reason), business_id=shop.id
        )
    titles = [field.replace("_", " ") for field in COUNTS]
    row = [getattr(counts, field) for field in COUNTS]
    emit(
        counts,
        grid(*titles, rows=[row], numbers=titles),
        as_json=as_json,
        note="`bookingdb show` tells what was proposed to a booking, `bookingdb move` accepts it."
        if counts.proposed
        else None,
    )


def _affected(shop: Shop, changes: Iterable[PlannedChange]) -> list[tuple[Booking, PlannedChange]]:
    """The bookings that a plan affects, each with the change that does."""
    change_of = {one: change for change in changes for one in change.affected_bookings}
    found = fetch_all(
        shop.conn,
        Booking,
        """select * from bookingdb.bookings
            where business_id = %(business_id)s
              and booking_id = any(%(affected)s)
            order by date, time, created_at""",
        {"business_id": shop.id, "affected": list(change_of)},
    )
    return [(booking, change_of[booking.booking_id]) for booking in found]


def _how_to_apply(shop: Shop, changes: list[PlannedChange], affected: int) -> str:
    business = "" if shop.id == DEFAULT_BUSINESS_ID else f" --business {shop.id}"
    waiting = sum(len(change.waiting_bookings) for change in changes)
    notes = [
        f"Slots that would change: {len(changes)}. Bookings affected: {affected}; "
        f"customers who would wait in vain: {waiting}.",
        f"Do it, if nothing has changed by then: bookingdb apply {changes[0].plan_id}{business}",
    ]
    if affected or waiting:
        notes.insert(1, "With --policy offer, all of these are proposed other slots.")
    return "\n".join(notes)


def _changes_table(changes: Iterable[PlannedChange]) -> Table:
    rows = [
        (
            f"{c.date:%a %F}",
            c.time,
            c.action.replace("_", " "),
            _limits(c.old_max_bookings, c.max_bookings),
            _limits(c.old_max_bouquets, c.max_bouquets),
            c.booked_count or None,
            c.booked_bouquets or None,
            c.effect and c.effect.replace("_", " "),
            len(c.affected_bookings) or None,
        )
        for c in changes
    ]
    limits = ("max bookings", "max bouquets")
    booked = ("booked", "booked bouquets")
    columns = ("date", "time", "action", *limits, *booked, "effect", "affected")
    return grid(*columns, rows=rows, numbers=(*limits, *booked, "affected"))


def _limits(old: int | None, new: int) -> str:
    return str(new) if old is None or old == new else f"{old} → {new}"


def _affected_table(affected: Iterable[tuple[Booking, PlannedChange]]) -> Table:
    rows = [
        (
            b.booking_id,
            f"{b.date:%a %F}",
            b.time,
            b.bouquets,
            b.customer_name,
            b.customer_email,
            b.customer_phone,
            change.effect and change.effect.replace("_", " "),
        )
        for b, change in affected
    ]
    who = ("customer", "e-mail", "telephone")
    columns = ("booking", "date", "time", "bouquets", *who, "effect")
    return grid(*columns, rows=rows, numbers=["bouquets"])


def _with_gaps(tables: list[Table]) -> list[Table | str]:
    """Tables with an empty line between one and the next."""
    return [part for table in tables for part in ("", table)][1:]
