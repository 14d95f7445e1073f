"""The three tests of the customer's own document, by their names."""

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, MaximumBookingsReached, PaymentMethod
from tests.shop import DAY, Shop
from tests.support import scalar


def test_race_condition_protection(shop: Shop) -> None:
    """3 bookings for a 3-booking limit slot; the 4th is rejected: "Maximum bookings reached"."""
    for _ in range(3):
        shop.book()
    with pytest.raises(MaximumBookingsReached, match="^Maximum bookings reached"):
        shop.book()
    assert shop.slot()[:3] == (3, 3, 3)


def test_audit_logging(shop: Shop) -> None:
    """Customer and admin actions are logged as such, with the full state before and after."""
    booking = shop.book(actor=Actor(ActorKind.CUSTOMER, "ada", "192.0.2.7", "Firefox"))
    bookingdb.cancel_booking(
        shop.conn, booking.booking_id, reason="ill", actor=Actor(ActorKind.ADMIN, "bob")
    )
    created, cancelled = bookingdb.booking_history(shop.conn, booking.booking_id)

    assert (created.action_type, created.performed_by) == ("created", "customer")
    assert (created.performed_by_id, str(created.ip_address)) == ("ada", "192.0.2.7")
    assert created.user_agent == "Firefox"
    assert created.old_values is None
    assert (cancelled.action_type, cancelled.performed_by) == ("cancelled", "admin")
    assert (cancelled.performed_by_id, cancelled.reason) == ("bob", "ill")

    query = (
        "select array_agg(attname) from pg_attribute where attrelid = %s::regclass and attnum > 0"
    )
    columns = scalar(shop.conn, query, ["bookingdb.bookings"])
    for state in (created.new_values, cancelled.old_values, cancelled.new_values):
        assert state is not None
        assert sorted(state) == sorted(columns)
    assert cancelled.old_values == created.new_values
    assert (created.new_values or {})["status"] == "confirmed"
    assert (cancelled.new_values or {})["status"] == "cancelled"


def test_data_integrity(shop: Shop) -> None:
    """Version control works, constraints refuse invalid states, triggers log by themselves."""
    booking = shop.book(payment_method=PaymentMethod.PAY_NOW)
    assert booking.version == 1
    shop.conn.execute("update bookingdb.bookings set notes = 'ring twice', version = 99")
    changed = bookingdb.get_booking(shop.conn, booking.booking_id)
    assert (changed.version, changed.notes) == (2, "ring twice")

    for invalid in (
        "payment_method = 'pay_on_arrival', payment_status = 'failed'",
        "bouquets = 0",
        "customer_email = 'nobody'",
        "customer_name = null",
        "cancelled_at = now()",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            shop.conn.execute(f"update bookingdb.bookings set {invalid}".encode())
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        shop.conn.execute("update bookingdb.bookings set date = %s", [DAY.replace(year=2020)])
    assert caught.value.diag.constraint_name == "no_past_bookings"

    history = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert [(h.action_type, h.booking_version) for h in history] == [
        ("created", 1),
        ("modified", 2),
    ]
    assert (history[1].performed_by, history[1].performed_by_id) == ("system", "postgres")
