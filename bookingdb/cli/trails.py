"""The chain of custody of a booking: change, who made it, who was told, with which answer."""

from collections.abc import Iterable
from itertools import groupby

from rich.text import Text
from rich.tree import Tree

from bookingdb import DEFAULT_BUSINESS_ID, TrailEntry, delivery_trail
from bookingdb.cli.options import AsJson, BookingId, BusinessId, Dsn
from bookingdb.cli.output import cell, emit, printable
from bookingdb.cli.session import shop_of

__all__ = ["trail", "trail_tree"]


def trail(
    *,
    booking_id: BookingId,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show who was told of each change of a booking, each attempt and its answer.

    For example:
      bookingdb trail 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        entries = delivery_trail(shop.conn, booking_id, business_id=shop.id)
    emit(entries, trail_tree(f"booking {booking_id}", entries), as_json=as_json)


def trail_tree(title: str, entries: Iterable[TrailEntry]) -> Tree:
    """A branch for each change, below it one for each endpoint, below that the attempts."""
    tree = Tree(title)
    for _, of_change in groupby(entries, lambda entry: entry.booking_version):
        _add_change(tree, list(of_change))
    return tree


def _add_change(tree: Tree, entries: list[TrailEntry]) -> None:
    """A change and who made it, with a branch for each endpoint."""
    first = entries[0]
    who = " ".join(filter(None, (first.performed_by, first.performed_by_id)))
    text = Text(f"{first.booking_version} {first.action_type}")
    text.append(printable(f", {cell(first.changed_at)}, by {who}"), style="dim")
    branch = tree.add(text)
    for webhook_id, of_endpoint in groupby(entries, lambda entry: entry.webhook_id):
        if webhook_id is None:
            branch.add(Text("nobody was to be told", style="dim"))
        else:
            _add_delivery(branch, list(of_endpoint))


def _add_delivery(tree: Tree, entries: list[TrailEntry]) -> None:
    """How a delivery stands, with a line for each attempt."""
    first = entries[0]
    text = Text(f"{printable(first.url or '')}: ")
    if first.finished_at is None:
        text.append(f"{first.state}, due {cell(first.due_at)}", style="yellow")
    else:
        style = "green" if first.state == "delivered" else "red"
        text.append(f"{first.state} {cell(first.finished_at)}", style=style)
    if first.processed_at is not None:
        text.append(f", processed {cell(first.processed_at)}", style="green")
    text.append(f"  webhook-id {first.webhook_id}", style="dim")
    branch = tree.add(text)
    for entry in entries:
        branch.add(_attempt(entry))


def _attempt(entry: TrailEntry) -> Text:
    """When it began, what came of it, how long that took, what the receiver answered."""
    if entry.attempt_number is None:
        return Text("not tried yet", style="dim")
    outcome = str(entry.status or entry.error)
    if entry.duration is not None:
        outcome += f" in {entry.duration.total_seconds():.3f} s"
    text = Text(f"attempt {entry.attempt_number}, {cell(entry.started_at)}: ")
    text.append(outcome, style="red" if entry.error else "green")
    if answer := (entry.answer or "").strip():
        text.append(printable(f" “{answer.partition(chr(10))[0]}”"), style="italic")
    return text
