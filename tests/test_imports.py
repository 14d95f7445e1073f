"""Bookings of another system: each is booked, quarantined or rejected, and none is lost."""

import datetime as dt
import uuid
from typing import Any

import pytest

import bookingdb
from bookingdb import (
    Actor,
    ActorKind,
    BookingNotFound,
    IllegalTransition,
    ImportedRow,
    QuarantinedBooking,
)
from tests.shop import DAY, Shop, open_shop
from tests.support import Database, scalar

STAFF = Actor(ActorKind.ADMIN, "eve", reason="moving in")
HOURS = {
    "weekday": [1, 2, 3, 4, 5, 6, 7],
    "opens": "09:00",
    "slot_interval": "30 minutes",
    "max_bookings": 3,
    "max_bouquets": 10,
}


def row(**changed: Any) -> dict[str, Any]:
    """A row of an import; a key whose value is None is left out."""
    values = {
        "date": str(DAY),
        "time": "09:00",
        "bouquets": 1,
        "customer_name": "Ada",
        "customer_email": "ada@example.org",
        **changed,
    }
    return {key: value for key, value in values.items() if value is not None}


def take_over(shop: Shop, *rows: Any, source: str = "old.csv", **more: Any) -> list[ImportedRow]:
    return bookingdb.import_bookings(shop.conn, rows, source, actor=STAFF, **more)


def quarantine(shop: Shop, *rows: Any) -> list[QuarantinedBooking]:
    """Import rows, none of which has a place; what is in quarantine then."""
    assert {r.outcome for r in take_over(shop, *rows)} == {"quarantined"}
    return bookingdb.quarantined_bookings(shop.conn)


def bookings(shop: Shop) -> int:
    return int(scalar(shop.conn, "select count(*) from bookingdb.bookings"))


def test_every_outcome(shop: Shop) -> None:
    rows = [row(), row(time="12:00"), row(bouquets="many")]
    taken, homeless, unreadable = take_over(shop, *rows)
    assert (taken.row_number, taken.outcome, taken.code) == (1, "imported", None)
    assert (homeless.row_number, homeless.outcome, homeless.code) == (2, "quarantined", "ZB001")
    assert (unreadable.row_number, unreadable.outcome) == (3, "rejected")
    assert (unreadable.code, homeless.booking_id) == ("ZB012", None)
    again = take_over(shop, *rows)
    assert [r.outcome for r in again] == ["present", "quarantined", "rejected"]
    assert again[0].booking_id == taken.booking_id
    assert bookings(shop) == 1


def test_everything_that_a_row_says_is_taken_over(shop: Shop) -> None:
    given = {
        "bouquets": "3",
        "customer_phone": "+49 89 1",
        "notes": "tulips, please",
        "payment_method": "pay_now",
        "external_reference": "A-17",
    }
    (taken,) = take_over(shop, row(**given, payment_status="paid", status="confirmed"))
    assert taken.booking_id is not None
    booking = bookingdb.get_booking(shop.conn, taken.booking_id)
    for key, value in given.items():
        assert str(getattr(booking, key)) == value
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")
    history = bookingdb.booking_history(shop.conn, taken.booking_id)
    assert {(h.performed_by_id, h.reason) for h in history} == {("eve", "moving in")}


def test_first_in_the_file_keep_the_place_and_the_rest_is_in_quarantine(shop: Shop) -> None:
    times = ["9:30", "09:00", "9:00", "09:00:00", "09:30", "9:00", "09:00", "12:00"]
    rows = [row(time=time, customer_name=f"Row {n}") for n, time in enumerate(times, 1)]
    results = take_over(shop, *rows)
    assert [r.row_number for r in results] == list(range(1, 9))
    booked = [r.row_number for r in results if r.outcome == "imported"]
    assert booked == [1, 2, 3, 4, 5]
    held = bookingdb.quarantined_bookings(shop.conn)
    assert [(q.row_number, q.code) for q in held] == [(6, "ZB002"), (7, "ZB002"), (8, "ZB001")]
    assert [q.request for q in held] == rows[5:]
    assert "3 of 3 bookings" in held[0].detail
    names = scalar(shop.conn, "select array_agg(customer_name::text) from bookingdb.bookings")
    everybody = [*sorted(names), *(q.request["customer_name"] for q in held)]
    assert everybody == [f"Row {n}" for n in range(1, 9)]


def test_slots_are_taken_in_their_order_whatever_the_order_of_the_file(shop: Shop) -> None:
    """What crosses the order of locks could deadlock with another import, or with a batch."""
    take_over(shop, row(time="11:00"), row(time="9:30"), row(time="10:00"))
    query = "select array_agg(time::text order by xmin::text::bigint, ctid) from bookingdb.bookings"
    assert scalar(shop.conn, query) == ["09:30:00", "10:00:00", "11:00:00"]


def test_repeated_import_doubles_nothing(shop: Shop) -> None:
    rows = [row(bouquets=10), row(), row(time="12:00")]
    first = take_over(shop, *rows)
    before = bookingdb.quarantined_bookings(shop.conn)
    second = take_over(shop, *rows)
    assert [r.outcome for r in second] == ["present", "quarantined", "quarantined"]
    assert [r.code for r in second] == [r.code for r in first] == [None, "ZB003", "ZB001"]
    assert bookingdb.quarantined_bookings(shop.conn) == before
    assert shop.slot()[:2] == (1, 10)


def test_chunks_number_on(shop: Shop) -> None:
    rows = [row(customer_name=f"Row {n}") for n in range(1, 5)]
    assert [r.row_number for r in take_over(shop, *rows[:2])] == [1, 2]
    chunk = take_over(shop, *rows[2:], first_row=3)
    assert [(r.row_number, r.outcome) for r in chunk] == [(3, "imported"), (4, "quarantined")]
    assert {r.outcome for r in take_over(shop, *rows)} == {"present", "quarantined"}


def test_another_file_under_the_same_name_is_not_taken_for_the_first(shop: Shop) -> None:
    take_over(shop, row(), row(time="12:00"))
    (held,) = bookingdb.quarantined_bookings(shop.conn)
    bookingdb.discard_quarantined(shop.conn, held.quarantine_id, "called off")
    results = take_over(shop, row(customer_name="Bob"), row(time="10:00"))
    assert [(r.outcome, r.code) for r in results] == [("rejected", "ZB009")] * 2
    assert results[0].detail == "Row 1 of old.csv was another one when it was imported before."
    assert bookings(shop) == 1
    fresh = take_over(shop, row(customer_name="Bob"), row(time="10:00"), source="new.csv")
    assert {r.outcome for r in fresh} == {"imported"}


def test_import_before_the_hours_are_set_is_repeated_after(shop: Shop) -> None:
    late = row(time="12:00")
    (held,) = quarantine(shop, late)
    shop.set_hours({**HOURS, "closes": "13:00"})
    (taken,) = take_over(shop, late)
    assert taken.outcome == "imported"
    assert bookingdb.quarantined_bookings(shop.conn) == []
    with pytest.raises(IllegalTransition):
        bookingdb.adopt_quarantined(shop.conn, held.quarantine_id)
    (again,) = take_over(shop, late)
    assert (again.outcome, again.booking_id) == ("present", taken.booking_id)


def test_rows_with_the_same_external_reference_are_separate_bookings(shop: Shop) -> None:
    """One order of a partner can be several bookings; what names a row is its number."""
    results = take_over(shop, *[row(external_reference="A-17")] * 2)
    assert [r.outcome for r in results] == ["imported", "imported"]
    assert results[0].booking_id != results[1].booking_id


def test_begun_slot_is_quarantined(shop: Shop, database: Database) -> None:
    database.set_clock(f"{DAY} 09:00:01 Europe/Berlin")
    (held,) = quarantine(shop, row())
    assert held.code == "ZB005"


def test_limits_for_customers_hold_unless_staff_imports(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, customer_limit=1)
    rows = [row(), row(time="10:00")]
    results = bookingdb.import_bookings(shop.conn, rows, "old.csv")
    assert [(r.outcome, r.code) for r in results] == [("imported", None), ("quarantined", "ZB014")]
    assert [r.outcome for r in take_over(shop, *rows)] == ["present", "imported"]


def test_business_of_its_own(shop: Shop) -> None:
    other = uuid.uuid4()
    bookingdb.create_business(shop.conn, "Petals", "UTC", horizon_days=14, business_id=other)
    bookingdb.set_opening_hours(shop.conn, [{**HOURS, "closes": "10:00"}], business_id=other)
    bookingdb.refresh_future_schedule(shop.conn, business_id=other)
    rows = [row(), row(time="11:00")]
    assert {r.outcome for r in take_over(shop, *rows)} == {"imported"}
    there = take_over(shop, *rows, business_id=other)
    assert [r.outcome for r in there] == ["imported", "quarantined"]
    assert bookingdb.quarantined_bookings(shop.conn) == []
    (held,) = bookingdb.quarantined_bookings(shop.conn, business_id=other)
    with pytest.raises(BookingNotFound):
        bookingdb.adopt_quarantined(shop.conn, held.quarantine_id)
    with pytest.raises(BookingNotFound):
        bookingdb.discard_quarantined(shop.conn, held.quarantine_id, "called off")
    adopted = bookingdb.adopt_quarantined(
        shop.conn, held.quarantine_id, time=dt.time(9, 30), business_id=other
    )
    assert (adopted.business_id, adopted.time) == (other, dt.time(9, 30))


def test_trial_in_a_transaction_that_is_rolled_back(shop: Shop, database: Database) -> None:
    with database.connect(autocommit=False) as conn:
        results = bookingdb.import_bookings(conn, [row(), row(time="12:00")], "old.csv")
        assert [r.outcome for r in results] == ["imported", "quarantined"]
        conn.rollback()
    assert bookings(shop) == 0
    assert bookingdb.quarantined_bookings(shop.conn) == []


def test_time_zone_of_the_shop_is_that_of_the_file(conn: Any) -> None:
    shop = open_shop(conn, time_zone="America/New_York")
    (taken,) = take_over(shop, row())
    query = "select extract(hour from starts_at at time zone 'UTC') from bookingdb.time_slots"
    hour = scalar(shop.conn, f"{query} where booked_count = 1")
    assert taken.outcome == "imported"
    assert hour in (13, 14)  # summer or winter
