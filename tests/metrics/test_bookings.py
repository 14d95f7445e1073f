"""Changes, slots and holds in metrics() are those that there are."""

import datetime as dt
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

import bookingdb
from tests.metrics.figures import figure, figures
from tests.shop import DAY, Shop, hours
from tests.support import Database, rewrite, scalar

EARLIER = dt.timedelta(hours=1, minutes=5)


def changes(shop: Shop) -> dict[str, float]:
    """How many changes of each kind metrics() counts."""
    return {
        dict(labels)["action"]: value
        for (name, labels), value in figures(shop.conn).items()
        if name == "recent_changes" and value
    }


def live(shop: Shop) -> None:
    """Some of everything."""
    booking = shop.book()
    bookingdb.record_payment(shop.conn, booking.booking_id, bookingdb.PaymentStatus.PAID)
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    hold = shop.book(hold_for=dt.timedelta(minutes=5))
    bookingdb.confirm_booking(shop.conn, hold.booking_id)
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.book(bouquets=11)


def test_changes_are_those_in_the_log(shop: Shop) -> None:
    live(shop)
    logged = shop.conn.execute("select action_type from bookingdb.booking_audit_log")
    assert changes(shop) == Counter(action for (action,) in logged)
    assert changes(shop) == {
        "created": 2, "confirmed": 1, "cancelled": 1, "payment_succeeded": 1
    }  # fmt: skip
    assert figure(shop.conn, "recent_changes", action="deleted") == 0


@pytest.mark.parametrize("is_guarded", [True, False])
def test_what_is_older_than_an_hour_does_not_count(
    shop: Shop, database: Database, is_guarded: bool
) -> None:
    if not is_guarded:
        rewrite(shop.conn, "recent_changes", "exit when created_at < p_since;", "")
    now = dt.datetime.now(dt.UTC)
    database.set_clock(str(now - EARLIER))
    shop.book()
    database.set_clock(str(now))
    shop.book()
    assert (changes(shop) == {"created": 1}) is is_guarded


@pytest.mark.parametrize("is_guarded", [True, False])
def test_ids_of_another_server_mean_nothing(shop: Shop, is_guarded: bool) -> None:
    """After a restore, what was restored may have ids that are later than those of today."""
    if not is_guarded:
        rewrite(shop.conn, "recent_changes", "l.xid < v_cursor.restored_xmax or", "true or")
    shop.book()
    later = "update bookingdb.relay_cursor set restored_at = clock_timestamp(), restored_xmax = '0'"
    shop.conn.execute(later)
    bookingdb.cancel_booking(shop.conn, shop.book().booking_id)
    assert (changes(shop) == {"created": 1, "cancelled": 1}) is is_guarded


def test_window_is_shorter_where_there_are_many(shop: Shop) -> None:
    rewrite(shop.conn, "metrics_of_changes", "5000", "2")
    shop.book()
    assert figure(shop.conn, "recent_window_seconds", of="changes") == 3600
    live(shop)
    window = figure(shop.conn, "recent_window_seconds", of="changes")
    assert window is not None
    assert 0 < window < 3600
    assert changes(shop) == {"created": 1, "confirmed": 1}


def upcoming(shop: Shop) -> dict[str, float]:
    return {
        " ".join([name.removeprefix("upcoming_"), *dict(labels).values()]): value
        for (name, labels), value in figures(shop.conn).items()
        if name.startswith("upcoming_")
    }


def test_slots_are_as_full_as_they_are(shop: Shop) -> None:
    slots = scalar(
        shop.conn,
        "select count(*) from bookingdb.time_slots"
        " where starts_at between now() and now() + interval '7 days'",
    )
    ten, half_past = dt.time(10), dt.time(10, 30)
    assert upcoming(shop)["slots open"] == slots
    shop.book(bouquets=10)
    bookingdb.join_waitlist(shop.conn, DAY, dt.time(9), 1, "Bob", "bob@example.org")
    for _ in range(2):
        shop.book(ten, 2)
    shop.book(half_past)
    bookingdb.adjust_slot(shop.conn, DAY, ten, max_bookings=1)
    closed = [hours("09:00", "10:30"), hours("11:00", "12:00")]
    for rule in closed:
        del rule["weekday"]
    bookingdb.set_schedule_exception(shop.conn, DAY, closed)
    bookingdb.refresh_future_schedule(shop.conn)
    found = upcoming(shop)
    assert found.pop("slots open") == slots - 3
    assert found == {
        "slots full": 1, "slots over_limit": 1, "slots legacy": 1, "waiting": 1,
        "booked_bookings": 4, "max_bookings": (slots - 2) * 3 + 1,
        "booked_bouquets": 15, "max_bouquets": (slots - 1) * 10,
    }  # fmt: skip


def test_holds(shop: Shop, database: Database) -> None:
    shop.book(hold_for=dt.timedelta(minutes=5))
    shop.book(dt.time(10), hold_for=dt.timedelta(hours=2))
    now = dt.datetime.now(dt.UTC)
    assert figure(shop.conn, "holds", state="live") == 2
    database.set_clock(str(now + dt.timedelta(hours=1)))
    assert figure(shop.conn, "holds", state="live") == 1
    assert figure(shop.conn, "holds", state="run_out") == 1


def test_businesses_have_labels_only_when_asked_for(shop: Shop) -> None:
    others = [uuid4(), uuid4()]
    for other in others:
        bookingdb.create_business(shop.conn, "Aster", "UTC", business_id=other)
        bookingdb.set_opening_hours(shop.conn, [hours()], business_id=other)
        bookingdb.refresh_future_schedule(shop.conn, business_id=other)
        shop.book(business_id=other)
    shop.book()
    assert figure(shop.conn, "recent_changes", action="created") == 3
    assert figure(shop.conn, "upcoming_booked_bookings") == 3
    for name, labels in (
        ("recent_changes", {"action": "created"}),
        ("upcoming_booked_bookings", {}),
    ):
        assert by_business(shop, name, labels) == {
            str(bookingdb.DEFAULT_BUSINESS_ID): 1,
            "other": 2,
        }


def by_business(shop: Shop, name: str, wanted: dict[str, str]) -> dict[Any, float]:
    """The figure of each label business_id, where one business has one."""
    return {
        dict(labels)["business_id"]: value
        for (found, labels), value in figures(shop.conn, business_limit=1).items()
        if found == name and wanted.items() <= dict(labels).items()
    }


@pytest.mark.parametrize("limit", [-1, 1001])
def test_labels_have_a_limit(shop: Shop, limit: int) -> None:
    with pytest.raises(bookingdb.InvalidArgument, match="p_business_limit"):
        bookingdb.metrics(shop.conn, business_limit=limit)
