"""Slots, a booking and its history, as people read them."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from bookingdb import Alternative, AvailableSlot, Booking, BookingStatus, HistoryEntry
from bookingdb.cli.output import cell, emit, grid, printable

__all__ = ["changes_of", "history_table", "show_booking", "slots_table"]

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


def show_booking(
    booking: Booking, *, as_json: bool, note: str | None = None, is_past: bool = False
) -> None:
    """Print a booking, and `note` with what there is to do about it, unless it is past."""
    columns = ("booking", "date", "time", "bouquets", "customer", "status", "payment", "version")
    row = (
        booking.booking_id,
        f"{booking.date:%a %F}",
        booking.time,
        booking.bouquets,
        _customer(booking),
        _with_remark(booking.status, booking.cancel_reason),
        f"{booking.payment_status}, {booking.payment_method}",
        booking.version,
    )
    notes = [*filter(None, [note]), *(() if is_past else _to_do(booking))]
    emit(
        booking,
        grid(*columns, rows=[row], numbers=["bouquets", "version"]),
        as_json=as_json,
        note="\n".join(notes) or None,
    )


def slots_table(slots: Iterable[AvailableSlot | Alternative]) -> Table:
    """Slots with what is left in each."""
    rows = [(f"{s.date:%a %F}", s.time, s.remaining_bookings, s.remaining_bouquets) for s in slots]
    numbers = ("bookings left", "bouquets left")
    return grid("date", "time", *numbers, rows=rows, numbers=numbers)


def changes_of(entry: HistoryEntry) -> dict[str, dict[str, Any]]:
    """The fields that an entry changed, each with its `old` and its `new` value."""
    old, new = entry.old_values or {}, entry.new_values or {}
    return {
        field: {"old": old.get(field), "new": new.get(field)}
        for field in {**old, **new}
        if field not in BOOKKEEPING and old.get(field) != new.get(field)
    }


def history_table(entries: Iterable[HistoryEntry]) -> Table:
    """Who did what when, from where and why; an entry a row."""
    rows = [
        (entry.booking_version, _what(entry), _who(entry), _what_changed(entry))
        for entry in entries
    ]
    columns = ("version", "what, when", "who, from where, why", "changes")
    table = grid(*columns, rows=rows, numbers=["version"])
    table.columns[1].no_wrap = True
    return table


def _customer(booking: Booking) -> Text:
    text = Text(printable(booking.customer_name or ""))
    contact = ", ".join(filter(None, (booking.customer_email, booking.customer_phone)))
    if contact:
        text.append(printable(f"\n{contact}"), style="dim")
    return _with_remark(text, booking.notes)


def _with_remark(text: Text | str, remark: str | None) -> Text:
    """A text, and below it what somebody wrote."""
    text = Text(text) if isinstance(text, str) else text
    return text.append(printable(f"\n“{remark}”"), style="italic") if remark else text


def _to_do(booking: Booking) -> Iterator[str]:
    """What is to be done about a booking, and how."""
    one = booking.booking_id
    if booking.status == BookingStatus.HELD:
        yield f"Held until {cell(booking.hold_expires_at)}: bookingdb confirm {one}"
    if booking.status == BookingStatus.WAITING:
        yield f"Waits for a place. The line: bookingdb waiting {booking.date}"
    if booking.proposed_slots:
        slots = ", ".join(f"{slot:%a %F %H:%M}" for slot in booking.proposed_slots)
        yield f"Proposed instead: {slots}. Accept: bookingdb move {one} DATE TIME"
    if booking.refund_due:
        yield f"Paid without a place. Once the money is back: bookingdb pay {one} refunded"


def _what(entry: HistoryEntry) -> Text:
    return Text(entry.action_type).append("\n").append(cell(entry.created_at).plain, style="dim")


def _who(entry: HistoryEntry) -> Text:
    who = " ".join(filter(None, (entry.performed_by, entry.performed_by_id)))
    whence = ", ".join(str(v) for v in (entry.ip_address, entry.user_agent) if v)
    text = Text(printable(who))
    if whence:
        text.append(printable(f"\n{whence}"), style="dim")
    if entry.waived:
        text.append(f"\nwaived {', '.join(entry.waived)}".replace("_", " "), style="yellow")
    return _with_remark(text, entry.reason)


def _what_changed(entry: HistoryEntry) -> Text:
    changes = []
    for field, change in changes_of(entry).items():
        old, new = (_shown(change[side]) for side in ("old", "new"))
        text = Text(f"{field} ", style="dim")
        if entry.old_values is not None:
            text.append(old, style="red").append(" → " if entry.new_values is not None else "")
        changes.append(text.append(new, style="green"))
    return Text(", ").join(changes)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return "-" if value is None else printable(str(value))
