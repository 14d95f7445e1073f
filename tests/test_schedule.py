"""Opening hours become slots, and a change of schedule never breaks a booking."""

import datetime as dt
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import BookingStatus, RefreshAction, RefreshCounts
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database

NOTHING = RefreshCounts(0, 0, 0, 0, 0, 0)


def local_slots(conn: psycopg.Connection[Any], day: str) -> list[tuple[str, str]]:
    """Local time and UTC instant of the slots of a day."""
    query = (
        "select time::text, to_char(starts_at at time zone 'UTC', 'HH24:MI')"
        " from bookingdb.time_slots where date = %s order by starts_at"
    )
    return conn.execute(query, [day]).fetchall()


def test_slots_follow_the_rules(shop: Shop) -> None:
    slots = bookingdb.available_slots(shop.conn, DAY, DAY)
    assert [s.time for s in slots] == [
        dt.time(9), dt.time(9, 30), dt.time(10), dt.time(10, 30), dt.time(11), dt.time(11, 30),
    ]  # fmt: skip
    assert {(s.remaining_bookings, s.remaining_bouquets) for s in slots} == {(3, 10)}


def test_slot_that_would_end_after_closing_is_not_made(shop: Shop) -> None:
    shop.set_hours(hours("09:00", "10:40"))
    assert [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)][-1] == dt.time(10)


@pytest.mark.parametrize("closes", ["24:00", "00:00"])
def test_open_until_midnight(shop: Shop, closes: str) -> None:
    bookingdb.set_opening_hours(shop.conn, [hours("23:00", closes)])
    bookingdb.refresh_future_schedule(shop.conn)
    (rule, *_) = bookingdb.set_opening_hours(shop.conn, [hours("23:00", closes)])
    assert rule.closes == dt.time(0)
    assert [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)] == [
        dt.time(23), dt.time(23, 30),
    ]  # fmt: skip


def test_unchanged_refresh_writes_nothing(shop: Shop) -> None:
    with shop.conn.transaction():
        assert bookingdb.refresh_future_schedule(shop.conn) == NOTHING
        assert shop.conn.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,)


def test_every_outcome_of_a_refresh(shop: Shop) -> None:
    shop.book(NINE)
    cancelled = shop.book(dt.time(9, 30))
    bookingdb.cancel_booking(shop.conn, cancelled.booking_id)
    shop.book(dt.time(10), bouquets=6)
    rule = hours("10:00", "12:30", max_bookings=2, max_bouquets=5)
    bookingdb.set_opening_hours(shop.conn, [rule])

    plan = {p.time: p for p in bookingdb.plan_schedule_refresh(shop.conn) if p.date == DAY}
    assert {time.isoformat("minutes"): p.action for time, p in plan.items()} == {
        "09:00": RefreshAction.MAKE_LEGACY,
        "09:30": RefreshAction.MAKE_LEGACY,
        "10:00": RefreshAction.UPDATE,
        "10:30": RefreshAction.UPDATE,
        "11:00": RefreshAction.UPDATE,
        "11:30": RefreshAction.UPDATE,
        "12:00": RefreshAction.CREATE,
    }
    assert (plan[dt.time(10)].booked_count, plan[dt.time(10)].max_bouquets) == (1, 5)
    assert shop.slot(dt.time(10))[2:4] == (3, 10), "planning touches nothing"

    counts = bookingdb.refresh_future_schedule(shop.conn)
    assert (counts.made_legacy, counts.restored, counts.over_capacity) == (2, 0, 1)
    assert counts.created > 0
    assert counts.updated == counts.created * 4
    assert counts.deleted == counts.created * 2 - 2
    assert shop.slot(NINE)[-1] is True
    assert shop.slot(dt.time(9, 30))[-1] is True, "a cancelled booking still refers to it"
    assert shop.slot(dt.time(10)) == (1, 6, 2, 5, 0, 1, False)
    assert bookingdb.refresh_future_schedule(shop.conn) == NOTHING

    assert shop.set_hours(hours()).restored == 2
    assert shop.slot(NINE) == (1, 1, 3, 10, 0, 0, False)


def test_overhang_shrinks_and_lets_nobody_in(shop: Shop) -> None:
    bookings = [shop.book(bouquets=3) for _ in range(3)]
    shop.set_hours(hours(max_bookings=1, max_bouquets=4))
    assert shop.slot() == (3, 9, 1, 4, 2, 5, False)
    with pytest.raises(bookingdb.MaximumBookingsReached):
        shop.book()
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.conn.execute("update bookingdb.bookings set bouquets = bouquets + 1")
    bookingdb.cancel_booking(shop.conn, bookings[0].booking_id)
    assert shop.slot() == (2, 6, 1, 4, 1, 2, False)
    with pytest.raises(bookingdb.MaximumBookingsReached):
        shop.book()
    for booking in bookings[1:]:
        bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert shop.slot() == (0, 0, 1, 4, 0, 0, False)
    shop.book(bouquets=4)


def test_begun_slots_are_left_alone(shop: Shop, database: Database) -> None:
    database.set_clock(f"{DAY} 10:10:00 Europe/Berlin")
    shop.set_hours()
    left = shop.conn.execute("select count(*), max(starts_at) from bookingdb.time_slots").fetchone()
    assert left is not None
    assert left[1].astimezone(dt.UTC) <= dt.datetime.now(dt.UTC) + dt.timedelta(days=6)
    times = [time for time, _ in local_slots(shop.conn, str(DAY))]
    assert times == ["09:00:00", "09:30:00", "10:00:00"]


def test_schedule_with_an_effective_date(shop: Shop) -> None:
    changed_from = DAY + dt.timedelta(days=1)
    bookingdb.set_opening_hours(shop.conn, [hours("10:00")], effective_from=changed_from)
    bookingdb.refresh_future_schedule(shop.conn)
    assert shop.slot(NINE, DAY) is not None
    assert shop.slot(NINE, changed_from) is None
    spans = shop.conn.execute("select distinct in_force from bookingdb.opening_hours").fetchall()
    assert len(spans) == 2, "the earlier rules stay"


def test_exceptions(shop: Shop) -> None:
    shop.conn.execute(
        "insert into bookingdb.schedule_exceptions (date, reason) values (%s, 'funeral')", [DAY]
    )
    next_day = DAY + dt.timedelta(days=1)
    shop.conn.execute(
        "insert into bookingdb.schedule_exceptions"
        " (date, opens, closes, slot_interval, max_bookings, max_bouquets)"
        " values (%s, '20:00', '21:00', '1 hour', 1, 1)",
        [next_day],
    )
    bookingdb.refresh_future_schedule(shop.conn)
    assert local_slots(shop.conn, str(DAY)) == []
    assert [time for time, _ in local_slots(shop.conn, str(next_day))] == ["20:00:00"]
    with pytest.raises(psycopg.errors.ExclusionViolation):
        shop.conn.execute(
            "insert into bookingdb.schedule_exceptions (date) values (%s)", [next_day]
        )


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        (
            "Europe/Berlin",
            "2026-03-29",  # 02:00 does not exist
            [
                ("01:00:00", "00:00"), ("01:30:00", "00:30"),
                ("03:00:00", "01:00"), ("03:30:00", "01:30"),
            ],
        ),
        (
            "Europe/Berlin",
            "2026-10-25",  # 02:00 occurs twice: the first
            [
                ("01:00:00", "23:00"), ("01:30:00", "23:30"), ("02:00:00", "00:00"),
                ("02:30:00", "00:30"), ("03:00:00", "02:00"), ("03:30:00", "02:30"),
            ],
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04",  # half an hour is skipped
            [
                ("01:00:00", "14:30"), ("01:30:00", "15:00"), ("02:30:00", "15:30"),
                ("03:00:00", "16:00"), ("03:30:00", "16:30"),
            ],
        ),
    ],
)  # fmt: skip
def test_clock_changes(
    conn: psycopg.Connection[Any], database: Database, zone: str, day: str,
    expected: list[tuple[str, str]],
) -> None:  # fmt: skip
    database.set_clock(f"{dt.date.fromisoformat(day) - dt.timedelta(days=3)} 12:00 UTC")
    shop = open_shop(conn, time_zone=zone)
    shop.set_hours(hours("01:00", "04:00"))
    assert local_slots(conn, day) == expected


def test_new_time_zone_keeps_the_wall_clock(shop: Shop) -> None:
    booking = shop.book()
    before = local_slots(shop.conn, str(DAY))
    bookingdb.update_business(shop.conn, time_zone="Asia/Tokyo")
    after = local_slots(shop.conn, str(DAY))
    assert [time for time, _ in after] == [time for time, _ in before]
    assert after[0] == ("09:00:00", "00:00")
    assert bookingdb.refresh_future_schedule(shop.conn).updated == 0
    assert bookingdb.get_booking(shop.conn, booking.booking_id) == booking


def test_new_time_zone_moves_slots_that_begin_again(shop: Shop, database: Database) -> None:
    """Moved west, what has begun by the old clock has not by the new one."""
    database.set_clock(f"{DAY} 10:30 UTC")
    bookingdb.update_business(shop.conn, time_zone="America/Los_Angeles")
    bookingdb.refresh_future_schedule(shop.conn)
    assert bookingdb.plan_schedule_refresh(shop.conn) == []
    assert len(bookingdb.available_slots(shop.conn, DAY, DAY)) == 6


def test_slot_moved_by_hand_moves_its_instants(shop: Shop) -> None:
    shop.conn.execute(
        "update bookingdb.time_slots set time = '20:00' where date = %s and time = '09:00'", [DAY]
    )
    assert local_slots(shop.conn, str(DAY))[-1][0] == "20:00:00"
    assert bookingdb.check_integrity(shop.conn) == []


def test_slot_written_by_hand(shop: Shop) -> None:
    shop.conn.execute(
        "insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets)"
        " values (%s, '20:00', 1, 5)",
        [DAY],
    )
    assert shop.book(dt.time(20), 5).status is BookingStatus.CONFIRMED
    with pytest.raises(bookingdb.InvalidArgument, match="does not exist|time_slots"):
        shop.conn.execute(
            "insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets)"
            " values ('2027-03-28', '02:30', 1, 5)"
        )
