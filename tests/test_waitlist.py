"""A place that becomes free goes to whoever waits for it, in the same transaction."""

import datetime as dt
from typing import Any, LiteralString

import psycopg
import pytest

import bookingdb
from bookingdb import (
    BookingStatus,
    IllegalTransition,
    InvalidArgument,
    MaximumBookingsReached,
    MaximumBouquetsReached,
    SlotNotFound,
)
from tests.shop import DAY, NINE, Shop
from tests.support import Database
from tests.waiting import fill, join, line, statuses

TEN = dt.time(10)
WAITING, HELD, EXPIRED = BookingStatus.WAITING, BookingStatus.HELD, BookingStatus.EXPIRED


def test_freed_place_is_held_for_the_first(shop: Shop) -> None:
    booked = fill(shop)
    first, _ = join(shop, "first"), join(shop, "second")
    assert (first.status, line(shop)) == (WAITING, ["first", "second"])
    assert shop.slot()[:2] == (3, 3), "who waits takes no place"

    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    offered = bookingdb.get_booking(shop.conn, first.booking_id)
    assert (offered.status, offered.version) == (HELD, 2)
    assert offered.hold_expires_at is not None
    assert dt.timedelta(minutes=14) < offered.hold_expires_at - offered.updated_at
    assert line(shop) == ["second"]
    with pytest.raises(MaximumBookingsReached):
        shop.book()

    entry = bookingdb.booking_history(shop.conn, first.booking_id)[-1]
    assert (entry.action_type, entry.performed_by) == ("offered", "system")
    assert entry.reason == "offered from the waiting list"
    confirmed = bookingdb.confirm_booking(shop.conn, first.booking_id)
    assert (confirmed.status, shop.slot()[:2]) == ("confirmed", (3, 3))


@pytest.mark.parametrize(
    "statement",
    [
        "delete from bookingdb.bookings where booking_id = %s",
        "update bookingdb.bookings set status = 'cancelled' where booking_id = %s",
        "update bookingdb.bookings set time = '10:00' where booking_id = %s",
        "select bookingdb.reschedule_booking(%s, current_date + 5, '10:00')",
        "select bookingdb.cancel_booking(%s)",
    ],
)
def test_whoever_frees_it(shop: Shop, statement: LiteralString) -> None:
    booked = fill(shop)
    waiting = join(shop, "first")
    shop.conn.execute(statement, [booked[0].booking_id])
    assert statuses(shop, waiting) == [HELD]
    assert shop.slot()[0] == 3


def test_offer_is_undone_with_what_freed_the_place(shop: Shop) -> None:
    booked = fill(shop)
    waiting = join(shop, "first")
    with shop.conn.transaction(force_rollback=True):
        bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
        assert statuses(shop, waiting) == [HELD]
    assert statuses(shop, waiting) == [WAITING]
    assert len(bookingdb.booking_history(shop.conn, waiting.booking_id)) == 1


def test_who_needs_more_is_passed_over(shop: Shop) -> None:
    booked = fill(shop, bouquets=3)
    big, small = join(shop, "big", 5), join(shop, "small", 4)
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    assert statuses(shop, big, small) == [WAITING, HELD], "10 - 6 leaves 4"
    bookingdb.cancel_booking(shop.conn, booked[1].booking_id)
    assert statuses(shop, big) == [WAITING], "3 are free, not 5"
    bookingdb.update_booking(shop.conn, big.booking_id, bouquets=3)
    assert statuses(shop, big) == [HELD]


def test_fewer_bouquets_free_some(shop: Shop) -> None:
    booking = shop.book(bouquets=8)
    waiting = join(shop, "first", 4)
    bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=6)
    assert statuses(shop, waiting) == [HELD]


def test_free_place_is_offered_at_once(shop: Shop) -> None:
    assert join(shop, "first").status == HELD
    assert shop.slot()[0] == 1


def test_declined_offer_goes_to_the_next(shop: Shop) -> None:
    booked = fill(shop)
    first, second, third = (join(shop, name) for name in ("first", "second", "third"))
    left = bookingdb.leave_waitlist(shop.conn, second.booking_id, reason="not any more")
    assert (left.status, left.cancel_reason) == ("cancelled", "not any more")
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    bookingdb.leave_waitlist(shop.conn, first.booking_id, expected_version=2)
    assert statuses(shop, first, third) == [BookingStatus.CANCELLED, HELD]
    with pytest.raises(IllegalTransition):
        bookingdb.leave_waitlist(shop.conn, first.booking_id)
    with pytest.raises(IllegalTransition):
        bookingdb.leave_waitlist(shop.conn, shop.book(TEN).booking_id)


def test_waiting_ends_when_the_slot_begins(shop: Shop, database: Database) -> None:
    fill(shop)
    waiting = join(shop, "first")
    database.set_clock(str(bookingdb.available_slots(shop.conn, DAY, DAY)[0].starts_at))
    assert bookingdb.expire_holds(shop.conn) == 1
    assert statuses(shop, waiting) == [EXPIRED]


def test_what_cannot_be_done_while_waiting(shop: Shop) -> None:
    fill(shop)
    waiting = join(shop, "first")
    for query in (
        "select bookingdb.confirm_booking(%s)",
        "select bookingdb.reschedule_booking(%s, current_date + 5, '10:00')",
        "select bookingdb.complete_booking(%s)",
        "select bookingdb.extend_hold(%s, '1 hour')",
    ):
        with pytest.raises(IllegalTransition):
            shop.conn.execute(query.encode(), [waiting.booking_id])


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"date": None}, InvalidArgument, "p_date"),
        ({"time": None}, InvalidArgument, "p_time"),
        ({"bouquets": None}, InvalidArgument, "p_bouquets"),
        ({"bouquets": 0}, InvalidArgument, "p_bouquets"),
        ({"bouquets": 11}, MaximumBouquetsReached, "Maximum bouquets"),
        ({"customer_name": None}, InvalidArgument, "p_customer_name"),
        ({"customer_name": " "}, InvalidArgument, "p_customer_name"),
        ({"customer_email": None}, InvalidArgument, "p_customer_email"),
        ({"customer_email": "nobody"}, InvalidArgument, "p_customer_email"),
        ({"customer_phone": ""}, InvalidArgument, "p_customer_phone"),
        ({"notes": ""}, InvalidArgument, "p_notes"),
        ({"time": dt.time(3)}, SlotNotFound, "Slot not found"),
        ({"actor": {"performed_by": "nobody"}}, InvalidArgument, "p_actor"),
        ({"business_id": "00000000-0000-0000-0000-000000000000"}, InvalidArgument, "p_business_id"),
    ],
)
def test_bad_input(
    shop: Shop, arguments: dict[str, Any], error: type[Exception], named: str
) -> None:
    good: dict[str, Any] = {
        "date": DAY,
        "time": NINE,
        "bouquets": 1,
        "customer_name": "Ada",
        "customer_email": "ada@example.org",
    }
    with pytest.raises(error, match=named):
        bookingdb.join_waitlist(shop.conn, **(good | arguments))


def test_nobody_waits_twice(shop: Shop) -> None:
    fill(shop)
    join(shop, "Ada")
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        join(shop, "ada", 2)
    other = join(shop, "bob")
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        bookingdb.update_booking(shop.conn, other.booking_id, customer_email="ADA@example.org")
    with pytest.raises(MaximumBouquetsReached):
        bookingdb.update_booking(shop.conn, other.booking_id, bouquets=11)
    assert join(shop, "cyd", time=TEN).status == HELD
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        join(shop, "Cyd", time=TEN)
    with pytest.raises(InvalidArgument, match="p_from, p_to"):
        bookingdb.waiting_list(shop.conn, DAY, DAY - dt.timedelta(days=1))


def test_line_by_hand(shop: Shop) -> None:
    """The waiting count is nobody's to write."""
    fill(shop)
    join(shop, "first")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.conn.execute("update bookingdb.time_slots set waiting_count = 0")
