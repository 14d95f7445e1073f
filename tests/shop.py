"""A small shop to book in: open every day from 9 to 12, three bookings and ten bouquets a slot."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg

import bookingdb
from bookingdb import Booking, RefreshCounts

__all__ = ["DAY", "NINE", "Shop", "hours", "open_shop"]

DAY = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=5)
NINE = dt.time(9)


def hours(
    opens: str = "09:00",
    closes: str = "12:00",
    *,
    weekday: int | list[int] | None = None,
    slot_interval: str = "30 minutes",
    max_bookings: int = 3,
    max_bouquets: int = 10,
) -> dict[str, Any]:
    """One rule for set_opening_hours; every day of the week unless `weekday` says otherwise."""
    return {
        "weekday": weekday or [1, 2, 3, 4, 5, 6, 7],
        "opens": opens,
        "closes": closes,
        "slot_interval": slot_interval,
        "max_bookings": max_bookings,
        "max_bouquets": max_bouquets,
    }


@dataclass(frozen=True)
class Shop:
    """A business with slots; its methods fill in what a test does not care for."""

    conn: psycopg.Connection[Any]

    def book(
        self,
        time: dt.time = NINE,
        bouquets: int = 1,
        *,
        date: dt.date = DAY,
        customer_name: str | None = "Ada",
        customer_email: str | None = "ada@example.org",
        **arguments: Any,
    ) -> Booking:
        return bookingdb.create_booking_safe(
            self.conn, date, time, bouquets, customer_name, customer_email, **arguments
        )

    def set_hours(self, *rules: dict[str, Any]) -> RefreshCounts:
        """Replace the schedule from today on, and let the slots follow."""
        bookingdb.set_opening_hours(self.conn, rules)
        return bookingdb.refresh_future_schedule(self.conn)

    def slot(self, time: dt.time = NINE, date: dt.date = DAY) -> Any:
        """Counters of a slot, its limits, overhang and is_legacy; None when there is none."""
        return self.conn.execute(
            "select booked_count, booked_bouquets, max_bookings, max_bouquets, overhang_count,"
            " overhang_bouquets, is_legacy from bookingdb.time_slots where date = %s and time = %s",
            [date, time],
        ).fetchone()


def open_shop(conn: psycopg.Connection[Any], *, time_zone: str = "Europe/Berlin") -> Shop:
    """Make the default business with its slots."""
    bookingdb.create_business(conn, "Flower shop", time_zone, horizon_days=14)
    shop = Shop(conn)
    shop.set_hours(hours())
    return shop
