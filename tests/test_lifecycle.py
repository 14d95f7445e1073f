"""What becomes of a booking: moved, completed, missed; holds that are extended and swept."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

import bookingdb
from bookingdb import (
    Actor,
    ActorKind,
    Booking,
    BookingStatus,
    HoldExpired,
    IllegalTransition,
    InvalidArgument,
    MaximumBookingsReached,
    MaximumBouquetsReached,
    SlotNotFound,
    SlotNotOffered,
    VersionConflict,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

MINUTE = dt.timedelta(minutes=1)
TEN = dt.time(10)


def test_reschedule_moves_place_and_quantity(shop: Shop) -> None:
    booking = shop.book(bouquets=2)
    moved = bookingdb.reschedule_booking(
        shop.conn, booking.booking_id, DAY, TEN, bouquets=3, expected_version=1
    )
    assert (moved.time, moved.bouquets, moved.version) == (TEN, 3, 2)
    assert (shop.slot(NINE)[:2], shop.slot(TEN)[:2]) == ((0, 0), (1, 3))
    history = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert history[-1].action_type == "rescheduled"


def test_full_target_leaves_everything_as_it_was(shop: Shop) -> None:
    booking = shop.book()
    for _ in range(3):
        shop.book(TEN)
    with pytest.raises(MaximumBookingsReached):
        bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, TEN)
    with pytest.raises(SlotNotFound):
        bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, dt.time(3))
    assert bookingdb.get_booking(shop.conn, booking.booking_id) == booking
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (1, 3)


def test_reschedule_within_the_slot_changes_the_quantity(shop: Shop) -> None:
    booking = shop.book(bouquets=4)
    shop.book(bouquets=4)
    moved = bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, NINE, bouquets=6)
    assert moved.bouquets == 6
    with pytest.raises(MaximumBouquetsReached):
        bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, NINE, bouquets=7)


def test_reschedule_from_a_legacy_slot_but_not_to_one(shop: Shop) -> None:
    booking = shop.book()
    shop.set_hours(hours("10:00"))
    other = shop.book(TEN)
    with pytest.raises(SlotNotOffered):
        bookingdb.reschedule_booking(shop.conn, other.booking_id, DAY, NINE)
    assert bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, TEN).time == TEN


def test_reschedule_refuses_what_is_over(shop: Shop, database: Database) -> None:
    cancelled = shop.book()
    bookingdb.cancel_booking(shop.conn, cancelled.booking_id)
    hold = shop.book(hold_for=MINUTE)
    database.set_clock(str(hold.hold_expires_at))
    with pytest.raises(IllegalTransition):
        bookingdb.reschedule_booking(shop.conn, cancelled.booking_id, DAY, TEN)
    with pytest.raises(HoldExpired):
        bookingdb.reschedule_booking(shop.conn, hold.booking_id, DAY, TEN)
    for bouquets in (0, -1):
        with pytest.raises(InvalidArgument, match="p_bouquets"):
            bookingdb.reschedule_booking(shop.conn, hold.booking_id, DAY, TEN, bouquets=bouquets)


@pytest.mark.parametrize(
    ("function", "status", "other"),
    [
        (bookingdb.complete_booking, "completed", bookingdb.mark_no_show),
        (bookingdb.mark_no_show, "no_show", bookingdb.complete_booking),
    ],
)
def test_served_or_missed(
    shop: Shop, function: Callable[..., Booking], status: str, other: Callable[..., Booking]
) -> None:
    booking = shop.book()
    staff = Actor(ActorKind.ADMIN, "bob")
    with pytest.raises(VersionConflict):
        function(shop.conn, booking.booking_id, expected_version=7)
    done = function(shop.conn, booking.booking_id, expected_version=1, actor=staff)
    assert (done.status, done.version) == (status, 2)
    assert bookingdb.booking_history(shop.conn, booking.booking_id)[-1].performed_by_id == "bob"
    assert shop.slot()[0] == 1, "the place stays taken"
    with pytest.raises(IllegalTransition):
        function(shop.conn, booking.booking_id)
    with pytest.raises(IllegalTransition):
        bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert other(shop.conn, booking.booking_id).version == 3


def test_extended_hold_lasts_from_now_on(shop: Shop, database: Database) -> None:
    hold = shop.book(hold_for=MINUTE)
    assert hold.hold_expires_at is not None
    database.set_clock(str(hold.hold_expires_at + MINUTE))
    extended = bookingdb.extend_hold(shop.conn, hold.booking_id, 5 * MINUTE)
    assert extended.hold_expires_at == hold.hold_expires_at + 6 * MINUTE
    for bad in (-MINUTE, dt.timedelta(0), dt.timedelta(days=32)):
        with pytest.raises(InvalidArgument, match="p_hold_for"):
            bookingdb.extend_hold(shop.conn, hold.booking_id, bad)
    with pytest.raises(IllegalTransition):
        bookingdb.extend_hold(shop.conn, shop.book().booking_id, MINUTE)


def test_expire_holds_sweeps_what_has_run_out(shop: Shop, database: Database) -> None:
    holds = [shop.book(time, hold_for=n * MINUTE) for n, time in ((1, NINE), (2, TEN), (9, TEN))]
    assert bookingdb.expire_holds(shop.conn) == 0
    assert holds[1].hold_expires_at is not None
    database.set_clock(str(holds[1].hold_expires_at))
    assert bookingdb.expire_holds(shop.conn, limit=1) == 1
    assert bookingdb.expire_holds(shop.conn) == 1
    now = [bookingdb.get_booking(shop.conn, h.booking_id).status for h in holds]
    assert now == [BookingStatus.EXPIRED, BookingStatus.EXPIRED, BookingStatus.HELD]
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (0, 1)
    with pytest.raises(InvalidArgument, match="p_limit"):
        bookingdb.expire_holds(shop.conn, limit=0)


def test_date_with_hours_of_its_own(shop: Shop) -> None:
    opening = {k: v for k, v in hours("20:00", "21:00").items() if k != "weekday"}
    (exception,) = bookingdb.set_schedule_exception(shop.conn, DAY, [opening], reason="party")
    assert (exception.opens, exception.reason) == (dt.time(20), "party")
    bookingdb.refresh_future_schedule(shop.conn)
    times = [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)]
    assert times == [dt.time(20), dt.time(20, 30)]

    (closed,) = bookingdb.set_schedule_exception(shop.conn, DAY, [])
    assert closed.opens is None
    bookingdb.refresh_future_schedule(shop.conn)
    assert bookingdb.available_slots(shop.conn, DAY, DAY) == []

    assert bookingdb.clear_schedule_exception(shop.conn, DAY) is True
    assert bookingdb.clear_schedule_exception(shop.conn, DAY) is False
    bookingdb.refresh_future_schedule(shop.conn)
    assert len(bookingdb.available_slots(shop.conn, DAY, DAY)) == 6


def test_malformed_exception(shop: Shop) -> None:
    malformed: list[list[Any]] = [[hours()], [{}], [7], [{"opens": "x"}]]
    for bad in malformed:
        with pytest.raises(InvalidArgument, match="p_hours"):
            bookingdb.set_schedule_exception(shop.conn, DAY, bad)
    with pytest.raises(InvalidArgument, match="p_date"):
        bookingdb.set_schedule_exception(shop.conn, dt.date(2001, 1, 1), [])
