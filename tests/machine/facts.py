"""What the database says of a business, to be compared with the model."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import psycopg

from tests.machine.records import Booking, Change, Slot
from tests.machine.schedule import Shop

__all__ = ["differences"]

Connection = psycopg.Connection[Any]

_BOOKINGS = f"""
  select {", ".join(f.name for f in fields(Booking))}, refund_due
    from bookingdb.bookings
   where business_id = %s"""

_SLOTS = f"""
  select date, time, {", ".join(f.name for f in fields(Slot))},
         booked_count, booked_bouquets, overhang_count, overhang_bouquets, waiting_count
    from bookingdb.time_slots
   where business_id = %s
   order by date, time"""

_LOG = """
  select a.booking_id, a.booking_version, a.action_type, a.performed_by, coalesce(a.waived, '{}'),
         a.new_values = to_jsonb(b)
    from bookingdb.booking_audit_log a
    left join bookingdb.bookings b
      on b.booking_id = a.booking_id
     and b.version = a.booking_version
   where a.business_id = %s
   order by a.booking_id, a.booking_version"""

_AVAILABLE = """
  select date, time, remaining_bookings, remaining_bouquets
    from bookingdb.available_slots(%s, %s, %s, %s, %s)"""

_REASONS = """
  select s.date, s.time,
         array(select w.code from bookingdb.why_unavailable(s.date, s.time, %s, s.business_id) w)
    from bookingdb.time_slots s
   where s.business_id = %s"""

_LINE = "select booking_id from bookingdb.waiting_list(%s, %s, %s)"


def differences(conn: Connection, shop: Shop, bouquets: int) -> Iterator[str]:
    """A line for each difference: what the database says, what the model says."""
    for name, said, expected in _compared(conn, shop, bouquets):
        if isinstance(said, dict) and isinstance(expected, dict):
            for key in said.keys() | expected.keys():
                if said.get(key) != expected.get(key):
                    yield f"{name}, {key}: {said.get(key)}; the model says {expected.get(key)}"
        elif said != expected:
            yield f"{name}: {said}; the model says {expected}"


def _compared(conn: Connection, shop: Shop, bouquets: int) -> Iterator[tuple[str, Any, Any]]:
    business = shop.business_id
    first, last = shop.today - dt.timedelta(1), shop.today + dt.timedelta(9)
    is_all = bouquets == 1
    with conn.pipeline():  # one round trip for all
        cursors = [
            conn.execute(_BOOKINGS, [business]),
            conn.execute(_SLOTS, [business]),
            conn.execute(_LOG, [business]),
            conn.execute(_AVAILABLE, [first, last, bouquets, is_all, business]),
            conn.execute(_REASONS, [bouquets, business]),
            conn.execute(_LINE, [first, last, business]),
        ]
    bookings, slots, log, available, reasons, line = (c.fetchall() for c in cursors)

    yield (
        "bookings",
        {row[0]: (_booking(row), row[-1]) for row in bookings},
        {i: (b, b.refund_due) for i, b in shop.bookings.items()},
    )
    yield (
        "slots",
        {row[:2]: row[2:] for row in slots},
        {key: _slot_row(shop, key) for key in shop.slots},
    )
    told: dict[Any, tuple[Change, ...]] = {}
    for booking_id, version, action, by, waived, _ in log:
        change = Change(version, action, by, tuple(waived))
        told[booking_id] = (*told.get(booking_id, ()), change)
    yield "log", told, shop.log
    yield "rows unlike the log", [row[0] for row in log if row[-1] is False], []
    yield (
        "available",
        {row[:2]: row[2:] for row in available},
        shop.available(bouquets, include_full=is_all),
    )
    yield (
        "reasons",
        {row[:2]: row[2] for row in reasons},
        {key: [code for code, _ in shop.refusals(key, bouquets)] for key in shop.slots},
    )
    waiting = [b.booking_id for k in sorted(shop.slots) if k[0] >= first for b in shop.waiting(k)]
    yield "line", [booking_id for (booking_id,) in line], waiting
    left_behind = [
        waiter.booking_id
        for key in filter(shop.is_open, shop.slots)
        if shop.policies.customer_limit == 0  # else a place elsewhere can be in the way, and go
        for waiter in shop.fitting(shop.waiting(key), *shop.free(key))
    ]
    yield "left behind", left_behind, []


def _booking(row: tuple[Any, ...]) -> Booking:
    values = dict(zip((f.name for f in fields(Booking)), row, strict=False))
    if values["proposed_slots"] is not None:
        values["proposed_slots"] = tuple(values["proposed_slots"])
    return Booking(**values)


def _slot_row(shop: Shop, key: Any) -> tuple[Any, ...]:
    slot, (count, bouquets) = shop.slots[key], shop.booked(key)
    over = max(0, count - slot.max_bookings), max(0, bouquets - slot.max_bouquets)
    values = (getattr(slot, f.name) for f in fields(Slot))
    return (*values, count, bouquets, *over, len(shop.waiting(key)))
