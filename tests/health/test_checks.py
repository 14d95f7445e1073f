"""Each check of the health is provoked for real, named, and well again when the cause is gone."""

import re
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from bookingdb import HealthSeverity
from tests.cli.test_help import COMMANDS
from tests.health.conftest import DELIVER, check, shift_clock
from tests.support import scalar

RELAY = "select bookingdb.relay_events()"
FAIL = DELIVER.format(status=500, error="'status'")
SUCCEED = DELIVER.format(status=200, error="null")
BEHIND = "set local session_replication_role = replica"
AGAIN = "set local session_replication_role = origin"
CHECK = "select bookingdb.run_integrity_check()"
WATCH = "select bookingdb.watch_overbooking()"
OVERBOOK = "update bookingdb.bookings set bouquets = 20"
PARTITION = "bookingdb.booking_audit_log"
ENDPOINT = "select endpoint_id from bookingdb.webhook_endpoints"
LAST_SLOT = "select max(starts_at) from bookingdb.time_slots"
AGE = """
update pg_class
   set relfrozenxid =
         mod(4294967296 + pg_current_xact_id()::text::numeric - {}, 4294967296)::text::xid
 where oid = 'bookingdb.bookings'::regclass
"""


@dataclass(frozen=True)
class Case:
    """What provokes a check, and what makes it well again."""

    name: str
    severity: str
    provoke: tuple[str, ...] = ()
    cure: tuple[str, ...] = ()
    ahead: str = "0"
    """By how much the clock is put forward after that."""


CASES = [
    Case("migrations", "critical",
         ("alter function bookingdb.calendar_event rename to gone",),
         ("alter function bookingdb.gone rename to calendar_event",)),
    Case("partitions_ahead", "warning", (), ("select bookingdb.create_audit_partitions()",),
         "11 months"),
    Case("partitions_ahead", "critical", (), ("select bookingdb.create_audit_partitions()",),
         "12 months"),
    Case("default_partition", "warning",
         (BEHIND, f"update {PARTITION} set created_at = created_at + interval '20 years'"),
         (f"update {PARTITION} set created_at = created_at - interval '20 years'", AGAIN)),
    Case("relay_lag", "warning", (), (RELAY,), "2 minutes"),
    Case("relay_lag", "critical", (), (RELAY,), "11 minutes"),
    Case("oldest_undelivered", "warning", (RELAY,), (SUCCEED,), "2 hours"),
    Case("oldest_undelivered", "critical", (RELAY,), (SUCCEED,), "25 hours"),
    Case("dead_letters", "warning", (RELAY, FAIL),
         ("select bookingdb.requeue_dead_letters()",)),
    Case("dead_letters", "critical",
         ("insert into bookingdb.webhook_deliveries select business_id, gen_random_uuid(),"
          " endpoint_id, event_id, event_type, event_at, null, null, 0, 'dead', due_at, null, null,"
          " 1, 0, created_at, now() from bookingdb.webhook_deliveries, generate_series(1, 1000)"
          " limit 1000",),
         ("delete from bookingdb.webhook_deliveries where state = 'dead'",)),
    Case("paused_endpoints", "warning",
         (f"select bookingdb.pause_webhook_endpoint(({ENDPOINT}))",),
         (f"select bookingdb.resume_webhook_endpoint(({ENDPOINT}))",)),
    Case("stuck_leases", "warning", (RELAY, "select bookingdb.claim_deliveries()"),
         ("select bookingdb.release_stuck_leases()",), "10 minutes"),
    Case("dispatcher", "warning", (RELAY,), (SUCCEED,), "3 minutes"),
    Case("dispatcher", "critical", (RELAY,), (SUCCEED,), "11 minutes"),
    Case("expired_holds", "warning",
         ("select bookingdb.create_booking_safe(current_date + 5, '09:30', 1, 'Ada',"
          " 'ada@example.org', p_hold_for => '1 minute')",),
         ("select bookingdb.expire_holds()",), "12 minutes"),
    Case("slots_ahead", "warning", (), ("select bookingdb.refresh_future_schedule()",), "3 days"),
    Case("slots_ahead", "critical", (), ("select bookingdb.refresh_future_schedule()",), "8 days"),
    Case("unsealed_changes", "warning", (), ("select bookingdb.seal_audit()",), "3 days"),
    Case("unsealed_changes", "critical", (), ("select bookingdb.seal_audit()",), "8 days"),
    Case("time_zones", "critical",
         (BEHIND, "update bookingdb.time_slots set starts_at = starts_at + interval '1 hour',"
          f" ends_at = ends_at + interval '1 hour' where starts_at = ({LAST_SLOT})", AGAIN),
         ("select bookingdb.refresh_future_schedule()",)),
    Case("clock", "warning", ahead="-20 seconds"),
    Case("clock", "critical", ahead="-5 minutes"),
    Case("integrity", "critical", (BEHIND, OVERBOOK, CHECK),
         ("update bookingdb.bookings set bouquets = 1", CHECK)),
    Case("integrity", "warning", (), (CHECK,), "9 days"),
    Case("counters", "critical", (BEHIND, OVERBOOK, CHECK, AGAIN),
         ("select bookingdb.repair_counters()", CHECK)),
    Case("overbooked", "critical", (BEHIND, OVERBOOK, WATCH),
         ("update bookingdb.bookings set bouquets = 1", WATCH)),
    Case("guards", "critical", ("alter table bookingdb.bookings disable trigger b_check",),
         ("alter table bookingdb.bookings enable trigger b_check",)),
    Case("guards", "critical", ("alter table bookingdb.bookings drop constraint slot_exists",),
         ("alter table bookingdb.bookings add constraint slot_exists foreign key (business_id,"
          " date, time) references bookingdb.time_slots on update restrict on delete restrict",)),
    Case("autovacuum", "warning",
         ("alter table bookingdb.bookings set (autovacuum_enabled = false)",),
         ("alter table bookingdb.bookings reset (autovacuum_enabled)",)),
    Case("xid_age", "warning", (AGE.format(600000000),), (AGE.format(0),)),
    Case("xid_age", "critical", (AGE.format(1300000000),), (AGE.format(0),)),
    Case("maintenance", "warning", (), ("select bookingdb.maintain()",), "2 days"),
    Case("maintenance", "warning", ("select bookingdb.maintain()",),
         ("select bookingdb.maintain()",), "3 hours"),
    Case("maintenance", "warning",
         ("alter function bookingdb.seal_audit rename to gone", "select bookingdb.maintain()"),
         ("alter function bookingdb.gone rename to seal_audit",
          "select bookingdb.maintain(p_force => true)")),
    Case("restored", "warning", ("update bookingdb.relay_cursor set system_identifier = 1",),
         (RELAY,)),
    Case("restored", "warning", ("update bookingdb.audit_seal_cursor set system_identifier = 1",),
         ("select bookingdb.seal_audit()",)),
]  # fmt: skip


def run(conn: psycopg.Connection[Any], statements: tuple[str, ...]) -> None:
    for statement in statements:
        conn.execute(statement.encode())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.severity}")
def test_check(patient: psycopg.Connection[Any], case: Case) -> None:
    run(patient, case.provoke)
    shift_clock(patient, case.ahead)
    found = check(patient, case.name)
    assert found.severity == case.severity, found
    assert found.figure is not None
    assert found.remedy is not None
    assert names_what_exists(patient, found.remedy)
    with patient.transaction(force_rollback=True):
        blind(patient, case.name)
        assert check(patient, case.name).severity == HealthSeverity.OK
    run(patient, case.cure)
    if case.name == "clock":
        shift_clock(patient, "0")
    found = check(patient, case.name)
    assert (found.severity, found.remedy) == (HealthSeverity.OK, None), found


def blind(conn: psycopg.Connection[Any], name: str) -> None:
    """The control: take the query out of the check."""
    conn.execute(
        f"create or replace function bookingdb.measure_{name}() returns bookingdb.health_reading"
        " language sql stable begin atomic"
        " select (0, 'Fine.', null, null)::bookingdb.health_reading; end".encode()
    )


def names_what_exists(conn: psycopg.Connection[Any], remedy: str) -> bool:
    """Each command and function in it is there, and there is one; or it is SQL, or a program's."""
    commands = re.findall(r"\bbookingdb ((?:webhooks |audit )?[a-z-]+)", remedy)
    objects = re.findall(r"\bbookingdb\.(\w+)", remedy)
    for command in commands:
        assert command in COMMANDS, command
    for name in objects:
        query = "select to_regproc(%(x)s) is not null or to_regclass(%(x)s) is not null"
        assert scalar(conn, query, {"x": f"bookingdb.{name}"}), name
    return bool(commands or objects or re.match("(vacuum|timedatectl|select|rollback) ", remedy))
