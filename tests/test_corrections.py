"""Staff corrects a booking, a slot, the schedule; and every correction can be traced."""

import datetime as dt
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, HoldExpired, IllegalTransition, InvalidArgument
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

STAFF = Actor(ActorKind.ADMIN, "bob", reason="asked by phone")
TEN = dt.time(10)


def settings_log(shop: Shop) -> list[Any]:
    return shop.conn.execute(
        "select table_name, old_values, new_values, performed_by_id, reason"
        " from bookingdb.settings_audit_log order by created_at"
    ).fetchall()


def test_contact_notes_and_quantity(shop: Shop) -> None:
    booking = shop.book(bouquets=2, notes="roses", customer_phone="1")
    corrected = bookingdb.update_booking(
        shop.conn,
        booking.booking_id,
        bouquets=4,
        customer_name="Ada L.",
        customer_email="ada@lovelace.org",
        customer_phone="2",
        notes="tulips",
        expected_version=1,
        actor=STAFF,
    )
    assert (corrected.version, corrected.bouquets, shop.slot()[:2]) == (2, 4, (1, 4))
    assert (corrected.customer_name, corrected.notes) == ("Ada L.", "tulips")
    entry = bookingdb.booking_history(shop.conn, booking.booking_id)[-1]
    assert (entry.action_type, entry.performed_by_id) == ("modified", "bob")
    cleared = bookingdb.update_booking(shop.conn, booking.booking_id, customer_phone="", notes="")
    assert (cleared.customer_phone, cleared.notes, cleared.bouquets) == (None, None, 4)
    same = bookingdb.update_booking(shop.conn, booking.booking_id)
    assert same.version == 3, "nothing changed"


def test_contact_of_what_is_over_but_not_its_quantity(shop: Shop, database: Database) -> None:
    cancelled = shop.book()
    bookingdb.cancel_booking(shop.conn, cancelled.booking_id)
    hold = shop.book(hold_for=dt.timedelta(minutes=1))
    database.set_clock(str(hold.hold_expires_at))
    for booking, error in ((cancelled, IllegalTransition), (hold, HoldExpired)):
        email = "new@example.org"
        bookingdb.update_booking(shop.conn, booking.booking_id, customer_email=email, bouquets=1)
        with pytest.raises(error):
            bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=2)


@pytest.mark.parametrize(
    "arguments",
    [
        {"bouquets": 0},
        {"customer_name": ""},
        {"customer_name": "x" * 201},
        {"customer_email": "nobody"},
        {"customer_phone": " "},
        {"customer_phone": "1" * 51},
        {"notes": "x" * 2001},
        {"actor": {"performed_by": "nobody"}},
    ],
)
def test_bad_corrections(shop: Shop, arguments: dict[str, Any]) -> None:
    booking = shop.book()
    with pytest.raises(InvalidArgument, match=f"p_{next(iter(arguments))}"):
        bookingdb.update_booking(shop.conn, booking.booking_id, **arguments)
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=11)
    with pytest.raises(bookingdb.VersionConflict):
        bookingdb.update_booking(shop.conn, booking.booking_id, notes="x", expected_version=2)


def test_adjusted_slot_keeps_its_limits(shop: Shop) -> None:
    shop.book(bouquets=3)
    slot = bookingdb.adjust_slot(shop.conn, DAY, NINE, max_bookings=1, actor=STAFF)
    assert (slot.max_bookings, slot.max_bouquets, slot.is_adjusted) == (1, 10, True)
    with pytest.raises(bookingdb.MaximumBookingsReached):
        shop.book()
    bookingdb.adjust_slot(shop.conn, DAY, NINE, max_bouquets=2)
    shop.set_hours(hours(max_bookings=7, max_bouquets=70))
    assert shop.slot()[:6] == (1, 3, 1, 2, 0, 1), "kept by the refresh, with an overhang"
    shop.set_hours(hours("10:00"))
    shop.set_hours(hours(max_bookings=7, max_bouquets=70))
    assert shop.slot()[2:4] == (1, 2), "kept while it was legacy"
    followed = bookingdb.adjust_slot(shop.conn, DAY, NINE)
    assert (followed.max_bookings, followed.max_bouquets, followed.is_adjusted) == (7, 70, False)
    at_nine = {"date": str(DAY), "time": "09:00:00"}
    log = [
        e for e in settings_log(shop) if e[0] == "time_slots" and at_nine.items() <= e[1].items()
    ]
    said = ("max_bookings", "is_adjusted", "is_legacy")
    assert [tuple(new[name] for name in said) for _, _, new, _, _ in log] == [
        (1, True, False), (1, True, False), (1, True, True), (1, True, False), (7, False, False),
    ]  # fmt: skip
    assert log[0][3:] == ("bob", "asked by phone")


def test_adjusted_slot_outlives_a_day_off(shop: Shop) -> None:
    """Nobody has booked in it; its limits are kept all the same."""
    bookingdb.adjust_slot(shop.conn, DAY, TEN, max_bookings=7)
    bookingdb.set_schedule_exception(shop.conn, DAY, [])
    bookingdb.refresh_future_schedule(shop.conn)
    assert shop.slot(TEN)[6] is True
    bookingdb.clear_schedule_exception(shop.conn, DAY)
    bookingdb.refresh_future_schedule(shop.conn)
    assert (shop.slot(TEN)[2], shop.slot(TEN)[6]) == (7, False)
    shop.conn.execute("delete from bookingdb.time_slots where is_adjusted")
    assert [new for t, _, new, _, _ in settings_log(shop) if t == "time_slots"][-1] is None


@pytest.mark.parametrize(
    ("query", "error", "named"),
    [
        ("null, '09:00', 1", InvalidArgument, "p_date"),
        ("%(day)s, null, 1", InvalidArgument, "p_time"),
        ("'5874897-12-31', '09:00', 1", InvalidArgument, "p_date"),
        ("%(day)s, '03:00', 1", bookingdb.SlotNotFound, "Slot not found"),
        ("%(day)s, '09:00', -1", InvalidArgument, "p_max_bookings"),
        ("%(day)s, '09:00', 1, -1", InvalidArgument, "p_max_bouquets"),
        ("%(day)s, '09:00', 1, p_actor => '[]'", InvalidArgument, "p_actor"),
        ("%(day)s, '09:00', 1, p_business_id => gen_random_uuid()", InvalidArgument, "business"),
    ],
)
def test_bad_limits(shop: Shop, query: str, error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        shop.conn.execute(f"select bookingdb.adjust_slot({query})".encode(), {"day": DAY})


def test_past_exceptions_stay(shop: Shop) -> None:
    for passed in (DAY - dt.timedelta(days=7), None):
        with pytest.raises(InvalidArgument, match="p_date"):
            shop.conn.execute("select bookingdb.clear_schedule_exception(%s)", [passed])


def test_past_rules_stay(shop: Shop) -> None:
    today = DAY - dt.timedelta(days=5)
    later = today + dt.timedelta(days=3)
    mondays = hours("14:00", "18:00", weekday=1)
    bookingdb.set_opening_hours(shop.conn, [mondays], effective_from=later)
    before = bookingdb.schedule_as_of(shop.conn, later - dt.timedelta(days=1))
    (after,) = bookingdb.schedule_as_of(shop.conn, later)
    assert [(r.weekday, r.opens) for r in before] == [(n, NINE) for n in range(1, 8)]
    assert (after.weekday, after.opens, after.in_force.lower) == (1, dt.time(14), later)
    assert before[0].in_force.upper == later
    assert bookingdb.schedule_as_of(shop.conn, today - dt.timedelta(days=30)) == []
    for bad in ("null", "'2026-01-01', gen_random_uuid()"):
        with pytest.raises(InvalidArgument):
            shop.conn.execute(f"select bookingdb.schedule_as_of({bad})".encode())


def test_every_change_of_the_settings_is_logged(shop: Shop) -> None:
    bookingdb.update_business(shop.conn, name="Tulips", actor=STAFF)
    bookingdb.set_opening_hours(shop.conn, [hours(weekday=1)], actor=STAFF)
    bookingdb.set_schedule_exception(shop.conn, DAY, [], actor=STAFF)
    bookingdb.clear_schedule_exception(shop.conn, DAY, actor=STAFF)
    bookingdb.add_closures(shop.conn, [{"from": DAY}], actor=STAFF)
    shop.conn.execute("delete from bookingdb.schedule_exceptions")
    log = settings_log(shop)
    by_staff = [(t, o is None, n is None) for t, o, n, who, _ in log if who == "bob"]
    assert by_staff[0] == ("businesses", False, False)
    assert set(by_staff[1:-3]) == {("opening_hours", False, True), ("opening_hours", True, False)}
    assert by_staff[-3:] == [
        ("schedule_exceptions", True, False),
        ("schedule_exceptions", False, True),
        ("schedule_exceptions", True, False),
    ]
    assert log[-1][:1] + log[-1][3:] == ("schedule_exceptions", "postgres", None), "by hand too"
    assert log[0][2]["name"] == "Flower shop"
    bookingdb.update_business(shop.conn)
    assert len(settings_log(shop)) == len(log), "nothing has changed"


@pytest.mark.parametrize(
    "statement",
    [
        "update bookingdb.settings_audit_log set reason = null",
        "delete from bookingdb.settings_audit_log",
        "truncate bookingdb.settings_audit_log",
    ],
)
def test_their_log_is_append_only(shop: Shop, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        shop.conn.execute(statement.encode())
    with shop.conn.transaction(), pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.conn.execute("set local role bookingdb_owner")
        shop.conn.execute(statement.encode())


@pytest.mark.parametrize("table", ["opening_hours", "schedule_exceptions", "booking_quarantine"])
def test_what_would_leave_no_trace(shop: Shop, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot be truncated"):
        shop.conn.execute(f"truncate bookingdb.{table}".encode())
