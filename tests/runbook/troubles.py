"""What provokes each alarm, where tests/health does not say it already."""

from collections.abc import Callable

from bookingdb.migration.project import load_project, schema_folder
from tests.health.conftest import shift_clock
from tests.health.test_checks import CASES, CHECK, WATCH
from tests.races.concurrency import background, wait_until_blocked
from tests.recovery.steps import damage
from tests.runbook.stage import Stage
from tests.shop import DAY, NINE, Shop

__all__ = ["provoke"]

MISCOUNT = "update bookingdb.time_slots set booked_count = 3 where booked_count > 0"
COUNTING = 'alter table bookingdb.bookings {} trigger "E_count_places"'
INSERT = """
insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)
values (%s, %s, 1, 'Eve', 'eve@example.org')
"""


def provoke(stage: Stage, name: str, case: str) -> None:
    """Let the alarm `name` go off, for the reason that `case` names where a page has several."""
    if trouble := TROUBLES.get((name, case)):
        trouble(stage)
        return
    (first, *_) = (c for c in CASES if c.name == name)
    with stage.conn.transaction():
        for statement in first.provoke:
            stage.conn.execute(statement.encode())
    shift_clock(stage.conn, first.ahead)


def _lose_a_function(stage: Stage) -> None:
    """As if this version were deployed but for its last function and what comes after."""
    names = [change.name for change in load_project(schema_folder()).plan.changes]
    before = names[names.index("functions/recovery/requeue_dead_letters") - 1]
    stage.run(f"bookingdb rollback --to {before} --yes")


def _log_beyond_the_partitions(stage: Stage) -> None:
    shift_clock(stage.conn, "14 months")
    stage.conn.execute("update bookingdb.bookings set notes = 'x'")


def _lose_the_cursor(stage: Stage) -> None:
    stage.conn.execute("delete from bookingdb.relay_cursor")


def _miscount(stage: Stage) -> None:
    damage(stage.conn, MISCOUNT)
    stage.conn.execute(CHECK)


def _overbook(stage: Stage) -> None:
    shop = Shop(stage.conn)
    booking = shop.book()
    stage.conn.execute(COUNTING.format("disable").encode())
    for _ in range(2):
        stage.conn.execute(INSERT, [DAY, NINE])
    stage.conn.execute(COUNTING.format("enable").encode())
    stage.conn.execute(WATCH)
    stage.names |= {"BOOKING": str(booking.booking_id), "DATE": str(DAY), "TIME": "10:00"}


def _leave_a_transaction_open(stage: Stage) -> None:
    other = stage.database.connect(autocommit=False)
    stage.stack.callback(other.close)
    other.execute("select 1")
    stage.names["PID"] = str(other.info.backend_pid)
    shift_clock(stage.conn, "10 minutes")


def _hold_a_slot(stage: Stage) -> None:
    holder, waiter = (stage.database.connect(autocommit=auto) for auto in (False, True))
    stage.stack.callback(holder.close)
    stage.stack.callback(waiter.close)
    holder.execute("select from bookingdb.time_slots where date = %s for update", [DAY])
    booking = stage.stack.enter_context(background(Shop(waiter).book))
    wait_until_blocked(stage.conn, waiter, holder)
    stage.names["PID"] = str(holder.info.backend_pid)
    stage.settle = booking.result
    shift_clock(stage.conn, "1 minute")


TROUBLES: dict[tuple[str, str], Callable[[Stage], None]] = {
    ("migrations", ""): _lose_a_function,
    ("default_partition", ""): _log_beyond_the_partitions,
    ("relay_lag", "The cursor is lost or wrong"): _lose_the_cursor,
    ("integrity", ""): _miscount,
    ("overbooked", ""): _overbook,
    ("long_transactions", ""): _leave_a_transaction_open,
    ("blocked_bookings", ""): _hold_a_slot,
}
