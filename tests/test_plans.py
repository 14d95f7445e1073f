"""A change of the schedule is seen before it is made, and made only as it was seen."""

import datetime as dt
from typing import Any

import pytest

import bookingdb
from bookingdb import (
    AffectedPolicy,
    BookingEffect,
    BookingsAffected,
    InvalidArgument,
    PlannedChange,
    PlanOutOfDate,
    RefreshAction,
)
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

TEN, HALF_PAST_NINE = dt.time(10), dt.time(9, 30)
KEEP, REFUSE, OFFER = AffectedPolicy.KEEP, AffectedPolicy.REFUSE, AffectedPolicy.OFFER
KEPT, OVER = BookingEffect.KEPT_ON_LEGACY, BookingEffect.OVER_LIMIT


def plan_of(shop: Shop, *rules: dict[str, Any]) -> list[PlannedChange]:
    """What is planned once the schedule is `rules`."""
    if rules:
        bookingdb.set_opening_hours(shop.conn, rules)
    return bookingdb.plan_schedule_refresh(shop.conn)


def of_slot(plan: list[PlannedChange], time: dt.time) -> PlannedChange:
    (change,) = (c for c in plan if (c.date, c.time) == (DAY, time))
    return change


def test_it_lists_slot_by_slot_what_would_be(shop: Shop) -> None:
    booking = shop.book()
    shop.book(TEN)
    gone = shop.book(HALF_PAST_NINE)
    bookingdb.cancel_booking(shop.conn, gone.booking_id)
    rule = {"weekday": (DAY.isoweekday(),)}
    plan = plan_of(shop, hours("10:00", "13:00", max_bookings=2) | rule)
    legacy, unused = of_slot(plan, NINE), of_slot(plan, HALF_PAST_NINE)
    assert (legacy.action, legacy.effect) == (RefreshAction.MAKE_LEGACY, KEPT)
    assert legacy.affected_bookings == [booking.booking_id]
    assert (unused.action, unused.effect, unused.affected_bookings) == ("make_legacy", None, [])
    changed, new = of_slot(plan, TEN), of_slot(plan, dt.time(12))
    assert (changed.action, changed.old_max_bookings, changed.max_bookings) == ("update", 3, 2)
    assert (changed.effect, changed.affected_bookings) == (None, [])
    assert (new.action, new.old_max_bookings, new.booked_count) == ("create", None, 0)
    assert len({c.plan_id for c in plan}) == 1
    assert shop.slot()[6] is False, "nothing is touched"


@pytest.mark.parametrize("limits", [{"max_bookings": 1}, {"max_bouquets": 3}])
def test_over_the_limit_are_those_that_came_last(shop: Shop, limits: dict[str, int]) -> None:
    first, second, third = (shop.book(bouquets=n) for n in (2, 2, 1))
    bookingdb.cancel_booking(shop.conn, shop.book(TEN).booking_id)
    change = of_slot(plan_of(shop, hours(**limits)), NINE)  # type: ignore[arg-type]
    assert change.effect == OVER
    assert change.affected_bookings == [second.booking_id, third.booking_id]
    assert first.booking_id not in change.affected_bookings


def test_a_plan_is_applied_as_it_was_seen(shop: Shop) -> None:
    shop.book()
    plan = plan_of(shop, hours("10:00", "13:00", max_bookings=2))
    counts = bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id)
    assert (counts.made_legacy, counts.proposed) == (1, 0)
    assert sum((counts.created, counts.updated, counts.made_legacy, counts.deleted)) == len(plan)
    assert plan_of(shop) == []
    with pytest.raises(PlanOutOfDate, match="Plan out of date"):
        bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id)


def test_the_same_facts_give_the_same_plan(shop: Shop) -> None:
    shop.book()
    first = plan_of(shop, hours("10:00"))
    shop.conn.execute("set timezone = 'Asia/Tokyo'")
    shop.conn.execute("set datestyle = 'German'")
    query = "select min(plan_id::text) from bookingdb.plan_schedule_refresh()"
    assert shop.conn.execute(query).fetchone() == (str(first[0].plan_id),)
    shop.conn.execute("reset all")


def test_facts_that_overtake_a_plan(shop: Shop, database: Database) -> None:
    """Another booking in a slot that goes, another schedule, another hour: nothing is changed."""
    booking = shop.book()
    (slot, *_) = bookingdb.available_slots(shop.conn, DAY, DAY)

    def cancelled() -> None:
        bookingdb.cancel_booking(shop.conn, booking.booking_id)

    def other_hours() -> None:
        bookingdb.set_opening_hours(shop.conn, [hours("11:00")])

    def later() -> None:
        database.set_clock(str(slot.starts_at))

    for overtake in (shop.book, cancelled, other_hours, later):
        plan = plan_of(shop, hours("10:00"))
        overtake()
        before = shop.slot()
        with pytest.raises(PlanOutOfDate):
            bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id)
        assert shop.slot() == before


def test_what_is_none_of_the_plans_business(shop: Shop) -> None:
    """A booking in a slot that stays as it is overtakes nothing."""
    plan = plan_of(shop, hours("10:00"))
    shop.book(TEN)
    assert bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id).deleted > 0


def test_refuse_if_any_booking_is_affected(shop: Shop) -> None:
    booking = shop.book()
    plan = plan_of(shop, hours("10:00"))
    with pytest.raises(BookingsAffected) as caught:
        bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id, policy=REFUSE)
    assert str(booking.booking_id) in caught.value.detail
    assert shop.slot()[6] is False
    bookingdb.reschedule_booking(shop.conn, booking.booking_id, DAY, TEN)
    plan = plan_of(shop)
    assert bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id, policy=REFUSE)


def test_offer_proposes_the_nearest_free_slots(shop: Shop) -> None:
    booking, cancelled = shop.book(bouquets=2), shop.book()
    bookingdb.cancel_booking(shop.conn, cancelled.booking_id)
    bookingdb.update_business(shop.conn, cancellation_window=dt.timedelta(days=30))
    for _ in range(3):
        shop.book(TEN)
    plan = plan_of(shop, hours("10:00"))
    customer = bookingdb.Actor(bookingdb.ActorKind.CUSTOMER)
    admin = bookingdb.Actor(bookingdb.ActorKind.ADMIN, "bob", reason="new hours")
    counts = bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id, policy=OFFER, actor=admin)
    assert (counts.made_legacy, counts.proposed) == (1, 1)
    proposed = bookingdb.get_booking(shop.conn, booking.booking_id)
    times = [dt.time(10, 30), dt.time(11), dt.time(11, 30)]
    assert proposed.proposed_slots == [dt.datetime.combine(DAY, t) for t in times], "10:00 is full"
    entry = bookingdb.booking_history(shop.conn, booking.booking_id)[-1]
    assert (entry.action_type, entry.performed_by_id, entry.reason) == (
        "modified", "bob", "new hours",
    )  # fmt: skip
    assert shop.slot()[0] == 1, "the booking stays until its customer decides"

    moved = bookingdb.reschedule_booking(
        shop.conn, booking.booking_id, DAY, times[0], actor=customer
    )
    assert (moved.time, moved.proposed_slots) == (times[0], None)


def test_proposal_over_the_limit_is_accepted_inside_the_window(shop: Shop) -> None:
    shop.book()
    last = shop.book()
    bookingdb.update_business(shop.conn, cancellation_window=dt.timedelta(days=30))
    plan = plan_of(shop, hours(max_bookings=1))
    customer = bookingdb.Actor(bookingdb.ActorKind.CUSTOMER)
    counts = bookingdb.apply_schedule_plan(shop.conn, plan[0].plan_id, policy=OFFER)
    assert (counts.over_capacity, counts.proposed) == (1, 1)
    proposed = bookingdb.get_booking(shop.conn, last.booking_id).proposed_slots
    assert proposed is not None
    assert bookingdb.reschedule_booking(
        shop.conn, last.booking_id, proposed[0].date(), proposed[0].time(), actor=customer
    )
    assert shop.slot()[:2] == (1, 1)


def test_who_would_wait_in_vain_is_named_and_told(shop: Shop) -> None:
    for _ in range(3):
        shop.book()
    waiting = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", "eve@example.org")
    before = plan_of(shop, hours("10:00"))
    legacy = of_slot(before, NINE)
    assert legacy.waiting_bookings == [waiting.booking_id]
    assert waiting.booking_id not in legacy.affected_bookings
    bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Mia", "mia@example.org")
    with pytest.raises(PlanOutOfDate):
        bookingdb.apply_schedule_plan(shop.conn, before[0].plan_id)
    counts = bookingdb.apply_schedule_plan(shop.conn, plan_of(shop)[0].plan_id, policy=OFFER)
    assert counts.proposed == 5
    proposed = bookingdb.get_booking(shop.conn, waiting.booking_id)
    assert (proposed.status, proposed.proposed_slots and proposed.proposed_slots[0]) == (
        "waiting", dt.datetime.combine(DAY, TEN),
    )  # fmt: skip


def test_alternatives_are_the_nearest_first(shop: Shop) -> None:
    booking = shop.book(TEN, bouquets=4)
    shop.book(HALF_PAST_NINE, bouquets=7)
    found = bookingdb.propose_alternatives(shop.conn, booking.booking_id, limit=4)
    assert [a.time for a in found] == [dt.time(10, 30), NINE, dt.time(11), dt.time(11, 30)]
    assert len(bookingdb.propose_alternatives(shop.conn, booking.booking_id)) == 3
    for limit in (0, -1):
        with pytest.raises(InvalidArgument, match="p_limit"):
            bookingdb.propose_alternatives(shop.conn, booking.booking_id, limit=limit)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("select bookingdb.apply_schedule_plan(null)", PlanOutOfDate),
        ("select bookingdb.apply_schedule_plan(gen_random_uuid())", PlanOutOfDate),
        ("select bookingdb.apply_schedule_plan(plan_id, null) from plan", InvalidArgument),
        ("select bookingdb.apply_schedule_plan(plan_id, 'keep', '[]') from plan", InvalidArgument),
        ("select bookingdb.apply_schedule_plan(plan_id, p_business_id => gen_random_uuid())"
         " from plan", InvalidArgument),
        ("select bookingdb.plan_schedule_refresh(gen_random_uuid())", InvalidArgument),
    ],
)  # fmt: skip
def test_bad_input(shop: Shop, query: str, error: type[Exception]) -> None:
    plan_of(shop, hours("10:00"))
    plan = "with plan as (select * from bookingdb.plan_schedule_refresh() limit 1) "
    with pytest.raises(error):
        shop.conn.execute((plan + query).encode())
