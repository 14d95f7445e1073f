"""What must be true of slots, bookings and audit log, judged without the code under test."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from bookingdb import AuditEntry, BookingStatus
from bookingdb._rows import rows_of

__all__ = ["audit_entries", "counters_by_log", "miscounted", "overbooked"]

Connection = psycopg.Connection[Any]
Counters = dict[tuple[dt.date, dt.time], tuple[int, int]]

OCCUPYING = {
    BookingStatus.HELD,
    BookingStatus.CONFIRMED,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
}

_RECOUNT = """
select s.date, s.time, s.booked_count, s.booked_bouquets, s.max_bookings, s.max_bouquets,
       count(b.booking_id) as bookings, coalesce(sum(b.bouquets), 0) as bouquets
  from bookingdb.time_slots s
  left join bookingdb.bookings b
    on (b.business_id, b.date, b.time) = (s.business_id, s.date, s.time)
   and b.status not in ('waiting', 'cancelled', 'expired')
 where s.date = %s
 group by s.business_id, s.date, s.time
"""


def overbooked(conn: Connection, date: dt.date) -> list[str]:
    """Slots of a date that hold more than they may, at this instant."""
    return [
        f"{time} holds {bookings}/{bouquets} of {max_bookings}/{max_bouquets}"
        for _, time, _, _, max_bookings, max_bouquets, bookings, bouquets in _recount(conn, date)
        if bookings > max_bookings or bouquets > max_bouquets
    ]


def miscounted(conn: Connection, date: dt.date) -> list[str]:
    """Slots of a date whose counters are not what a recount gives, at this instant."""
    return [
        f"{time} counts {count}/{booked} and holds {bookings}/{bouquets}"
        for _, time, count, booked, _, _, bookings, bouquets in _recount(conn, date)
        if (count, booked) != (bookings, bouquets)
    ]


def _recount(conn: Connection, date: dt.date) -> list[tuple[Any, ...]]:
    return conn.execute(_RECOUNT, [date]).fetchall()


def audit_entries(conn: Connection) -> list[AuditEntry]:
    """The whole audit log, each booking's changes in their order."""
    with conn.cursor(row_factory=rows_of(AuditEntry)) as cursor:
        query = "select * from bookingdb.booking_audit_log order by booking_id, booking_version"
        return cursor.execute(query).fetchall()


def counters_by_log(entries: Iterable[AuditEntry]) -> Counters:
    """What the slots must count by the audit log alone; fails on a gap in it."""
    bookings: dict[UUID, dict[str, Any] | None] = {}
    versions: Counter[UUID] = Counter()
    for entry in entries:
        versions[entry.booking_id] += 1
        assert entry.booking_version == versions[entry.booking_id], f"gap before {entry}"
        assert entry.old_values == bookings.get(entry.booking_id), f"not what was before: {entry}"
        bookings[entry.booking_id] = entry.new_values
    counters: Counters = {}
    for booking in bookings.values():
        if booking is not None and booking["status"] in OCCUPYING:
            slot = dt.date.fromisoformat(booking["date"]), dt.time.fromisoformat(booking["time"])
            count, bouquets = counters.get(slot, (0, 0))
            counters[slot] = count + 1, bouquets + booking["bouquets"]
    return counters
