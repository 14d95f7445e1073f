"""A dispute file, and what was free, as people read them in a terminal."""

import datetime as dt
from typing import Any

from rich.text import Text
from rich.tree import Tree

from bookingdb import PastAvailability
from bookingdb.cli.output import emit, grid, printable

__all__ = ["file_tree", "show_availability"]

GOOD, BAD, OPEN = "green", "red", "yellow"
STATES = {"delivered": GOOD, "pending": OPEN}


def file_tree(file: dict[str, Any]) -> Tree:
    """A branch for each change; below it what changed and who was told."""
    booking = f"Booking {file['booking_id']} of {file['business']['name']}"
    tree = Tree(Text(printable(booking + (", deleted" if file["deleted"] else ""))))
    for change in file["timeline"]:
        _add_change(tree, change)
    return tree


def show_availability(
    day: dt.date, time: dt.time, instant: dt.datetime, then: PastAvailability, *, as_json: bool
) -> None:
    """Print whether a slot could be booked, and the figures."""
    numbers = ("bookings", "bouquets", "waiting", "bookings left", "bouquets left")
    row = (
        f"{day:%a %F}",
        time,
        f"{then.booked_count} of {then.max_bookings}",
        f"{then.booked_bouquets} of {then.max_bouquets}",
        then.waiting_count,
        then.remaining_bookings,
        then.remaining_bouquets,
    )
    when = f"{instant:%F %T %Z}"
    emit(
        then,
        grid("date", "time", *numbers, rows=[row], numbers=numbers) if then.was_there else None,
        as_json=as_json,
        note=f"It could not be booked at {when}:\n" + "\n".join(then.reasons)
        if then.reasons
        else f"It could be booked at {when}.",
    )


def _add_change(tree: Tree, change: dict[str, Any]) -> None:
    who = " ".join(filter(None, (change["performed_by"], change["performed_by_id"])))
    whence = ", ".join(filter(None, (change["ip_address"], change["user_agent"])))
    text = Text(f"{change['booking_version']} {change['action_type']}", style="bold")
    text.append(printable(f"  {change['at_local']}, by {who}"), style="not bold dim")
    if whence:
        text.append(printable(f", from {whence}"), style="not bold dim")
    if change["waived"]:
        text.append(f", waived {', '.join(change['waived'])}", style=f"not bold {OPEN}")
    if change["reason"]:
        text.append(printable(f"\n“{change['reason']}”"), style="not bold italic")
    if change["erasure_id"]:
        text.append("\nwhat was personal was erased later", style=f"not bold {OPEN}")
    branch = tree.add(text)
    for item in change["changes"]:
        line = Text(f"{item['field']} ", style="dim")
        if change["old_values"] is not None:
            line.append(printable(item["old"]), style=f"not dim {BAD}").append(" → ")
        branch.add(line.append(printable(item["new"]), style=f"not dim {GOOD}"))
    for delivery in change["deliveries"]:
        _add_delivery(branch, delivery)


def _add_delivery(tree: Tree, delivery: dict[str, Any]) -> None:
    text = Text(printable(f"told {delivery['url']}: "))
    text.append(delivery["state"], style=STATES.get(delivery["state"], BAD))
    text.append(f"  webhook-id {delivery['webhook_id']}", style="dim")
    branch = tree.add(text)
    for attempt in delivery["attempts"]:
        line = Text(f"attempt {attempt['attempt_number']}, {attempt['started_at_local']}: ")
        line.append(
            str(attempt["status"] or attempt["error"]), style=BAD if attempt["error"] else GOOD
        )
        if answer := (attempt["answer"] or "").strip():
            line.append(printable(f" “{answer.partition(chr(10))[0]}”"), style="italic")
        branch.add(line)
