"""Bookings as a calendar: read back with icalendar, as other programs would."""

import asyncio
import datetime as dt
import sys
import uuid
from typing import Any

import psycopg
import pytest
from icalendar import Calendar

import bookingdb
from bookingdb import BookingNotFound, InvalidArgument, aio
from bookingdb._calendar import calendar_text
from bookingdb.models import CalendarEvent
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database

TIMES = "\N{MULTIPLICATION SIGN}"
ODD = "Ädä; 花屋, \\ \"quoted\" 'n' so on\nBEGIN:VEVENT\n🌷" + " über und über" * 20


def events(text: str) -> list[Any]:
    """The events of a calendar, which must be as RFC 5545 wants it."""
    lines = text.encode().split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    calendar: Any = Calendar.from_ical(text)
    assert (str(calendar["version"]), "bookingdb" in calendar["prodid"]) == ("2.0", True)
    assert str(calendar["x-wr-calname"])
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


def feed(shop: Shop, **more: Any) -> list[Any]:
    return events(bookingdb.calendar_feed(shop.conn, **more))


def test_event_of_a_booking(shop: Shop) -> None:
    booking = shop.book(bouquets=2, customer_phone="+49 89 1", notes="tulips")
    (event,) = feed(shop)
    assert booking.booking_id.hex in str(event["uid"]).replace("-", "")
    assert (event["sequence"], event["status"]) == (1, "CONFIRMED")
    assert str(event["summary"]) == f"Flower shop, Ada, 2{TIMES}"
    assert str(event["description"]) == "ada@example.org\n+49 89 1\ntulips"
    stamp = booking.updated_at.astimezone(dt.UTC).replace(microsecond=0)
    assert event["dtstamp"].dt == event["last-modified"].dt == event["created"].dt == stamp
    local = dt.datetime.combine(DAY, NINE)
    assert event["dtstart"].dt.tzinfo is not None
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(minutes=30)
    query = "select %s at time zone 'Europe/Berlin'"
    assert shop.conn.execute(query, [event["dtstart"].dt]).fetchone() == (local,)


def test_event_keeps_its_uid_and_counts_every_change(shop: Shop) -> None:
    booking = shop.book()
    seen = [feed(shop)]
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="tulips")
    seen.append(feed(shop))
    bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, dt.time(11))
    seen.append(feed(shop))
    cancelled = bookingdb.cancel_booking(shop.conn, booking.booking_id)
    seen.append(feed(shop))
    assert [len(found) for found in seen] == [1, 1, 1, 1]
    assert len({str(event["uid"]) for (event,) in seen}) == 1
    assert [event["sequence"] for (event,) in seen] == [1, 2, 3, 4]
    assert [event["status"] for (event,) in seen] == [*["CONFIRMED"] * 3, "CANCELLED"]
    assert seen[2][0]["dtstart"].dt - seen[1][0]["dtstart"].dt == dt.timedelta(hours=2)
    assert (cancelled.version, seen[3][0]["last-modified"].dt) == (
        4,
        cancelled.updated_at.astimezone(dt.UTC).replace(microsecond=0),
    )


def test_hold_is_tentative_and_without_a_customer(shop: Shop) -> None:
    shop.book(customer_name=None, customer_email=None, hold_for=dt.timedelta(minutes=5))
    (event,) = feed(shop)
    assert (event["status"], str(event["summary"])) == ("TENTATIVE", f"Flower shop, 1{TIMES}")
    assert "description" not in event


def test_who_only_waits_has_no_event(shop: Shop) -> None:
    booked = shop.book(bouquets=10)
    waiting = [
        bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, name, f"{name}@example.org")
        for name in ("bob", "eve")
    ]
    bookingdb.leave_waitlist(shop.conn, waiting[1].booking_id)
    (event,) = feed(shop)
    assert str(booked.booking_id) in str(event["uid"])
    assert feed(shop, booking_id=waiting[0].booking_id) == []
    bookingdb.cancel_booking(shop.conn, booked.booking_id)
    assert {str(e["status"]) for e in feed(shop)} == {"CANCELLED", "TENTATIVE"}
    assert feed(shop, booking_id=waiting[1].booking_id) == []


@pytest.mark.parametrize(
    ("day", "offset"), [("2031-03-29", 1), ("2031-03-30", 2), ("2031-10-25", 2), ("2031-10-26", 1)]
)
def test_times_on_the_days_around_a_change_of_the_clocks(
    conn: psycopg.Connection[Any], database: Database, day: str, offset: int
) -> None:
    database.set_clock(f"{day} 00:00 UTC")
    shop = open_shop(conn)
    date = dt.date.fromisoformat(day)
    shop.book(date=date)
    (event,) = feed(shop)
    assert event["dtstart"].dt == dt.datetime(
        date.year, date.month, date.day, 9 - offset, tzinfo=dt.UTC
    )


def test_slot_over_the_change_of_the_clocks(
    conn: psycopg.Connection[Any], database: Database
) -> None:
    database.set_clock("2031-10-25 12:00 UTC")
    shop = open_shop(conn)
    shop.set_hours(hours("01:00", "04:00", slot_interval="3 hours"))
    shop.book(dt.time(1), date=dt.date(2031, 10, 26))
    (event,) = feed(shop)
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(hours=3)  # and not 4


def test_what_customers_write_comes_back(shop: Shop) -> None:
    shop.book(customer_name=ODD[:200], notes=ODD)
    text = bookingdb.calendar_feed(shop.conn)
    (event,) = events(text)
    assert str(event["summary"]) == f"Flower shop, {ODD[:200]}, 1{TIMES}"
    assert str(event["description"]) == f"ada@example.org\n{ODD}"
    assert text.count("\r\nBEGIN:VEVENT\r\n") == 1


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\x1c"])
def test_no_end_of_line_starts_another_property(end: str) -> None:
    now = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
    evil = f"Ada{end}ATTENDEE:mailto:all@example.org\x07"
    event = CalendarEvent("u", 1, "CONFIRMED", now, now, evil, evil, now, now)
    (read,) = events(calendar_text(evil, [event]))
    assert "attendee" not in read
    assert str(read["summary"]) == "Ada\nATTENDEE:mailto:all@example.org\N{REPLACEMENT CHARACTER}"


def test_range_and_single_booking(shop: Shop) -> None:
    later = DAY + dt.timedelta(days=2)
    first, second = shop.book(), shop.book(date=later)
    by_range = {
        (DAY, DAY): [first],
        (None, DAY): [first],
        (later, None): [second],
        (None, None): [first, second],
        (DAY - dt.timedelta(days=9), DAY - dt.timedelta(days=1)): [],
    }
    for (begin, end), expected in by_range.items():
        found = feed(shop, from_date=begin, to_date=end)
        assert [str(e["uid"])[:36] for e in found] == [str(b.booking_id) for b in expected]
    (one,) = feed(shop, booking_id=second.booking_id)
    assert str(second.booking_id) in str(one["uid"])


def test_empty_calendar_is_a_calendar(shop: Shop) -> None:
    assert feed(shop) == []


def test_calendars_of_two_businesses_share_no_event(shop: Shop) -> None:
    shop.book()
    other = uuid.uuid4()
    bookingdb.create_business(shop.conn, "Petals", "UTC", business_id=other)
    text = bookingdb.calendar_feed(shop.conn, business_id=other)
    assert events(text) == []
    assert "X-WR-CALNAME:Petals\r\n" in text


def test_async_twin_gives_the_same(shop: Shop, database: Database) -> None:
    booking = shop.book()

    async def read() -> str:
        async with await psycopg.AsyncConnection.connect(database.dsn) as conn:
            return await aio.calendar_feed(conn, booking_id=booking.booking_id)

    assert asyncio.run(read()) == bookingdb.calendar_feed(shop.conn)


def test_bad_arguments(shop: Shop) -> None:
    for query in (
        "calendar_events('2030-01-02', '2030-01-01')",
        "calendar_events(p_from => 'infinity', p_to => '2030-01-01')",
    ):
        with pytest.raises(InvalidArgument, match="p_from, p_to") as caught:
            shop.conn.execute(f"select bookingdb.{query}".encode())
        assert "no range of dates" in caught.value.detail
    with pytest.raises(BookingNotFound):
        bookingdb.calendar_event(shop.conn, uuid.uuid4())
    with pytest.raises(BookingNotFound):
        bookingdb.calendar_feed(shop.conn, booking_id=uuid.uuid4())
    for call in (bookingdb.calendar_events, bookingdb.calendar_feed):
        with pytest.raises(InvalidArgument, match="p_business_id"):
            call(shop.conn, business_id=uuid.uuid4())


def test_without_icalendar_it_says_what_to_install(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ImportError, match=r"pip install 'bookingdb\[calendar\]'"):
        bookingdb.calendar_feed(shop.conn)
