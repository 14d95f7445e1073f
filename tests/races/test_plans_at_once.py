"""A plan is applied once, and only while it still says what its reader has read."""

from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

import bookingdb
from bookingdb import AffectedPolicy, Booking, PlanCounts, PlanOutOfDate
from tests.races.concurrency import ALL_LEVELS
from tests.races.crowd import CROWD, Call, Crowd, gathered
from tests.shop import NINE, Shop, hours, open_shop
from tests.support import Database, rewrite

Connection = psycopg.Connection[Any]

APPLYING = 8
ROUNDS = 3


def plan_to_open_later(shop: Shop) -> Call:
    """What applies the plan that nine o'clock is to go, where nobody has booked yet."""
    bookingdb.set_opening_hours(shop.conn, [hours("10:00", "12:00")])
    plan = bookingdb.plan_schedule_refresh(shop.conn)
    assert not any(change.affected_bookings for change in plan)
    return partial(
        bookingdb.apply_schedule_plan, plan_id=plan[0].plan_id, policy=AffectedPolicy.REFUSE
    )


def test_plan_is_applied_once(shop: Shop, database: Database) -> None:
    with gathered(database, APPLYING) as crowd:
        for level in ALL_LEVELS * ROUNDS:
            outcomes = crowd.run(level, [plan_to_open_later(shop)] * APPLYING)
            (applied,) = [outcome for outcome in outcomes if isinstance(outcome, PlanCounts)]
            assert applied.deleted > 0
            refused = [outcome for outcome in outcomes if isinstance(outcome, PlanOutOfDate)]
            assert len(refused) == APPLYING - 1
            assert bookingdb.plan_schedule_refresh(shop.conn) == []
            shop.set_hours(hours())


def apply_beside_bookers(shop: Shop, crowd: Crowd, level: IsolationLevel, rounds: int) -> None:
    """Apply a plan under bookers; fails when it did more than what it said."""
    for number in range(rounds):
        calls: list[Call] = [lambda conn: Shop(conn).book()] * CROWD
        calls.insert(number % 3, plan_to_open_later(shop))
        outcomes = crowd.run(level, calls)
        applied = outcomes[number % 3]
        booked = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
        if isinstance(applied, PlanCounts):
            assert not booked
            assert shop.slot(NINE) is None
        else:
            assert isinstance(applied, PlanOutOfDate)
            assert shop.slot(NINE)[0] == len(booked) == 3
            assert not shop.slot(NINE)[-1], "still offered"
        shop.conn.execute("delete from bookingdb.bookings")
        shop.set_hours(hours())


def test_plan_that_bookers_overtake(shop: Shop, database: Database) -> None:
    with gathered(database) as crowd:
        for level in ALL_LEVELS:
            apply_beside_bookers(shop, crowd, level, ROUNDS)


def test_who_does_not_look_again_does_more_than_planned(
    conn: Connection, database: Database
) -> None:
    """The control."""
    shop = open_shop(conn)
    rewrite(conn, "apply_schedule_plan", "v_plan_id is distinct from p_plan_id", "false")
    rewrite(conn, "apply_schedule_plan", "p_policy = 'refuse'", "false")
    with gathered(database) as crowd, pytest.raises(AssertionError):
        apply_beside_bookers(shop, crowd, IsolationLevel.READ_COMMITTED, 20)
