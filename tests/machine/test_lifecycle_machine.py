"""Thousands of random steps in the life of bookings; and faults that they must find."""

import psycopg
import pytest

from tests.machine.machine import Machine
from tests.machine.rules import live
from tests.support import Database, scalar

# What must have happened in a run that is to prove anything.
CODES = {*(f"ZB{number:03}" for number in range(1, 16)), "ok"}

# A function, what is taken out of it, what is put in its place.
FAULTS = {
    "who came last is first in line": (
        "fitting_waiters",
        "order by b.created_at, b.booking_id",
        "order by b.created_at desc",
    ),
    "whoever needs more than is left ends the line": (
        "fitting_waiters",
        "if bouquets <= v_bouquets\n",
        "exit when bouquets > v_bouquets;\n if true\n",
    ),
    "who waits gets a place above the customer's limit": (
        "fitting_waiters",
        "and not bookingdb.is_at_limit(p_business_id, v_email, p_date, booking_id, true)",
        "",
    ),
    "the place of who leaves is offered to nobody": (
        "count_places",
        "perform bookingdb.offer_places(p_business_id, p_date, p_time);",
        "null;",
    ),
    "places that a sweep frees are offered to nobody": (
        "expire_slot_holds",
        "perform bookingdb.offer_places(p_business_id, p_date, p_time);",
        "",
    ),
    "who asks goes before who waits": (
        "count_places",
        "v_try = 2 or ",
        "true or ",
    ),
    "the places of a raised limit are offered to nobody": (
        "tg_time_slots__offer",
        "perform bookingdb.offer_places(new.business_id, new.date, new.time);",
        "",
    ),
    "who waits for a slot that has begun waits for ever": (
        "expire_slot_holds",
        "or h.status = 'waiting' and s.starts_at <= v_now",
        "",
    ),
    "bouquets are not counted": (
        "count_places",
        "booked_bouquets = s.booked_bouquets + p_bouquets",
        "booked_bouquets = s.booked_bouquets",
    ),
    "a legacy slot is refused for another reason": (
        "slot_refusals",
        "if v_slot.is_legacy then",
        "if false then",
    ),
    "a cancelled booking keeps its place": (
        "tg_bookings__count_places",
        "v_taken := bookingdb.holds_place(new.status)::int;",
        "v_taken := (new.status not in ('waiting', 'expired'))::int;",
    ),
    "a hold that has run out has its place again before who waits": (
        "retake_place",
        "perform bookingdb.fail('ZB010', ",
        "perform concat(",
    ),
    "a hold is alive for one instant more": (
        "has_run_out",
        "<= bookingdb.clock_now()",
        "< bookingdb.clock_now()",
    ),
    "a hold is extended from its end, not from now": (
        "extend_hold",
        "bookingdb.clock_now() + p_hold_for",
        "v_booking.hold_expires_at + p_hold_for",
    ),
    "a hold that is paid runs out all the same": (
        "tg_bookings__stamp",
        "if new.status = 'held' and new.payment_status = 'paid' then",
        "if false then",
    ),
    "moving is free inside the cancellation window": (
        "reschedule_booking",
        "v_outer := bookingdb.check_cancellation_window(v_outer, v_booking, p_date + p_time);",
        "null;",
    ),
    "customers book inside the lead time": (
        "check_slot",
        " or (bookingdb.current_actor()).performed_by <> 'admin'",
        "",
    ),
    "the log does not tell what was waived": (
        "current_waiver",
        "'waived'",
        "'forgotten'",
    ),
    "one booking more than the customer's limit": (
        "is_at_limit",
        "v.customer_limit <= (",
        "v.customer_limit < (",
    ),
    "the customer's limit counts over all businesses": (
        "is_at_limit",
        "b.business_id = p_business_id",
        "true",
    ),
    "a change keeps the version": (
        "tg_bookings__stamp",
        "new.version := old.version + 1;",
        "",
    ),
    "an idempotency key serves any request": (
        "find_by_key",
        "v_booking.idempotency_digest is distinct from p_digest",
        "false",
    ),
    "a refresh forgets the limits that staff set": (
        "planned_changes",
        "case when s.is_adjusted or p.date is null then",
        "case when p.date is null then",
    ),
    "a plan is applied though the facts have overtaken it": (
        "apply_schedule_plan",
        "if v_plan_id is distinct from p_plan_id then",
        "if false then",
    ),
    "a proposal outlives its acceptance": (
        "tg_bookings__stamp",
        "new.proposed_slots := null;",
        "",
    ),
}


@pytest.mark.long
def test_the_life_of_bookings(database: Database) -> None:
    Machine.tally.clear()
    live(database)
    print(*sorted(Machine.tally.items()), sep="\n")
    assert Machine.tally["steps"] >= 3000
    assert {outcome.split()[-1] for outcome in Machine.tally} >= CODES


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found(database: Database, fault: str) -> None:
    function, fragment, other = FAULTS[fault]
    with database.connect() as conn:
        plant(conn, function, fragment, other)
    Machine.tally.clear()
    with pytest.raises(AssertionError) as failure:
        live(database)
    print(f"{Machine.tally['steps']} steps: {failure.value}")


def plant(conn: psycopg.Connection[object], function: str, fragment: str, other: str) -> None:
    """Replace every such fragment of a function."""
    source = scalar(conn, "select pg_get_functiondef(%s::regproc)", [f"bookingdb.{function}"])
    assert fragment in source, f"{function} reads otherwise now"
    conn.execute(source.replace(fragment, other).encode())
