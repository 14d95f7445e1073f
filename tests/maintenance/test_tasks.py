"""maintain(): each task does its work when it is due, and nothing when it is not."""

import datetime as dt
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import MaintenanceTask, RetentionKind
from tests.exports import finish, partition
from tests.shop import DAY, NINE, Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import NOW, Clock

TASKS = list(MaintenanceTask)
T = MaintenanceTask
OTHER = UUID(int=1)


@pytest.fixture
def clock(database: Database) -> Clock:
    return Clock(database)


def maintained(conn: psycopg.Connection[Any], *tasks: T, force: bool = False) -> dict[T, int]:
    """What was done in all, by task; nothing went wrong."""
    steps = bookingdb.maintain(conn, tasks=list(tasks) or None, force=force)
    assert [s.problem for s in steps if s.problem] == []
    return {s.task: s.done for s in steps if s.business_id is None}


def due_in(conn: psycopg.Connection[Any]) -> dict[T, dt.timedelta]:
    """When each task is due again, from now on the database's clock."""
    query = "select task, due_at - bookingdb.clock_now() from bookingdb.maintenance_runs"
    return {T(task): after for task, after in conn.execute(query.encode())}


def test_each_task_is_done_when_it_is_due(shop: Shop, clock: Clock) -> None:
    every = dict(
        shop.conn.execute("select task, every from bookingdb.maintenance_tasks()").fetchall()
    )
    assert list(every) == TASKS
    assert maintained(shop.conn) == dict.fromkeys(TASKS, 0)
    assert due_in(shop.conn) == every
    assert bookingdb.maintain(shop.conn) == []
    for wait in sorted(set(every.values())):
        clock.set(NOW + wait - dt.timedelta(seconds=1))
        assert not any(every[t] == wait for t in maintained(shop.conn))
        clock.set(NOW + wait)
        assert all(every[t] == wait for t in maintained(shop.conn) if due_in(shop.conn)[t] == wait)
        assert {t for t in TASKS if every[t] == wait} <= due_in(shop.conn).keys()


def test_what_takes_long_is_done_less_often(shop: Shop) -> None:
    rewrite(shop.conn, "do_task", "case p_task", "perform pg_sleep(0.3); case p_task")
    maintained(shop.conn, T.OVERBOOKING)
    assert due_in(shop.conn)[T.OVERBOOKING] > dt.timedelta(seconds=5)


def test_slots_appear_as_the_horizon_moves(shop: Shop, clock: Clock) -> None:
    assert maintained(shop.conn, T.SLOTS_AHEAD) == {T.SLOTS_AHEAD: 0}
    clock.advance(days=2)
    (of_business, of_all) = bookingdb.maintain(shop.conn, tasks=[T.SLOTS_AHEAD])
    assert of_business.business_id == bookingdb.DEFAULT_BUSINESS_ID
    assert of_business.done == of_all.done == 12  # two mornings of six slots
    assert maintained(shop.conn, T.SLOTS_AHEAD, force=True) == {T.SLOTS_AHEAD: 0}


def test_holds_expire_and_the_place_is_offered(shop: Shop, clock: Clock) -> None:
    hold = shop.book(bouquets=10, hold_for=dt.timedelta(minutes=20))
    waiting = bookingdb.join_waitlist(shop.conn, DAY, NINE, 10, "Bob", "bob@example.org")
    assert maintained(shop.conn, T.EXPIRED_HOLDS) == {T.EXPIRED_HOLDS: 0}
    clock.advance(minutes=21)
    assert maintained(shop.conn, T.EXPIRED_HOLDS) == {T.EXPIRED_HOLDS: 1}
    states = [bookingdb.get_booking(shop.conn, b.booking_id).status for b in (hold, waiting)]
    assert states == ["expired", "held"]


def test_audit_partitions_are_made_ahead(shop: Shop, clock: Clock) -> None:
    last = "select max(relname) from pg_class where relname like 'booking\\_audit\\_log\\_20%%'"
    before = scalar(shop.conn, last)
    clock.set(NOW + dt.timedelta(days=62))
    assert maintained(shop.conn, T.AUDIT_PARTITIONS) == {T.AUDIT_PARTITIONS: 2}
    assert scalar(shop.conn, last) > before


def test_changes_are_sealed(shop: Shop) -> None:
    shop.book()
    shop.book()
    assert maintained(shop.conn, T.SEALS) == {T.SEALS: 2}
    assert scalar(shop.conn, "select sum(row_count) from bookingdb.audit_seals") == 2


def test_retention_goes_on_until_nothing_goes_any_more(shop: Shop, clock: Clock) -> None:
    """A call lets go of one kind: while there may be more, the task stays due."""
    shop.book()
    bookingdb.set_retention(shop.conn, RetentionKind.PERSONAL_DATA, dt.timedelta(days=30))
    assert maintained(shop.conn, T.RETENTION) == {T.RETENTION: 0}
    clock.set(NOW + dt.timedelta(days=60))
    bookingdb.refresh_future_schedule(shop.conn)
    assert maintained(shop.conn, T.RETENTION) == {T.RETENTION: 1}
    assert scalar(shop.conn, "select customer_email from bookingdb.bookings") != "ada@example.org"
    assert maintained(shop.conn, T.RETENTION) == {T.RETENTION: 0}
    assert maintained(shop.conn, T.RETENTION) == {}


def test_month_that_waits_for_its_export_is_a_problem(shop: Shop, clock: Clock) -> None:
    """All businesses let it go: so somebody has to do something. It goes once that is done."""
    shop.book()
    month = NOW.date().replace(day=1)
    bookingdb.set_retention(shop.conn, RetentionKind.AUDIT, dt.timedelta(days=30))
    clock.set(NOW + dt.timedelta(days=100))
    (step,) = bookingdb.maintain(shop.conn, tasks=[T.RETENTION])
    assert (
        step.problem
        == f"{partition(month)[10:]} stays: 1 changes not relayed, 0 deliveries pending."
    )
    finish(shop.conn, month)
    clock.advance(minutes=5)
    assert maintained(shop.conn, T.RETENTION) == {T.RETENTION: 1}
    assert scalar(shop.conn, "select to_regclass(%s)", [partition(month)]) is None


def test_month_that_a_business_keeps_is_none(shop: Shop, clock: Clock) -> None:
    shop.book()
    other = bookingdb.create_business(shop.conn, "Aster", "UTC", business_id=OTHER)
    bookingdb.set_retention(
        shop.conn, RetentionKind.AUDIT, dt.timedelta(days=30), business_id=other.business_id
    )
    clock.set(NOW + dt.timedelta(days=100))
    (step,) = bookingdb.apply_retention(shop.conn, dry_run=False)
    assert step.outcome == "kept"
    assert maintained(shop.conn, T.RETENTION) == {T.RETENTION: 0}


def test_only_what_is_asked_for_and_before_its_time(shop: Shop) -> None:
    assert bookingdb.maintain(shop.conn, tasks=[]) == []
    assert list(maintained(shop.conn, T.RETENTION, T.SEALS)) == [T.SEALS, T.RETENTION]
    assert maintained(shop.conn, T.SEALS) == {}
    shop.book()
    assert maintained(shop.conn, T.SEALS, force=True) == {T.SEALS: 1}


def test_clock_that_was_wrong_does_not_stop_it_for_years(shop: Shop, clock: Clock) -> None:
    clock.set(NOW + dt.timedelta(days=3650))
    maintained(shop.conn, T.SEALS)
    clock.set(NOW)
    assert maintained(shop.conn, T.SEALS) == {T.SEALS: 0}
    assert maintained(shop.conn, T.SEALS) == {}


@pytest.mark.parametrize("role", ["bookingdb_admin", "bookingdb_dispatcher"])
def test_whoever_may_run_it_needs_nothing_else(shop: Shop, database: Database, role: str) -> None:
    with database.login(role) as conn:
        assert maintained(conn) == dict.fromkeys(TASKS, 0)


def test_bound_login_is_refused(shop: Shop, database: Database) -> None:
    with database.login("bookingdb_admin") as conn:
        bookingdb.grant_business(shop.conn, conn.info.user)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="concerns all businesses"):
            bookingdb.maintain(conn)
        assert conn.execute("select * from bookingdb.maintenance_runs").fetchall() == []
        bookingdb.unbind_role(shop.conn, conn.info.user)


def test_nothing_to_do_writes_nothing(shop: Shop) -> None:
    maintained(shop.conn)
    with shop.conn.transaction():
        assert bookingdb.maintain(shop.conn) == []
        assert scalar(shop.conn, "select pg_current_xact_id_if_assigned()") is None
