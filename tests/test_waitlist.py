"""A place that becomes free goes to whoever waits for it, in the same transaction."""

import datetime as dt
from typing import Any, LiteralString

import psycopg
import pytest

import bookingdb
from bookingdb import (
    Booking,
    BookingStatus,
    HoldExpired,
    IllegalTransition,
    InvalidArgument,
    MaximumBookingsReached,
    MaximumBouquetsReached,
    SlotNotFound,
    SlotNotOffered,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, scalar

TEN = dt.time(10)
WAITING, HELD, EXPIRED = BookingStatus.WAITING, BookingStatus.HELD, BookingStatus.EXPIRED


def fill(shop: Shop, time: dt.time = NINE, bouquets: int = 1) -> list[Booking]:
    return [shop.book(time, bouquets) for _ in range(3)]


def join(shop: Shop, name: str, bouquets: int = 1, time: dt.time = NINE) -> Booking:
    return bookingdb.join_waitlist(shop.conn, DAY, time, bouquets, name, f"{name}@example.org")


def statuses(shop: Shop, *bookings: Booking) -> list[BookingStatus]:
    return [bookingdb.get_booking(shop.conn, b.booking_id).status for b in bookings]


def line(shop: Shop) -> list[str]:
    return [w.customer_name for w in bookingdb.waiting_list(shop.conn, DAY, DAY)]


def test_freed_place_is_held_for_the_first(shop: Shop) -> None:
    booked = fill(shop)
    first, _ = join(shop, "first"), join(shop, "second")
    assert (first.status, line(shop)) == (WAITING, ["first", "second"])
    assert shop.slot()[:2] == (3, 3), "who waits takes no place"

    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    offered = bookingdb.get_booking(shop.conn, first.booking_id)
    assert (offered.status, offered.version) == (HELD, 2)
    assert offered.hold_expires_at is not None
    assert dt.timedelta(minutes=14) < offered.hold_expires_at - offered.updated_at
    assert line(shop) == ["second"]
    with pytest.raises(MaximumBookingsReached):
        shop.book()

    entry = bookingdb.booking_history(shop.conn, first.booking_id)[-1]
    assert (entry.action_type, entry.performed_by) == ("offered", "system")
    assert entry.reason == "offered from the waiting list"
    confirmed = bookingdb.confirm_booking(shop.conn, first.booking_id)
    assert (confirmed.status, shop.slot()[:2]) == ("confirmed", (3, 3))


@pytest.mark.parametrize(
    "statement",
    [
        "delete from bookingdb.bookings where booking_id = %s",
        "update bookingdb.bookings set status = 'cancelled' where booking_id = %s",
        "update bookingdb.bookings set time = '10:00' where booking_id = %s",
        "select bookingdb.reschedule_booking(%s, current_date + 5, '10:00')",
        "select bookingdb.cancel_booking(%s)",
    ],
)
def test_whoever_frees_it(shop: Shop, statement: LiteralString) -> None:
    booked = fill(shop)
    waiting = join(shop, "first")
    shop.conn.execute(statement, [booked[0].booking_id])
    assert statuses(shop, waiting) == [HELD]
    assert shop.slot()[0] == 3


def test_offer_is_undone_with_what_freed_the_place(shop: Shop) -> None:
    booked = fill(shop)
    waiting = join(shop, "first")
    with shop.conn.transaction(force_rollback=True):
        bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
        assert statuses(shop, waiting) == [HELD]
    assert statuses(shop, waiting) == [WAITING]
    assert len(bookingdb.booking_history(shop.conn, waiting.booking_id)) == 1


def test_who_needs_more_is_passed_over(shop: Shop) -> None:
    booked = fill(shop, bouquets=3)
    big, small = join(shop, "big", 5), join(shop, "small", 4)
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    assert statuses(shop, big, small) == [WAITING, HELD], "10 - 6 leaves 4"
    bookingdb.cancel_booking(shop.conn, booked[1].booking_id)
    assert statuses(shop, big) == [WAITING], "3 are free, not 5"
    bookingdb.update_booking(shop.conn, big.booking_id, bouquets=3)
    assert statuses(shop, big) == [HELD]


def test_fewer_bouquets_free_some(shop: Shop) -> None:
    booking = shop.book(bouquets=8)
    waiting = join(shop, "first", 4)
    bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=6)
    assert statuses(shop, waiting) == [HELD]


def test_free_place_is_offered_at_once(shop: Shop) -> None:
    assert join(shop, "first").status == HELD
    assert shop.slot()[0] == 1


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


@pytest.mark.parametrize("control", [False, True])
def test_newcomer_who_sweeps_is_not_served_before_the_line(
    shop: Shop, database: Database, control: bool
) -> None:
    """The counters leave him 4 of 10; but when both holds have gone, all 10 are for the first."""
    holds = [shop.book(bouquets=3, hold_for=dt.timedelta(minutes=1)) for _ in range(2)]
    ten, six = join(shop, "ten", 10), join(shop, "six", 6)
    if control:
        query = "select pg_get_functiondef('bookingdb.offer_places'::regproc)"
        source = scalar(shop.conn, query)
        assert "'sweeps'" in source
        shop.conn.execute(source.replace("'sweeps'", "'never'").encode())
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


def test_declined_offer_goes_to_the_next(shop: Shop) -> None:
    booked = fill(shop)
    first, second, third = (join(shop, name) for name in ("first", "second", "third"))
    left = bookingdb.leave_waitlist(shop.conn, second.booking_id, reason="not any more")
    assert (left.status, left.cancel_reason) == ("cancelled", "not any more")
    bookingdb.cancel_booking(shop.conn, booked[0].booking_id)
    bookingdb.leave_waitlist(shop.conn, first.booking_id, expected_version=2)
    assert statuses(shop, first, third) == [BookingStatus.CANCELLED, HELD]
    with pytest.raises(IllegalTransition):
        bookingdb.leave_waitlist(shop.conn, first.booking_id)
    with pytest.raises(IllegalTransition):
        bookingdb.leave_waitlist(shop.conn, shop.book(TEN).booking_id)


def test_waiting_ends_when_the_slot_begins(shop: Shop, database: Database) -> None:
    fill(shop)
    waiting = join(shop, "first")
    database.set_clock(str(bookingdb.available_slots(shop.conn, DAY, DAY)[0].starts_at))
    assert bookingdb.expire_holds(shop.conn) == 1
    assert statuses(shop, waiting) == [EXPIRED]


def test_what_cannot_be_done_while_waiting(shop: Shop) -> None:
    fill(shop)
    waiting = join(shop, "first")
    for query in (
        "select bookingdb.confirm_booking(%s)",
        "select bookingdb.reschedule_booking(%s, current_date + 5, '10:00')",
        "select bookingdb.complete_booking(%s)",
        "select bookingdb.extend_hold(%s, '1 hour')",
    ):
        with pytest.raises(IllegalTransition):
            shop.conn.execute(query.encode(), [waiting.booking_id])


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"date": None}, InvalidArgument, "p_date"),
        ({"time": None}, InvalidArgument, "p_time"),
        ({"bouquets": None}, InvalidArgument, "p_bouquets"),
        ({"bouquets": 0}, InvalidArgument, "p_bouquets"),
        ({"bouquets": 11}, MaximumBouquetsReached, "Maximum bouquets"),
        ({"customer_name": None}, InvalidArgument, "p_customer_name"),
        ({"customer_name": " "}, InvalidArgument, "p_customer_name"),
        ({"customer_email": None}, InvalidArgument, "p_customer_email"),
        ({"customer_email": "nobody"}, InvalidArgument, "p_customer_email"),
        ({"customer_phone": ""}, InvalidArgument, "p_customer_phone"),
        ({"notes": ""}, InvalidArgument, "p_notes"),
        ({"time": dt.time(3)}, SlotNotFound, "Slot not found"),
        ({"actor": {"performed_by": "nobody"}}, InvalidArgument, "p_actor"),
        ({"business_id": "00000000-0000-0000-0000-000000000000"}, InvalidArgument, "p_business_id"),
    ],
)
def test_bad_input(
    shop: Shop, arguments: dict[str, Any], error: type[Exception], named: str
) -> None:
    good: dict[str, Any] = {
        "date": DAY,
        "time": NINE,
        "bouquets": 1,
        "customer_name": "Ada",
        "customer_email": "ada@example.org",
    }
    with pytest.raises(error, match=named):
        bookingdb.join_waitlist(shop.conn, **(good | arguments))


def test_nobody_waits_twice(shop: Shop) -> None:
    fill(shop)
    join(shop, "Ada")
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        join(shop, "ada", 2)
    other = join(shop, "bob")
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        bookingdb.update_booking(shop.conn, other.booking_id, customer_email="ADA@example.org")
    with pytest.raises(MaximumBouquetsReached):
        bookingdb.update_booking(shop.conn, other.booking_id, bouquets=11)
    assert join(shop, "cyd", time=TEN).status == HELD
    with pytest.raises(InvalidArgument, match="p_customer_email"):
        join(shop, "Cyd", time=TEN)
    with pytest.raises(InvalidArgument, match="p_from, p_to"):
        bookingdb.waiting_list(shop.conn, DAY, DAY - dt.timedelta(days=1))


def test_line_by_hand(shop: Shop) -> None:
    """The waiting count is nobody's to write."""
    fill(shop)
    join(shop, "first")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.conn.execute("update bookingdb.time_slots set waiting_count = 0")
