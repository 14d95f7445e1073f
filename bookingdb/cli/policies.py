"""How long what is kept: set it, see it, let go of what is older."""

import datetime as dt
from typing import Annotated

import typer
from rich.table import Table

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    RetentionKind,
    RetentionOutcome,
    RetentionPolicy,
    RetentionStep,
    apply_retention,
    get_retention,
    set_retention,
)
from bookingdb.cli.failures import guarded
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason, parse_duration
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import connect, operator, shop_of

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="How long what is kept, and what goes.")


def _parse_keep(text: str) -> dt.timedelta:
    return dt.timedelta.max if text == "forever" else parse_duration(text)


def set_(
    *,
    kind: Annotated[RetentionKind, typer.Argument(metavar="KIND", help=", ".join(RetentionKind))],
    keep: Annotated[
        dt.timedelta, typer.Argument(metavar="TIME", parser=_parse_keep, help="400d, or forever.")
    ],
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Say how long something is kept. What is older goes with the next maintenance.

    For example:
      bookingdb retention set deliveries 90d
    """
    with shop_of(dsn, business_id) as shop:
        held = set_retention(
            shop.conn,
            kind,
            None if keep == dt.timedelta.max else keep,
            actor=operator(reason),
            business_id=shop.id,
        )
    emit(held, _policies(held), as_json=as_json)


def show(
    *, dsn: Dsn = "", business_id: BusinessId = DEFAULT_BUSINESS_ID, as_json: AsJson = False
) -> None:
    """List how long what is kept; what is not named is kept for ever.

    For example:
      bookingdb retention show
    """
    with shop_of(dsn, business_id) as shop:
        held = get_retention(shop.conn, business_id=shop.id)
    emit(held, _policies(held), as_json=as_json)


def apply(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do it; else it only says what would go.")
    ] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Remove what the policies of all businesses let go, or say what that would be.

    Months of the audit log go when they are sent, sealed and exported. `bookingdb
    worker` does it by itself.

    For example:
      bookingdb retention apply --yes
    """
    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        steps = apply_retention(conn, dry_run=not yes, actor=operator())
        done = steps
        while yes and any(step.outcome == RetentionOutcome.GONE for step in done):
            done = apply_retention(conn, dry_run=False, actor=operator())
            steps = _added(steps, done)
    rows = [(s.kind, s.business_id, s.object, s.row_count, s.outcome, s.reason) for s in steps]
    columns = ("kind", "business", "what", "rows", "outcome", "reason")
    emit(steps, grid(*columns, rows=rows, numbers=("rows",)), as_json=as_json)


def _added(steps: list[RetentionStep], more: list[RetentionStep]) -> list[RetentionStep]:
    """What went of the same in several calls as one step; what was kept, as it was said last."""
    totals: dict[tuple[object, str], RetentionStep] = {}
    for step in steps + more:
        key = step.business_id, step.object
        before = totals.get(key)
        if before and before.outcome == step.outcome == RetentionOutcome.GONE:
            totals[key] = RetentionStep(
                step.business_id, step.kind, step.object, before.row_count + step.row_count,
                step.outcome, step.reason,
            )  # fmt: skip
        else:
            totals[key] = step
    return list(totals.values())


def _policies(held: list[RetentionPolicy]) -> Table:
    return grid("kind", "kept for", rows=[(p.kind, f"{p.keep.days} days") for p in held])


app.command("set")(guarded(set_))
app.command("show")(guarded(show))
app.command("apply")(guarded(apply))
