"""Rules of a business hold for customers and programs; staff waives them, and the log says so."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

import bookingdb
from bookingdb import (
    Actor,
    ActorKind,
    Booking,
    BookingError,
    CancellationWindowClosed,
    CustomerLimitReached,
    InvalidArgument,
    MaximumBookingsReached,
    SlotNotOpen,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

HOUR = dt.timedelta(hours=1)
TEN = dt.time(10)
CUSTOMER, STAFF = Actor(ActorKind.CUSTOMER, "ada"), Actor(ActorKind.ADMIN, "bob")
OTHERS = (CUSTOMER, Actor(ActorKind.SYSTEM), None)


def starts_at(shop: Shop, date: dt.date = DAY, time: dt.time = NINE) -> dt.datetime:
    query = "select starts_at from bookingdb.time_slots where date = %s and time = %s"
    ((instant,),) = shop.conn.execute(query, [date, time]).fetchall()
    assert isinstance(instant, dt.datetime)
    return instant


def waived(shop: Shop, booking: Booking) -> list[list[str] | None]:
    return [e.waived for e in bookingdb.booking_history(shop.conn, booking.booking_id)]


def refused(error: type[BookingError], call: Callable[..., Any]) -> None:
    """Customers, programs and who says nothing are refused alike."""
    for actor in OTHERS:
        with pytest.raises(error):
            call(actor=actor)


def test_lead_time(shop: Shop, database: Database) -> None:
    bookingdb.update_business(shop.conn, lead_time=2 * HOUR)
    database.set_clock(str(starts_at(shop) - HOUR))
    refused(SlotNotOpen, shop.book)
    booking = shop.book(actor=STAFF)
    assert waived(shop, booking) == [["lead_time"]]
    assert waived(shop, shop.book(TEN, actor=STAFF)) == [["lead_time"]]
    late = shop.book(dt.time(11, 30), actor=STAFF)
    assert waived(shop, late) == [None], "nothing to waive"

    refused(SlotNotOpen, lambda **a: bookingdb.reschedule_booking(
        shop.conn, late.booking_id, DAY, NINE, **a))  # fmt: skip
    bookingdb.reschedule_booking(shop.conn, late.booking_id, DAY, NINE, actor=STAFF)
    assert waived(shop, late) == [None, ["lead_time"]]


def test_nobody_books_a_slot_that_has_begun(shop: Shop, database: Database) -> None:
    database.set_clock(str(starts_at(shop)))
    with pytest.raises(SlotNotOpen):
        shop.book(actor=STAFF)


def test_horizon(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, horizon_days=3)
    refused(SlotNotOpen, shop.book)
    assert waived(shop, shop.book(actor=STAFF)) == [["horizon"]]


def test_staff_cannot_waive_a_limit(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, horizon_days=3)
    for _ in range(3):
        shop.book(actor=STAFF)
    with pytest.raises(MaximumBookingsReached):
        shop.book(actor=STAFF)


def test_staff_of_the_transaction(shop: Shop) -> None:
    """set_actor() counts as well, and what was waived leaks into no other booking."""
    bookingdb.update_business(shop.conn, horizon_days=3)
    with shop.conn.transaction():
        bookingdb.set_actor(shop.conn, STAFF)
        far = shop.book()
        near = shop.book(date=DAY - dt.timedelta(days=3))
    assert (waived(shop, far), waived(shop, near)) == ([["horizon"]], [None])
    with shop.conn.transaction():
        bookingdb.set_actor(shop.conn, STAFF)
        requests = [
            {
                "date": d,
                "time": NINE,
                "bouquets": 1,
                "customer_name": "A",
                "customer_email": "a@b.c",
            }
            for d in (DAY, DAY - dt.timedelta(days=3))
        ]
        batch = bookingdb.create_bookings(shop.conn, requests)
    assert [waived(shop, b) for b in batch] == [[["horizon"]], [None]]


def test_cancellation_window(shop: Shop, database: Database) -> None:
    bookingdb.update_business(shop.conn, cancellation_window=24 * HOUR)
    one, two, three = shop.book(), shop.book(), shop.book()
    waiting = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", "eve@example.org")
    database.set_clock(str(starts_at(shop) - 25 * HOUR))
    bookingdb.cancel_booking(shop.conn, one.booking_id, actor=CUSTOMER)
    database.set_clock(str(starts_at(shop) - 24 * HOUR))
    refused(CancellationWindowClosed,
            lambda **a: bookingdb.cancel_booking(shop.conn, two.booking_id, **a))  # fmt: skip
    refused(CancellationWindowClosed, lambda **a: bookingdb.reschedule_booking(
        shop.conn, two.booking_id, DAY + dt.timedelta(days=3), NINE, **a))  # fmt: skip
    bookingdb.reschedule_booking(shop.conn, two.booking_id, DAY, NINE, bouquets=2, actor=CUSTOMER)

    bookingdb.confirm_booking(shop.conn, waiting.booking_id)
    next_in_line = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Mia", "mia@example.org")
    bookingdb.cancel_booking(shop.conn, two.booking_id, actor=STAFF)
    assert waived(shop, two) == [None, None, ["cancellation_window"]]
    assert waived(shop, next_in_line) == [None, None], "the offer is nobody's waiver"
    moved = bookingdb.reschedule_booking(shop.conn, three.booking_id, DAY, TEN, actor=STAFF)
    assert waived(shop, moved) == [None, ["cancellation_window"]]


def test_hold_is_let_go_at_any_time(shop: Shop, database: Database) -> None:
    hold = shop.book(hold_for=HOUR)
    bookingdb.update_business(shop.conn, cancellation_window=240 * HOUR)
    assert (
        bookingdb.cancel_booking(shop.conn, hold.booking_id, actor=CUSTOMER).status == "cancelled"
    )


def test_never_too_late_to_leave_a_legacy_slot(shop: Shop) -> None:
    """The shop changed its hours, not the customer his mind."""
    one, two = shop.book(), shop.book()
    bookingdb.update_business(shop.conn, cancellation_window=240 * HOUR)
    shop.set_hours(hours("10:00"))
    assert bookingdb.reschedule_booking(shop.conn, one.booking_id, DAY, TEN, actor=CUSTOMER)
    assert bookingdb.cancel_booking(shop.conn, two.booking_id, actor=CUSTOMER)
    assert waived(shop, two) == [None, None]


def test_customer_limit(shop: Shop, database: Database) -> None:
    bookingdb.update_business(shop.conn, customer_limit=2)
    shop.book()
    hold = shop.book(TEN, customer_email="ADA@example.org", hold_for=HOUR)
    refused(CustomerLimitReached, lambda **a: shop.book(dt.time(11), **a))
    shop.book(dt.time(11), customer_email="bob@example.org")
    tomorrow = shop.book(date=DAY + dt.timedelta(days=1))
    refused(CustomerLimitReached, lambda **a: bookingdb.reschedule_booking(
        shop.conn, tomorrow.booking_id, DAY, dt.time(11), **a))  # fmt: skip
    other = shop.book(dt.time(11), customer_email="eve@example.org")
    refused(CustomerLimitReached, lambda **a: bookingdb.update_booking(
        shop.conn, other.booking_id, customer_email="ada@example.org", **a))  # fmt: skip

    third = shop.book(dt.time(9, 30), actor=STAFF)
    assert waived(shop, third) == [["customer_limit"]]
    bookingdb.cancel_booking(shop.conn, third.booking_id)
    database.set_clock(str(hold.hold_expires_at))
    shop.book(dt.time(9, 30), actor=CUSTOMER)  # the hold has run out, and counts no more
    bookingdb.update_business(shop.conn, customer_limit=0)
    shop.book(dt.time(9, 30), actor=CUSTOMER)


def test_limit_when_a_hold_gets_its_name(shop: Shop) -> None:
    """Only what is confirmed counts against confirming: of two offers one can be taken."""
    bookingdb.update_business(shop.conn, customer_limit=1)
    nobody: dict[str, Any] = {"customer_name": None, "customer_email": None, "hold_for": HOUR}
    one, two, three = (shop.book(t, **nobody) for t in (NINE, TEN, dt.time(11)))
    ada: dict[str, Any] = {"customer_name": "Ada", "customer_email": "ada@example.org"}
    bookingdb.confirm_booking(shop.conn, one.booking_id, **ada)
    refused(CustomerLimitReached, lambda **a: bookingdb.confirm_booking(
        shop.conn, two.booking_id, **ada, **a))  # fmt: skip
    refused(CustomerLimitReached, lambda **a: bookingdb.update_booking(
        shop.conn, three.booking_id, **ada, **a))  # fmt: skip
    bookingdb.cancel_booking(shop.conn, two.booking_id)
    cancelled = bookingdb.update_booking(shop.conn, two.booking_id, **ada)
    assert cancelled.customer_name == "Ada", "what is over counts for nothing"
    moved = bookingdb.reschedule_booking(shop.conn, one.booking_id, DAY, TEN, bouquets=2)
    assert moved.time == TEN, "the same day"


def test_smaller_is_partly_cancelled(shop: Shop) -> None:
    booking = shop.book(bouquets=5)
    bookingdb.update_business(shop.conn, cancellation_window=240 * HOUR)
    refused(CancellationWindowClosed, lambda **a: bookingdb.update_booking(
        shop.conn, booking.booking_id, bouquets=1, **a))  # fmt: skip
    refused(CancellationWindowClosed, lambda **a: bookingdb.reschedule_booking(
        shop.conn, booking.booking_id, DAY, NINE, bouquets=1, **a))  # fmt: skip
    bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=6, actor=CUSTOMER)
    smaller = bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=1, actor=STAFF)
    assert waived(shop, smaller)[-1] == ["cancellation_window"]


def test_limit_of_a_batch(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, customer_limit=1)
    request = {"date": DAY, "bouquets": 1, "customer_name": "Ada", "customer_email": "ada@b.org"}
    with pytest.raises(CustomerLimitReached) as caught:
        bookingdb.create_bookings(shop.conn, [request | {"time": t} for t in (NINE, TEN)])
    assert caught.value.detail.startswith("Element 2.")


def test_a_request_twice_is_no_second_booking(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, customer_limit=1)
    assert shop.book(idempotency_key="k") == shop.book(idempotency_key="k")


def test_nobody_forges_a_waiver(shop: Shop) -> None:
    with pytest.raises(InvalidArgument, match="p_actor"):
        shop.conn.execute(
            'select bookingdb.set_actor(\'{"performed_by": "admin", "waived": "horizon"}\')'
        )
