"""What holds of all checks: their list, the document, who may ask, and what no check may do."""

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import HealthSeverity
from tests.health.conftest import check, findings, shift_clock
from tests.shop import hours
from tests.support import Database, rewrite, scalar

NAMES = [
    "migrations", "partitions_ahead", "default_partition", "relay_lag", "oldest_undelivered",
    "dead_letters", "paused_endpoints", "stuck_leases", "dispatcher", "expired_holds",
    "slots_ahead", "unsealed_changes", "time_zones", "clock", "integrity",
    "overbooked", "counters", "guards", "long_transactions", "blocked_bookings",
    "prepared_transactions", "autovacuum", "xid_age", "maintenance", "restored",
]  # fmt: skip
ROLES = ["bookingdb_app", "bookingdb_admin", "bookingdb_auditor", "bookingdb_dispatcher"]
OTHER = UUID("0b0b0b0b-0000-4000-8000-00000000000b")

Connection = psycopg.Connection[Any]


def test_every_check_is_listed_when_all_is_well(patient: Connection) -> None:
    checks = bookingdb.health_checks(patient)
    assert [c.name for c in checks] == NAMES
    assert {c.severity for c in checks} == {HealthSeverity.OK}
    assert all(c.message.endswith(".") and c.unit and c.remedy is None for c in checks)
    assert {c.figure for c in checks if c.name not in ("relay_lag", "unsealed_changes")} - {
        check(patient, "xid_age").figure
    } == {0}


def test_document(patient: Connection) -> None:
    document = bookingdb.health(patient)
    assert list(document) == ["checks", "status", "checked_at"]
    assert document["status"] == "ok"
    rows = bookingdb.health_checks(patient)
    assert [(c["name"], c["severity"], c["unit"]) for c in document["checks"]] == [
        (c.name, c.severity, c.unit) for c in rows
    ]
    assert {frozenset(c) for c in document["checks"]} == {
        frozenset({"name", "severity", "figure", "unit", "message", "remedy"})
    }
    patient.execute("alter table bookingdb.bookings disable trigger b_check")
    assert bookingdb.health(patient)["status"] == "critical"


def test_a_check_that_fails_says_so(patient: Connection) -> None:
    patient.execute("delete from bookingdb.relay_cursor")
    assert findings(patient) == {"relay_lag": HealthSeverity.CRITICAL}
    assert "could not be checked: query returned no rows" in check(patient, "relay_lag").message


def test_what_it_may_not_read_is_no_disaster(patient: Connection) -> None:
    """As on a server whose owner has closed pg_control_system() to the public."""
    patient.execute("revoke execute on function pg_control_system() from public")
    assert findings(patient) == dict.fromkeys(
        ("relay_lag", "unsealed_changes", "restored"), HealthSeverity.WARNING
    )
    assert "permission denied" in check(patient, "restored").message


def test_a_statement_that_is_cancelled_is_cancelled(patient: Connection) -> None:
    rewrite(patient, "measure_guards", "count(*),", "count(pg_sleep(60)),")
    patient.execute("alter table bookingdb.bookings disable trigger b_check")
    patient.execute("set local statement_timeout = '200ms'")
    with pytest.raises(psycopg.errors.QueryCanceled), patient.transaction():
        bookingdb.health(patient)


def test_it_writes_nothing(patient: Connection) -> None:
    """So that it answers on a standby: no row, no transaction id."""
    with psycopg.connect(patient.info.dsn, autocommit=True) as reader:
        reader.execute("set default_transaction_read_only = on")
        with reader.transaction():
            bookingdb.health(reader)
            assert scalar(reader, "select pg_current_xact_id_if_assigned()") is None


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_ask(well: Connection, role: str) -> None:
    with Database(well.info.dsn).login(role) as conn:
        assert findings(conn) == {}


def test_a_bound_login_may_not(well: Connection) -> None:
    with Database(well.info.dsn).login("bookingdb_admin") as conn:
        bookingdb.grant_business(well, "login_bookingdb_admin")
        try:
            for call in (
                bookingdb.health,
                bookingdb.health_checks,
                bookingdb.watch_overbooking,
                bookingdb.run_integrity_check,
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="all businesses"):
                    call(conn)
        finally:
            bookingdb.unbind_role(well, "login_bookingdb_admin")


def test_of_several_businesses_it_names_the_one_by_its_id(patient: Connection) -> None:
    bookingdb.create_business(patient, "Quagga", "UTC", horizon_days=14, business_id=OTHER)
    bookingdb.set_opening_hours(patient, [hours()], business_id=OTHER)
    found = check(patient, "slots_ahead")
    assert found.severity == HealthSeverity.CRITICAL
    assert str(OTHER) in found.message
    assert "Quagga" not in json.dumps(bookingdb.health(patient))
    bookingdb.refresh_future_schedule(patient, business_id=OTHER)
    assert findings(patient) == {}
    bookingdb.set_schedule_exception(patient, closed_from(patient), [], business_id=OTHER)
    bookingdb.refresh_future_schedule(patient, business_id=OTHER)
    assert findings(patient) == {}  # closed on its last day, as its schedule says


def closed_from(conn: Connection) -> Any:
    query = "select max(date) from bookingdb.time_slots where business_id = %s"
    return scalar(conn, query, [OTHER])


def test_an_empty_database_is_well(database: Database) -> None:
    with database.connect() as conn:
        assert findings(conn) == {}
        shift_clock(conn, "100 days")
        assert findings(conn) == {}  # nobody has a shop in it


def test_without_an_endpoint_nothing_has_to_be_relayed(patient: Connection) -> None:
    shift_clock(patient, "1 hour")
    assert "relay_lag" in findings(patient)
    patient.execute("update bookingdb.webhook_endpoints set removed_at = now()")
    assert "relay_lag" not in findings(patient)
