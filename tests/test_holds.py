"""A hold that has run out, and money that arrives for it: nothing is lost, nothing given twice."""

import datetime as dt
from collections.abc import Callable

import pytest

import bookingdb
from bookingdb import Booking, BookingStatus, HoldExpired, IllegalTransition, PaymentStatus
from tests.shop import NINE, Shop
from tests.support import Database

MINUTE = dt.timedelta(minutes=1)
PAID, REFUNDED = PaymentStatus.PAID, PaymentStatus.REFUNDED


@pytest.fixture(params=["swept", "not swept"])
def run_out(request: pytest.FixtureRequest, shop: Shop, database: Database) -> Booking:
    """A hold that has run out, whether or not anybody swept it."""
    hold = shop.book(hold_for=MINUTE)
    database.set_clock(str(hold.hold_expires_at))
    if request.param == "swept":
        assert bookingdb.expire_holds(shop.conn) == 1
    return hold


def give_away(shop: Shop) -> None:
    for _ in range(3):
        shop.book()
    assert shop.slot()[0] == 3


def actions(shop: Shop, booking: Booking) -> list[str]:
    return [e.action_type for e in bookingdb.booking_history(shop.conn, booking.booking_id)]


def pay(shop: Shop, booking: Booking, status: PaymentStatus = PAID) -> Booking:
    return bookingdb.record_payment(shop.conn, booking.booking_id, status)


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda s, b: bookingdb.confirm_booking(s.conn, b.booking_id), "confirmed"),
        (lambda s, b: bookingdb.extend_hold(s.conn, b.booking_id, MINUTE), "held"),
        (pay, "held"),
    ],
)
def test_free_place_is_taken_again(
    shop: Shop, run_out: Booking, call: Callable[[Shop, Booking], Booking], status: str
) -> None:
    again = call(shop, run_out)
    assert (again.status, again.refund_due, shop.slot()[:2]) == (status, False, (1, 1))


@pytest.mark.parametrize(
    "call",
    [
        lambda s, b: bookingdb.confirm_booking(s.conn, b.booking_id),
        lambda s, b: bookingdb.extend_hold(s.conn, b.booking_id, MINUTE),
    ],
)
def test_place_that_was_given_away(
    shop: Shop, run_out: Booking, call: Callable[[Shop, Booking], Booking]
) -> None:
    give_away(shop)
    with pytest.raises(HoldExpired) as caught:
        call(shop, run_out)
    assert "3 of 3 bookings" in caught.value.detail
    assert shop.slot()[:2] == (3, 3)


def test_payment_after_the_place_was_given_away(shop: Shop, run_out: Booking) -> None:
    give_away(shop)
    paid = pay(shop, run_out)
    assert (paid.status, paid.payment_status, paid.refund_due) == ("expired", "paid", True)
    assert shop.slot()[:2] == (3, 3)
    assert actions(shop, run_out) == ["created", "expired", "payment_succeeded"]
    refunded = pay(shop, run_out, REFUNDED)
    assert (refunded.payment_status, refunded.refund_due) == ("refunded", False)


def test_payment_when_the_slot_has_begun(shop: Shop, database: Database) -> None:
    """The place is there, but nothing can be booked any more."""
    hold = shop.book(hold_for=MINUTE)
    (slot,) = (
        s for s in bookingdb.available_slots(shop.conn, hold.date, hold.date) if s.time == NINE
    )
    database.set_clock(str(slot.starts_at))
    paid = pay(shop, hold)
    assert (paid.status, paid.refund_due) == ("expired", True)
    assert actions(shop, hold) == ["created", "expired", "payment_succeeded"]


def test_paid_hold_is_kept_until_its_slot_begins(shop: Shop, database: Database) -> None:
    hold = shop.book(hold_for=MINUTE)
    paid = pay(shop, hold)
    (slot,) = (
        s for s in bookingdb.available_slots(shop.conn, hold.date, hold.date) if s.time == NINE
    )
    assert (paid.status, paid.hold_expires_at) == ("held", slot.starts_at)
    database.set_clock(str(slot.starts_at - MINUTE))
    assert bookingdb.expire_holds(shop.conn) == 0
    assert bookingdb.confirm_booking(shop.conn, hold.booking_id).status == "confirmed"


def test_paid_hold_is_kept_whatever_happens_to_it(shop: Shop) -> None:
    hold = shop.book(hold_for=MINUTE)
    kept_until = pay(shop, hold).hold_expires_at
    extended = bookingdb.extend_hold(shop.conn, hold.booking_id, MINUTE)
    assert extended.hold_expires_at == kept_until
    later = hold.date + dt.timedelta(days=2)
    moved = bookingdb.reschedule_booking(shop.conn, hold.booking_id, later, NINE)
    assert moved.hold_expires_at is not None
    assert kept_until is not None
    assert moved.hold_expires_at >= kept_until + dt.timedelta(days=2) - dt.timedelta(hours=1)

    give_away(shop)
    waiting = bookingdb.join_waitlist(shop.conn, hold.date, NINE, 1, "Eve", "eve@example.org")
    assert pay(shop, waiting).refund_due
    shop.conn.execute("delete from bookingdb.bookings where date = %s and status = 'confirmed'"
                      " and booking_id = (select min(booking_id::text)::uuid from"
                      " bookingdb.bookings where date = %s and status = 'confirmed')",
                      [hold.date, hold.date])  # fmt: skip
    offered = bookingdb.get_booking(shop.conn, waiting.booking_id)
    assert (offered.status, offered.hold_expires_at) == ("held", kept_until)
    assert not offered.refund_due


def test_lead_time_was_kept_when_the_hold_was_made(shop: Shop, run_out: Booking) -> None:
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(days=30))
    assert bookingdb.confirm_booking(shop.conn, run_out.booking_id).status == "confirmed"


def test_payment_on_arrival_cannot_fail(shop: Shop) -> None:
    with pytest.raises(IllegalTransition, match="Illegal transition"):
        pay(shop, shop.book(), PaymentStatus.FAILED)


def test_who_sweeps_is_in_the_log(shop: Shop, database: Database) -> None:
    hold = shop.book(hold_for=MINUTE)
    database.set_clock(str(hold.hold_expires_at))
    bot = bookingdb.Actor(bookingdb.ActorKind.SYSTEM, "minute job")
    bookingdb.expire_holds(shop.conn, actor=bot)
    entry = bookingdb.booking_history(shop.conn, hold.booking_id)[-1]
    assert (entry.performed_by, entry.performed_by_id) == ("system", "minute job")


def test_failed_payment_leaves_the_hold_as_it_was(shop: Shop) -> None:
    hold = shop.book(hold_for=MINUTE, payment_method=bookingdb.PaymentMethod.PAY_NOW)
    failed = pay(shop, hold, PaymentStatus.FAILED)
    assert (failed.status, failed.hold_expires_at) == ("held", hold.hold_expires_at)


def test_payment_for_what_was_cancelled_is_flagged(shop: Shop) -> None:
    booking = shop.book()
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert pay(shop, booking).refund_due
    paid = shop.book()
    assert not pay(shop, paid).refund_due
    assert bookingdb.cancel_booking(shop.conn, paid.booking_id).refund_due


def test_anonymous_hold_is_completed_in_one_step(shop: Shop) -> None:
    hold = shop.book(customer_name=None, customer_email=None, hold_for=MINUTE, bouquets=2)
    confirmed = bookingdb.confirm_booking(
        shop.conn,
        hold.booking_id,
        expected_version=1,
        bouquets=5,
        customer_name="Ada",
        customer_email="ada@example.org",
        customer_phone="+49 30 1234",
    )
    assert (confirmed.version, confirmed.bouquets, shop.slot()[:2]) == (2, 5, (1, 5))
    assert (confirmed.customer_name, confirmed.customer_phone) == ("Ada", "+49 30 1234")
    assert actions(shop, hold) == ["created", "confirmed"]


def test_releasing_twice_releases_once(shop: Shop) -> None:
    booking, other = shop.book(bouquets=2), shop.book(bouquets=3)
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    for back in ("confirmed", "held", "waiting", "completed"):
        with pytest.raises(IllegalTransition):
            shop.conn.execute(
                "update bookingdb.bookings set status = %s, cancelled_at = null"
                " where booking_id = %s",
                [back, booking.booking_id],
            )
    with pytest.raises(IllegalTransition):
        bookingdb.cancel_booking(shop.conn, booking.booking_id)
    shop.conn.execute("delete from bookingdb.bookings where booking_id = %s", [booking.booking_id])
    assert shop.slot()[:2] == (1, 3)
    assert bookingdb.get_booking(shop.conn, other.booking_id).status == BookingStatus.CONFIRMED
