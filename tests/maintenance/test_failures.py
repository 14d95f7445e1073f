"""What goes wrong in one business or one task is told, and does not keep the others."""

import datetime as dt
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import MaintenanceRun, MaintenanceTask
from bookingdb._call import fetch_all
from tests.shop import Shop, hours
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import Clock

T = MaintenanceTask
SLOTS = [T.SLOTS_AHEAD]
FIRST, LAST = UUID(int=1), UUID(int=2**128 - 1)  # the default business is between them
FORBID = """
create function public.forbid() returns trigger language plpgsql as $$
begin
  if new.business_id = '{}' then raise exception 'out of paper' using errcode = 'ZZ001'; end if;
  return new;
end $$;
create trigger forbid before insert on bookingdb.time_slots
  for each row execute function public.forbid();
"""


@pytest.fixture
def clock(shop: Shop, database: Database) -> Clock:
    """In a database with three businesses, of which the first can make no slots."""
    for business in (FIRST, LAST):
        bookingdb.create_business(shop.conn, "Aster", "UTC", business_id=business)
        bookingdb.set_opening_hours(shop.conn, [hours()], business_id=business)
    shop.conn.execute(FORBID.format(FIRST).encode())
    return Clock(database)


def run_of(conn: psycopg.Connection[Any], task: T) -> MaintenanceRun:
    query = "select * from bookingdb.maintenance_runs where task = %(task)s"
    (run,) = fetch_all(conn, MaintenanceRun, query, {"task": task})
    return run


def test_business_that_fails_does_not_keep_the_others(shop: Shop, clock: Clock) -> None:
    clock.advance(days=1)
    steps = bookingdb.maintain(shop.conn, tasks=SLOTS)
    assert [(s.business_id, bool(s.done), s.problem) for s in steps] == [
        (FIRST, False, "ZZ001: out of paper"),
        (bookingdb.DEFAULT_BUSINESS_ID, True, None),
        (LAST, True, None),
        (None, True, None),
    ]
    run = run_of(shop.conn, T.SLOTS_AHEAD)
    assert run.problem == f"business {FIRST}: ZZ001: out of paper"
    assert run.succeeded_at is None
    assert bookingdb.maintain(shop.conn, tasks=SLOTS) == []
    clock.advance(minutes=5)
    shop.conn.execute("drop trigger forbid on bookingdb.time_slots")
    assert [s.business_id for s in bookingdb.maintain(shop.conn, tasks=SLOTS)] == [FIRST, None]
    run = run_of(shop.conn, T.SLOTS_AHEAD)
    assert (run.problem, run.succeeded_at) == (None, clock.now)


def test_without_the_handler_it_would(shop: Shop, clock: Clock) -> None:
    rewrite(shop.conn, "run_task", "when others", "when assert_failure")
    with pytest.raises(psycopg.Error, match="paper"):
        bookingdb.maintain(shop.conn, tasks=SLOTS)


def test_task_that_fails_does_not_keep_the_others(shop: Shop) -> None:
    rewrite(shop.conn, "seal_audit", "perform bookingdb.refuse_bound('seal_audit()')",
            "perform 1 / 0")  # fmt: skip
    steps = bookingdb.maintain(shop.conn)
    assert {s.task for s in steps} == set(T)
    assert {s.task: s.problem for s in steps if s.problem} == {T.SEALS: "22012: division by zero"}


def test_it_waits_for_nobody_longer_than_a_second(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    shop.book(hold_for=dt.timedelta(minutes=1))
    with database.connect(autocommit=False) as other:
        other.execute("select from bookingdb.time_slots for update")
        clock.advance(minutes=2)
        (one, _) = bookingdb.maintain(shop.conn, tasks=[T.EXPIRED_HOLDS])
    assert one.problem == "55P03: canceling statement due to lock timeout"


def test_crash_in_the_middle_leaves_it_due(shop: Shop, clock: Clock, database: Database) -> None:
    """A call is one transaction: either it is recorded with all it did, or not at all."""
    clock.advance(days=1)
    with database.connect(autocommit=False) as conn:
        before = bookingdb.maintain(conn, tasks=SLOTS)
        shop.conn.execute("select pg_terminate_backend(%s)", [conn.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            conn.commit()
    assert scalar(shop.conn, "select count(*) from bookingdb.maintenance_runs") == 0
    assert bookingdb.maintain(shop.conn, tasks=SLOTS) == before


@pytest.mark.parametrize(
    ("limit", "less", "expected"),
    [
        ("500", "2", [[FIRST, None], [LAST, None]]),
        ("'2 seconds'", "'-1 seconds'", [[FIRST, None], [None], [LAST, None]]),
    ],
)
def test_many_businesses_are_seen_to_in_parts(
    shop: Shop, clock: Clock, limit: str, less: str, expected: list[list[UUID | None]]
) -> None:
    rewrite(shop.conn, "run_task", limit, less)
    parts = []
    while steps := bookingdb.maintain(shop.conn, tasks=SLOTS):
        parts.append([s.business_id for s in steps])
        run = run_of(shop.conn, T.SLOTS_AHEAD)
    assert parts == expected
    assert (run.problem, run.resumes_after) == (f"business {FIRST}: ZZ001: out of paper", None)
    assert run.due_at == clock.now + dt.timedelta(minutes=5)
    shop.conn.execute("drop trigger forbid on bookingdb.time_slots")
    clock.advance(minutes=5)
    while bookingdb.maintain(shop.conn, tasks=SLOTS):
        run = run_of(shop.conn, T.SLOTS_AHEAD)
    assert (run.problem, run.succeeded_at) == (None, clock.now)
