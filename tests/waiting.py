"""A full slot and who waits for it, in few words."""

import datetime as dt

import bookingdb
from bookingdb import Booking, BookingStatus
from tests.shop import DAY, NINE, Shop

__all__ = ["fill", "join", "line", "statuses"]


def fill(shop: Shop, time: dt.time = NINE, bouquets: int = 1) -> list[Booking]:
    return [shop.book(time, bouquets) for _ in range(3)]


def join(shop: Shop, name: str, bouquets: int = 1, time: dt.time = NINE) -> Booking:
    return bookingdb.join_waitlist(shop.conn, DAY, time, bouquets, name, f"{name}@example.org")


def statuses(shop: Shop, *bookings: Booking) -> list[BookingStatus]:
    return [bookingdb.get_booking(shop.conn, b.booking_id).status for b in bookings]


def line(shop: Shop) -> list[str]:
    return [w.customer_name for w in bookingdb.waiting_list(shop.conn, DAY, DAY)]
