"""What create_booking_safe and its kin do when nothing is wrong, and what they refuse."""

import datetime as dt
import uuid

import psycopg
import pytest

import bookingdb
from bookingdb import (
    BookingStatus,
    HoldExpired,
    IdempotencyKeyReused,
    IllegalTransition,
    MaximumBookingsReached,
    MaximumBouquetsReached,
    PaymentMethod,
    PaymentStatus,
    SlotNotFound,
    SlotNotOffered,
    SlotNotOpen,
    VersionConflict,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

MINUTE = dt.timedelta(minutes=1)


def test_booking_has_what_was_asked_for(shop: Shop) -> None:
    booking = shop.book(
        bouquets=2,
        customer_phone="+49 30 1234",
        payment_method=PaymentMethod.PAY_NOW,
        notes="tulips",
        external_reference="partner-7",
    )
    assert (booking.date, booking.time, booking.bouquets) == (DAY, NINE, 2)
    assert (booking.status, booking.payment_status) == ("confirmed", "pending")
    assert booking.status is BookingStatus.CONFIRMED
    assert (booking.customer_phone, booking.notes) == ("+49 30 1234", "tulips")
    assert booking.external_reference == "partner-7"
    assert booking.confirmed_at == booking.updated_at >= booking.created_at
    assert booking.created_at.tzinfo is not None
    assert bookingdb.get_booking(shop.conn, booking.booking_id) == booking
    assert shop.slot()[:2] == (1, 2)


def test_bouquets_are_limited_too(shop: Shop) -> None:
    shop.book(bouquets=8)
    with pytest.raises(MaximumBouquetsReached) as caught:
        shop.book(bouquets=3)
    assert "2 of 10 bouquets left, not 3" in caught.value.detail
    assert caught.value.hint
    shop.book(bouquets=2)


def test_unknown_slot(shop: Shop) -> None:
    with pytest.raises(SlotNotFound):
        shop.book(dt.time(9, 1))


def test_slot_that_has_begun(shop: Shop, database: Database) -> None:
    database.set_clock(f"{DAY} 09:00:00 Europe/Berlin")
    with pytest.raises(SlotNotOpen):
        shop.book()
    shop.book(dt.time(9, 30))


def test_slot_inside_the_lead_time(shop: Shop, database: Database) -> None:
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(hours=1))
    database.set_clock(f"{DAY} 08:00:00 Europe/Berlin")
    with pytest.raises(SlotNotOpen):
        shop.book()
    shop.book(dt.time(9, 30))


def test_slot_beyond_the_horizon(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, horizon_days=3)
    with pytest.raises(SlotNotOpen, match="not open"):
        shop.book()


def test_yesterdays_slot(shop: Shop, database: Database) -> None:
    database.set_clock(f"{DAY + dt.timedelta(days=1)} 12:00:00 Europe/Berlin")
    with pytest.raises(SlotNotOpen):
        shop.book()


@pytest.mark.parametrize(("days", "is_allowed"), [(0, True), (1, True), (2, False)])
def test_no_past_bookings_by_hand(
    shop: Shop, database: Database, days: int, is_allowed: bool
) -> None:
    """Raw SQL may go back to yesterday, by the calendar of the business."""
    database.set_clock(f"{DAY + dt.timedelta(days=days)} 23:30:00 Europe/Berlin")
    insert = (
        "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)"
        " values (%s, '09:00', 1, 'Ada', 'ada@example.org')"
    )
    if is_allowed:
        shop.conn.execute(insert, [DAY])
    else:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            shop.conn.execute(insert, [DAY])
        assert caught.value.diag.constraint_name == "no_past_bookings"


def test_old_bookings_can_still_be_changed(shop: Shop, database: Database) -> None:
    shop.book()
    database.set_clock(f"{DAY + dt.timedelta(days=100)} 12:00:00 UTC")
    shop.conn.execute("update bookingdb.bookings set status = 'no_show', notes = 'did not come'")


def test_same_key_is_the_same_booking(shop: Shop) -> None:
    first = shop.book(idempotency_key="k")
    for _ in range(2):
        shop.book()
    assert shop.book(idempotency_key="k") == first
    assert len(bookingdb.booking_history(shop.conn, first.booking_id)) == 1


def test_same_key_gives_the_booking_as_it_is_now(shop: Shop) -> None:
    first = shop.book(idempotency_key="k")
    cancelled = bookingdb.cancel_booking(shop.conn, first.booking_id)
    assert shop.book(idempotency_key="k") == cancelled


@pytest.mark.parametrize(
    "other", [{"bouquets": 2}, {"customer_name": "Bob"}, {"notes": "x"}, {"hold_for": MINUTE}]
)
def test_same_key_with_other_input(shop: Shop, other: dict[str, object]) -> None:
    shop.book(idempotency_key="k")
    with pytest.raises(IdempotencyKeyReused):
        shop.book(idempotency_key="k", **other)  # type: ignore[arg-type]


def test_failed_attempt_leaves_the_key_free(shop: Shop) -> None:
    with pytest.raises(MaximumBouquetsReached):
        shop.book(bouquets=11, idempotency_key="k")
    assert shop.book(bouquets=1, idempotency_key="k").bouquets == 1


def test_keys_of_two_businesses_do_not_meet(shop: Shop) -> None:
    other = uuid.uuid4()
    bookingdb.create_business(shop.conn, "Other", "UTC", business_id=other)
    bookingdb.set_opening_hours(shop.conn, [hours()], business_id=other)
    bookingdb.refresh_future_schedule(shop.conn, business_id=other)
    first = shop.book(idempotency_key="k")
    second = shop.book(idempotency_key="k", business_id=other)
    assert first.booking_id != second.booking_id
    assert second.business_id == other


def test_hold_without_a_name(shop: Shop) -> None:
    hold = shop.book(customer_name=None, customer_email=None, hold_for=15 * MINUTE)
    assert hold.status is BookingStatus.HELD
    assert hold.hold_expires_at is not None
    assert hold.hold_expires_at - hold.created_at < 16 * MINUTE
    confirmed = bookingdb.confirm_booking(
        shop.conn,
        hold.booking_id,
        expected_version=1,
        bouquets=3,
        customer_name="Ada",
        customer_email="ada@example.org",
    )
    assert (confirmed.status, confirmed.bouquets, confirmed.version) == ("confirmed", 3, 2)
    assert shop.slot()[:2] == (1, 3)


def test_confirming_needs_a_name(shop: Shop) -> None:
    hold = shop.book(customer_name=None, customer_email=None, hold_for=MINUTE)
    with pytest.raises(bookingdb.InvalidArgument, match="p_customer_name"):
        bookingdb.confirm_booking(shop.conn, hold.booking_id)


def test_expired_hold_makes_way(shop: Shop, database: Database) -> None:
    held = [shop.book(hold_for=MINUTE, bouquets=3) for _ in range(3)]
    with pytest.raises(MaximumBookingsReached):
        shop.book()
    database.set_clock(str(held[-1].hold_expires_at))
    booked = shop.book(bouquets=10)
    assert shop.slot()[:2] == (1, 10)
    with pytest.raises(HoldExpired):
        bookingdb.confirm_booking(shop.conn, held[0].booking_id)
    bookingdb.cancel_booking(shop.conn, booked.booking_id)
    again = bookingdb.confirm_booking(shop.conn, held[0].booking_id)
    assert again.status is BookingStatus.CONFIRMED
    expired = bookingdb.booking_history(shop.conn, held[1].booking_id)[-1]
    assert (expired.action_type, expired.performed_by) == ("expired", "system")


@pytest.mark.parametrize("is_swept", [True, False])
def test_lapsed_hold_of_a_slot_that_closed(shop: Shop, database: Database, is_swept: bool) -> None:
    """Whether somebody swept it makes no difference."""
    hold = shop.book(hold_for=MINUTE)
    database.set_clock(f"{DAY} 09:00 Europe/Berlin")
    if is_swept:
        shop.conn.execute("update bookingdb.bookings set status = 'expired'")
    with pytest.raises(HoldExpired):
        bookingdb.confirm_booking(shop.conn, hold.booking_id)


def test_customers_cancel_before_the_window_and_staff_at_any_time(
    shop: Shop, database: Database
) -> None:
    bookingdb.update_business(shop.conn, cancellation_window=dt.timedelta(hours=24))
    early, late = shop.book(), shop.book()
    customer = bookingdb.Actor(bookingdb.ActorKind.CUSTOMER)
    bookingdb.cancel_booking(shop.conn, early.booking_id, actor=customer)
    database.set_clock(f"{DAY - dt.timedelta(days=1)} 09:00 Europe/Berlin")
    with pytest.raises(bookingdb.CancellationWindowClosed):
        bookingdb.cancel_booking(shop.conn, late.booking_id, actor=customer)
    staff = bookingdb.Actor(bookingdb.ActorKind.ADMIN)
    assert bookingdb.cancel_booking(shop.conn, late.booking_id, actor=staff).version == 2


def test_cancelling_frees_the_place_once(shop: Shop) -> None:
    booking = shop.book(bouquets=4)
    cancelled = bookingdb.cancel_booking(shop.conn, booking.booking_id, reason="ill")
    assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "ill")
    assert cancelled.cancelled_at is not None
    with pytest.raises(IllegalTransition):
        bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert shop.slot()[:2] == (0, 0)


@pytest.mark.parametrize("status", ["held", "confirmed", "completed", "no_show", "expired"])
def test_cancelled_never_comes_back(shop: Shop, status: str) -> None:
    booking = shop.book()
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    with pytest.raises(IllegalTransition):
        shop.conn.execute(
            "update bookingdb.bookings set status = %s, cancelled_at = null", [status]
        )


@pytest.mark.parametrize("status", ["cancelled", "expired", "completed", "no_show"])
def test_booking_begins_held_or_confirmed(shop: Shop, status: str) -> None:
    with pytest.raises(IllegalTransition):
        shop.conn.execute(
            "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email,"
            " status) values (%s, '09:00', 1, 'Ada', 'ada@example.org', %s)",
            [DAY, status],
        )


def test_version_conflict_tells_both_versions(shop: Shop) -> None:
    booking = shop.book()
    bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.PAID, expected_version=1)
    with pytest.raises(VersionConflict) as caught:
        bookingdb.cancel_booking(shop.conn, booking.booking_id, expected_version=1)
    assert caught.value.detail == "Expected version 1, found version 2."


def test_refund_only_after_payment(shop: Shop) -> None:
    booking = shop.book()
    with pytest.raises(IllegalTransition):
        bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.REFUNDED)
    bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.PAID)
    bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.REFUNDED)
    with pytest.raises(IllegalTransition):
        bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.PAID)


@pytest.mark.parametrize(
    ("method", "status", "is_consistent"),
    [
        ("pay_on_arrival", "pending", True),
        ("pay_on_arrival", "paid", True),
        ("pay_on_arrival", "failed", False),
        ("pay_now", "pending", True),
        ("pay_now", "paid", True),
        ("pay_now", "failed", True),
    ],
)
def test_payment_consistency(shop: Shop, method: str, status: str, is_consistent: bool) -> None:
    insert = (
        "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email,"
        " payment_method, payment_status) values (%s, '09:00', 1, 'Ada', 'ada@example.org', %s, %s)"
    )
    if is_consistent:
        shop.conn.execute(insert, [DAY, method, status])
        return
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        shop.conn.execute(insert, [DAY, method, status])
    assert caught.value.diag.constraint_name == "payment_consistency"


def test_batch_in_the_order_of_its_requests(shop: Shop) -> None:
    requests = [
        {
            "date": DAY,
            "time": time,
            "bouquets": n,
            "customer_name": "Ada",
            "customer_email": "a@b.de",
        }
        for n, time in enumerate(["11:00", "09:00", "10:00"], start=1)
    ]
    booked = bookingdb.create_bookings(shop.conn, requests)
    assert [(b.time.hour, b.bouquets) for b in booked] == [(11, 1), (9, 2), (10, 3)]


def test_batch_is_all_or_nothing(shop: Shop) -> None:
    request = {"date": DAY, "bouquets": 1, "customer_name": "Ada", "customer_email": "a@b.de"}
    requests = [{**request, "time": "09:00"}, {**request, "time": "09:00", "bouquets": 10}]
    with pytest.raises(MaximumBouquetsReached) as caught:
        bookingdb.create_bookings(shop.conn, requests)
    assert caught.value.detail.startswith("Element 2. ")
    assert shop.slot()[:2] == (0, 0)
    assert bookingdb.create_bookings(shop.conn, []) == []


def test_caller_owns_the_transaction(shop: Shop, database: Database) -> None:
    with database.connect(autocommit=False) as conn:
        booking = Shop(conn).book()
        conn.rollback()
    with pytest.raises(bookingdb.BookingNotFound):
        bookingdb.get_booking(shop.conn, booking.booking_id)


def test_legacy_slot_takes_no_new_booking_but_serves_its_own(shop: Shop) -> None:
    booking = shop.book()
    shop.set_hours(hours("10:00"))
    with pytest.raises(SlotNotOffered):
        shop.book()
    with pytest.raises(SlotNotOffered):
        shop.conn.execute(
            "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)"
            " values (%s, '09:00', 1, 'Ada', 'ada@example.org')",
            [DAY],
        )
    bookingdb.record_payment(shop.conn, booking.booking_id, PaymentStatus.PAID)
    shop.conn.execute("update bookingdb.bookings set bouquets = 2")
    shop.conn.execute("update bookingdb.bookings set time = '10:00'")
    assert shop.slot()[:2] == (0, 0)
    assert shop.slot(dt.time(10))[:2] == (1, 2)
