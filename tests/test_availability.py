"""What available_slots offers can be booked, what why_unavailable explains cannot."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import BookingError
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, scalar


def test_what_is_left(shop: Shop) -> None:
    shop.book(bouquets=4)
    (slot, *_) = bookingdb.available_slots(shop.conn, DAY, DAY)
    assert (slot.time, slot.remaining_bookings, slot.remaining_bouquets) == (NINE, 2, 6)
    assert slot.starts_at.utcoffset() is not None
    times = [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY, bouquets=7)]
    assert NINE not in times


def test_full_slots_on_request(shop: Shop) -> None:
    shop.book(bouquets=10)
    assert NINE not in [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)]
    (full, *_) = bookingdb.available_slots(shop.conn, DAY, DAY, include_full=True)
    assert (full.time, full.remaining_bookings, full.remaining_bouquets) == (NINE, 2, 0)


def test_expired_hold_counts_as_free(shop: Shop, database: Database) -> None:
    hold = shop.book(bouquets=10, hold_for=dt.timedelta(minutes=1))
    assert NINE not in [s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)]
    database.set_clock(str(hold.hold_expires_at))
    (slot, *_) = bookingdb.available_slots(shop.conn, DAY, DAY)
    assert (slot.time, slot.remaining_bookings, slot.remaining_bouquets) == (NINE, 3, 10)
    assert bookingdb.why_unavailable(shop.conn, DAY, NINE, bouquets=10) == []


def test_overhang_leaves_nothing_not_less(shop: Shop) -> None:
    shop.book(bouquets=8)
    shop.set_hours(hours(max_bookings=0, max_bouquets=4))
    (slot, *_) = bookingdb.available_slots(shop.conn, DAY, DAY, include_full=True)
    assert (slot.remaining_bookings, slot.remaining_bouquets) == (0, 0)


def test_every_reason_is_named(shop: Shop, database: Database) -> None:
    for _ in range(3):
        shop.book(bouquets=3)
    shop.set_hours(hours("10:00"))
    bookingdb.update_business(shop.conn, horizon_days=0)
    reasons = bookingdb.why_unavailable(shop.conn, DAY, NINE, bouquets=2)
    assert [r.code for r in reasons] == ["ZB004", "ZB005", "ZB002", "ZB003"]
    assert reasons[2].reason == (
        f"Maximum bookings reached: The slot on {DAY} at 09:00:00 has 3 of 3 bookings."
    )
    database.set_clock(f"{DAY} 09:00 Europe/Berlin")
    codes = [r.code for r in bookingdb.why_unavailable(shop.conn, DAY, NINE)]
    assert codes == ["ZB004", "ZB005", "ZB002"]


@pytest.mark.parametrize("moment", ["2 days", "1 minute", "-1 minute"])
@pytest.mark.parametrize("bouquets", [1, 5, 11])
def test_list_reason_and_booking_agree(
    shop: Shop, database: Database, moment: str, bouquets: int
) -> None:
    """For every slot of a day in every state: offered, explained and booked are one answer."""
    for _ in range(3):
        shop.book()
    shop.book(dt.time(10), bouquets=7)
    shop.book(dt.time(11), bouquets=1)
    shop.set_hours(hours("09:00", "11:00"))
    shop.book(dt.time(9, 30), 10, hold_for=dt.timedelta(seconds=1))
    query = "select (%s + '10:00'::time) at time zone 'Europe/Berlin' - %s::interval"
    database.set_clock(str(scalar(shop.conn, query, [DAY, moment])))
    offered = {s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY, bouquets=bouquets)}
    for time in [dt.time(8), *(dt.time(9 + n // 2, n % 2 * 30) for n in range(6))]:
        reasons = bookingdb.why_unavailable(shop.conn, DAY, time, bouquets=bouquets)
        assert (time in offered) == (not reasons)
        try:
            shop.book(time, bouquets)
        except BookingError as refusal:
            assert refusal.sqlstate == reasons[0].code
            assert f"{refusal.message}: {refusal.detail}" == reasons[0].reason
        else:
            assert not reasons


def test_the_work_does_not_multiply(shop: Shop) -> None:
    """Generic plans too, which a session uses from the sixth call on, scan each index once."""
    scans = (
        "select sum(pg_stat_get_xact_numscans(i.indexrelid)) from pg_index i"
        " where i.indrelid in ('bookingdb.bookings'::regclass, 'bookingdb.time_slots'::regclass)"
    )
    week = DAY, DAY + dt.timedelta(days=6)
    shop.conn.execute("set enable_seqscan = off")
    for of_nothing in (True, False):
        if not of_nothing:
            shop.book(bouquets=10)
            bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Bob", "bob@example.org")
        with shop.conn.transaction():
            before = scalar(shop.conn, scans)
            for _ in range(10):
                assert len(bookingdb.available_slots(shop.conn, *week, include_full=True)) == 42
            assert 10 <= scalar(shop.conn, scans) - before <= 10 * 20
    shop.conn.execute("reset all")
