"""A booking and its history, as people read them."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from bookingdb import AuditEntry, Booking, BookingStatus
from bookingdb.cli.output import cell, emit, grid, printable

__all__ = ["changes_of", "history_table", "show_booking"]

BOOKKEEPING = {
    "business_id",
    "booking_id",
    "version",
    "created_at",
    "updated_at",
    "confirmed_at",
    "cancelled_at",
    "idempotency_digest",
}
"""Columns of a booking that tell no more than the entry itself, or nothing to people."""


def show_booking(booking: Booking, *, as_json: bool) -> None:
    """Print a booking as it is now."""
    columns = ("booking", "date", "time", "bouquets", "customer", "status", "payment", "version")
    row = (
        booking.booking_id,
        f"{booking.date:%a %F}",
        booking.time,
        booking.bouquets,
        booking.customer_name,
        booking.status,
        f"{booking.payment_status}, {booking.payment_method}",
        booking.version,
    )
    held = f"Held until {cell(booking.hold_expires_at)}: bookingdb confirm {booking.booking_id}"
    emit(
        booking,
        grid(*columns, rows=[row], numbers=["bouquets", "version"]),
        as_json=as_json,
        note=held if booking.status == BookingStatus.HELD else None,
    )


def changes_of(entry: AuditEntry) -> dict[str, dict[str, Any]]:
    """The fields that an entry changed, each with its `old` and its `new` value."""
    old, new = entry.old_values or {}, entry.new_values or {}
    return {
        field: {"old": old.get(field), "new": new.get(field)}
        for field in {**old, **new}
        if field not in BOOKKEEPING and old.get(field) != new.get(field)
    }


def history_table(entries: Iterable[AuditEntry]) -> Table:
    """Who did what when, from where and why; an entry a row."""
    rows = [
        (entry.booking_version, _what(entry), _who(entry), _what_changed(entry))
        for entry in entries
    ]
    columns = ("version", "what, when", "who, from where, why", "changes")
    table = grid(*columns, rows=rows, numbers=["version"])
    table.columns[1].no_wrap = True
    return table


def _what(entry: AuditEntry) -> Text:
    return Text(entry.action_type).append("\n").append(cell(entry.created_at).plain, style="dim")


def _who(entry: AuditEntry) -> Text:
    who = " ".join(filter(None, (entry.performed_by, entry.performed_by_id)))
    whence = ", ".join(str(v) for v in (entry.ip_address, entry.user_agent) if v)
    text = Text(printable(who))
    if whence:
        text.append(printable(f"\n{whence}"), style="dim")
    if entry.reason:
        text.append(printable(f"\n“{entry.reason}”"), style="italic")
    return text


def _what_changed(entry: AuditEntry) -> Text:
    changes = []
    for field, change in changes_of(entry).items():
        old, new = (_shown(change[side]) for side in ("old", "new"))
        text = Text(f"{field} ", style="dim")
        if entry.old_values is not None:
            text.append(old, style="red").append(" → " if entry.new_values is not None else "")
        changes.append(text.append(new, style="green"))
    return Text(", ").join(changes)


def _shown(value: Any) -> str:
    return "-" if value is None else printable(str(value))
