"""Quarantined bookings: staff adopts or discards each, once, and the audit log knows who."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import IllegalTransition, MaximumBookingsReached
from tests.shop import DAY, NINE, Shop
from tests.test_imports import HOURS, STAFF, bookings, quarantine, row, take_over


def test_adopted_in_another_slot(shop: Shop) -> None:
    (held,) = quarantine(shop, row(time="12:00", bouquets=7, payment_status="paid", notes="n"))
    booking = bookingdb.adopt_quarantined(
        shop.conn,
        held.quarantine_id,
        date=DAY + dt.timedelta(days=1),
        time=dt.time(11, 30),
        bouquets=2,
        actor=STAFF,
    )
    assert (booking.date, booking.time) == (DAY + dt.timedelta(days=1), dt.time(11, 30))
    assert (booking.bouquets, booking.notes, booking.payment_status) == (2, "n", "paid")
    assert bookingdb.quarantined_bookings(shop.conn) == []
    (again,) = take_over(shop, row(time="12:00", bouquets=7, payment_status="paid", notes="n"))
    assert (again.outcome, again.booking_id) == ("present", booking.booking_id)


def test_adopted_where_it_was_once_there_is_room(shop: Shop) -> None:
    last = [shop.book() for _ in range(3)][-1]
    (held,) = quarantine(shop, row())
    with pytest.raises(MaximumBookingsReached) as caught:
        bookingdb.adopt_quarantined(shop.conn, held.quarantine_id)
    assert caught.value.detail.startswith("The slot on ")
    bookingdb.cancel_booking(shop.conn, last.booking_id)
    assert bookingdb.adopt_quarantined(shop.conn, held.quarantine_id).time == NINE
    with pytest.raises(IllegalTransition, match="Illegal transition") as twice:
        bookingdb.adopt_quarantined(shop.conn, held.quarantine_id)
    assert "adopted" in twice.value.detail


def test_discarded_is_kept_with_its_reason_and_stays_out(shop: Shop) -> None:
    (held,) = quarantine(shop, row(time="12:00"))
    discarded = bookingdb.discard_quarantined(
        shop.conn, held.quarantine_id, "called off", actor=STAFF
    )
    assert (discarded.resolution, discarded.booking_id) == ("called off", None)
    assert discarded.resolved_at is not None
    assert bookingdb.quarantined_bookings(shop.conn) == []
    for decide in (
        lambda: bookingdb.discard_quarantined(shop.conn, held.quarantine_id, "again"),
        lambda: bookingdb.adopt_quarantined(shop.conn, held.quarantine_id, time=NINE),
    ):
        with pytest.raises(IllegalTransition) as caught:
            decide()
        assert "called off" in caught.value.detail
    shop.set_hours({**HOURS, "closes": "13:00"})
    (again,) = take_over(shop, row(time="12:00"))
    assert (again.outcome, again.booking_id) == ("present", None)
    assert again.detail == "Discarded: called off"
    assert bookings(shop) == 0


def test_who_decided_is_in_the_audit_log(shop: Shop) -> None:
    for held in quarantine(shop, row(time="12:00"), row(time="13:00")):
        bookingdb.discard_quarantined(shop.conn, held.quarantine_id, "called off", actor=STAFF)
    logged = shop.conn.execute(
        "select old_values ->> 'resolution', new_values ->> 'resolution', performed_by_id, reason"
        " from bookingdb.settings_audit_log where table_name = 'booking_quarantine'"
    ).fetchall()
    who = ("eve", "moving in")
    assert sorted(logged, key=str) == [*[(None, "called off", *who)] * 2, *[(None, None, *who)] * 2]
