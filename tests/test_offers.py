"""What is offered when: swept, settled by staff, shared out fairly; and what is promised before."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import (
    BookingStatus,
    HoldExpired,
    MaximumBookingsReached,
    MaximumBouquetsReached,
    SlotNotOffered,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, rewrite
from tests.waiting import fill, join, line, statuses

TEN = dt.time(10)
WAITING, HELD, EXPIRED = BookingStatus.WAITING, BookingStatus.HELD, BookingStatus.EXPIRED


def test_offer_not_taken_goes_to_the_next(shop: Shop, database: Database) -> None:
    booked = fill(shop)
    first, second = join(shop, "first"), join(shop, "second")
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    expiry = bookingdb.get_booking(shop.conn, first.booking_id).hold_expires_at
    database.set_clock(str(expiry))

    # Nobody has swept yet: the place is promised to the next in line, and to nobody else.
    assert next(s.time for s in bookingdb.available_slots(shop.conn, DAY, DAY)) != NINE
    (why,) = bookingdb.why_unavailable(shop.conn, DAY, NINE)
    assert why.code == "ZB002"
    with pytest.raises(MaximumBookingsReached):
        shop.book()
    with pytest.raises(HoldExpired):
        bookingdb.confirm_booking(shop.conn, first.booking_id)
    with pytest.raises(HoldExpired):
        bookingdb.extend_hold(shop.conn, first.booking_id, dt.timedelta(minutes=5))

    assert bookingdb.expire_holds(shop.conn) == 1
    assert statuses(shop, first, second) == [EXPIRED, HELD]
    assert shop.slot()[:2] == (3, 3)


def test_swept_places_are_shared_out_together(shop: Shop, database: Database) -> None:
    """Of 3 + 2 bouquets that run out at once the first in line gets 5, and not the next one 3."""
    holds = [shop.book(bouquets=n, hold_for=dt.timedelta(minutes=1)) for n in (3, 2)]
    shop.book(bouquets=5)
    five, three = join(shop, "five", 5), join(shop, "three", 3)
    database.set_clock(str(max(h.hold_expires_at for h in holds if h.hold_expires_at)))
    assert bookingdb.expire_holds(shop.conn) == 2
    assert statuses(shop, five, three) == [HELD, WAITING]


def test_hand_written_expiry_offers_too(shop: Shop) -> None:
    holds = [shop.book(bouquets=n, hold_for=dt.timedelta(hours=1)) for n in (3, 2)]
    shop.book(bouquets=5)
    five, three = join(shop, "five", 5), join(shop, "three", 3)
    shop.conn.execute("update bookingdb.bookings set status = 'expired' where status = 'held'")
    assert statuses(shop, *holds) == [EXPIRED, EXPIRED]
    assert statuses(shop, five, three) == [HELD, WAITING], "shared out when both are free"


def test_many_rows_at_once(shop: Shop) -> None:
    """Joining, moving and leaving by one statement: offered to as many as there is room for."""
    shop.conn.execute(
        "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email,"
        " status) select %s, '09:00', 1, 'N', 'n' || n || '@example.org', 'waiting'"
        " from generate_series(1, 5) n",
        [DAY],
    )
    assert shop.slot()[0] == 3
    assert len(line(shop)) == 2
    shop.conn.execute("update bookingdb.bookings set time = '10:00' where status = 'waiting'")
    assert (shop.slot(TEN)[0], line(shop)) == (2, [])
    shop.conn.execute("delete from bookingdb.bookings where time = '09:00'")
    assert shop.slot()[0] == 0


def test_settings_that_open_a_slot_offer_it(shop: Shop, database: Database) -> None:
    hold = shop.book(bouquets=10, hold_for=dt.timedelta(minutes=1))
    waiting = join(shop, "first")
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(days=30))
    database.set_clock(str(hold.hold_expires_at))
    assert bookingdb.expire_holds(shop.conn) == 1
    assert statuses(shop, waiting) == [WAITING], "nobody can book the slot now"
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(0))
    assert statuses(shop, waiting) == [HELD]


def test_room_that_nobody_offered_is_for_those_who_wait(shop: Shop) -> None:
    """Should an offer be missing, all say the same, and the next sweep makes it."""
    booked = fill(shop)
    hold = bookingdb.get_booking(shop.conn, booked[0].booking_id)
    waiting = join(shop, "first")
    shop.conn.execute("alter table bookingdb.businesses disable trigger offer")
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(days=30))
    bookingdb.cancel_booking(
        shop.conn, hold.booking_id, actor=bookingdb.Actor(bookingdb.ActorKind.ADMIN)
    )
    bookingdb.update_business(shop.conn, lead_time=dt.timedelta(0))
    shop.conn.execute("alter table bookingdb.businesses enable trigger offer")
    assert statuses(shop, waiting) == [WAITING]
    assert bookingdb.available_slots(shop.conn, DAY, DAY)[0].time != NINE
    assert [r.code for r in bookingdb.why_unavailable(shop.conn, DAY, NINE)] == ["ZB002"]
    with pytest.raises(MaximumBookingsReached):
        shop.book()
    assert bookingdb.expire_holds(shop.conn) == 0
    assert statuses(shop, waiting) == [HELD]


def test_customer_at_the_limit_is_passed_over(shop: Shop) -> None:
    fill(shop)
    ten = fill(shop, TEN)
    greedy, modest = join(shop, "greedy", time=TEN), join(shop, "modest", time=TEN)
    shop.book(dt.time(11), customer_email="greedy@example.org")
    bookingdb.update_business(shop.conn, customer_limit=1)
    bookingdb.cancel_booking(shop.conn, ten[0].booking_id)
    assert statuses(shop, greedy, modest) == [WAITING, HELD]
    bookingdb.cancel_booking(shop.conn, ten[1].booking_id)
    assert statuses(shop, greedy) == [WAITING]
    bookingdb.update_business(shop.conn, customer_limit=2)
    assert statuses(shop, greedy) == [HELD]


@pytest.mark.parametrize("control", [False, True])
def test_newcomer_who_sweeps_is_not_served_before_the_line(
    shop: Shop, database: Database, control: bool
) -> None:
    """The counters leave him 4 of 10; but when both holds have gone, all 10 are for the first."""
    holds = [shop.book(bouquets=3, hold_for=dt.timedelta(minutes=1)) for _ in range(2)]
    ten, six = join(shop, "ten", 10), join(shop, "six", 6)
    if control:
        rewrite(shop.conn, "offer_places", "'sweeps'", "'never'")
    database.set_clock(str(max(h.hold_expires_at for h in holds if h.hold_expires_at)))
    if control:
        shop.book(bouquets=4)
        assert statuses(shop, ten, six) == [WAITING, HELD]
        return
    (why,) = bookingdb.why_unavailable(shop.conn, DAY, NINE, bouquets=4)
    assert why.code == "ZB003"
    with pytest.raises(MaximumBouquetsReached):
        shop.book(bouquets=4)
    bookingdb.expire_holds(shop.conn)
    assert statuses(shop, ten, six) == [HELD, WAITING]


def test_who_joins_sweeps(shop: Shop, database: Database) -> None:
    """A hold that has run out is no reason to wait."""
    hold = shop.book(hold_for=dt.timedelta(minutes=1))
    shop.book()
    shop.book()
    database.set_clock(str(hold.hold_expires_at))
    assert join(shop, "first").status == HELD


def test_what_no_one_in_line_can_use_is_for_all(shop: Shop, database: Database) -> None:
    """An expired hold blocks nobody, though somebody waits whom its place does not suffice."""
    shop.book(bouquets=8)
    hold = shop.book(bouquets=2, hold_for=dt.timedelta(minutes=1))
    waiting = join(shop, "big", 9)
    database.set_clock(str(hold.hold_expires_at))
    assert bookingdb.available_slots(shop.conn, DAY, DAY)[0].remaining_bouquets == 2
    assert shop.book(bouquets=2).status == "confirmed"
    assert statuses(shop, waiting) == [WAITING]


def test_higher_limits_go_to_those_who_wait(shop: Shop) -> None:
    fill(shop)
    waiting = join(shop, "first"), join(shop, "second"), join(shop, "third")
    slot = bookingdb.adjust_slot(shop.conn, DAY, NINE, max_bookings=4)
    assert (slot.booked_count, slot.waiting_count) == (4, 2)
    shop.set_hours(hours(max_bookings=5))
    assert statuses(shop, *waiting) == [HELD, WAITING, WAITING], "adjusted by hand: stays at 4"
    bookingdb.adjust_slot(shop.conn, DAY, NINE)
    assert statuses(shop, *waiting) == [HELD, HELD, WAITING]


def test_nobody_is_offered_a_legacy_slot_until_it_is_back(shop: Shop) -> None:
    booked = fill(shop)
    waiting = join(shop, "first")
    shop.set_hours(hours("10:00"))
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    assert statuses(shop, waiting) == [WAITING]
    with pytest.raises(SlotNotOffered):
        join(shop, "second")
    shop.set_hours(hours())
    assert statuses(shop, waiting) == [HELD]
