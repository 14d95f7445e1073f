"""What other sessions do that health() has to tell of."""

from functools import partial
from typing import Any

import psycopg
import pytest

from bookingdb import HealthSeverity
from tests.health.conftest import check, shift_clock
from tests.races.concurrency import background, is_waiting, wait_until
from tests.shop import Shop

SEE_ALL = "grant pg_read_all_stats to bookingdb_owner"

Connection = psycopg.Connection[Any]


def other(conn: Connection, **options: Any) -> Connection:
    return psycopg.connect(conn.info.dsn, autocommit=True, **options)


@pytest.mark.parametrize(("ahead", "severity"), [("6 minutes", "warning"), ("2 hours", "critical")])
def test_long_transactions(patient: Connection, ahead: str, severity: str) -> None:
    with other(patient, application_name="forgetful") as lazy:
        shift_clock(patient, ahead)
        with lazy.transaction():
            lazy.execute("select")
            unseen = check(patient, "long_transactions")
            assert unseen.figure == 0
            assert SEE_ALL in unseen.message
            patient.execute(SEE_ALL)
            found = check(patient, "long_transactions")
            assert found.severity == severity
            assert f"process {lazy.info.backend_pid}, forgetful" in found.message
            assert "pg_terminate_backend" in str(found.remedy)
    patient.execute("select pg_stat_clear_snapshot()")
    assert check(patient, "long_transactions").figure == 0


@pytest.mark.parametrize(
    ("ahead", "severity"), [("8 seconds", "warning"), ("1 minute", "critical")]
)
def test_blocked_bookings(patient: Connection, ahead: str, severity: str) -> None:
    with other(patient) as blocker, other(patient) as booker, blocker.transaction():
        blocker.execute("select from bookingdb.time_slots for update")
        with background(partial(Shop(booker).book, bouquets=2)) as booking:
            wait_until(partial(is_waiting, patient, booker), "the booking to wait")
            assert check(patient, "blocked_bookings").severity == HealthSeverity.OK  # not for long
            shift_clock(patient, ahead)
            found = check(patient, "blocked_bookings")
            assert found.severity == severity
            assert f"behind process {blocker.info.backend_pid}" in found.message
            booker.cancel()
            with pytest.raises(psycopg.errors.QueryCanceled):
                booking.result()
    assert check(patient, "blocked_bookings").severity == HealthSeverity.OK


def test_dead_rows(well: Connection) -> None:
    """Of a table that autovacuum has not come to yet."""
    well.execute("create table bookingdb.heap (n int) with (autovacuum_enabled = true)")
    try:
        well.execute("insert into bookingdb.heap select generate_series(1, 10500)")
        well.execute("delete from bookingdb.heap")
        well.execute("select pg_stat_force_next_flush()")
        found = check(well, "autovacuum")
        assert found.severity == HealthSeverity.WARNING
        assert "heap with 10500 dead rows" in found.message
        well.execute("vacuum bookingdb.heap")
        well.execute("select pg_stat_force_next_flush()")
        assert check(well, "autovacuum").severity == HealthSeverity.OK
    finally:
        well.execute("drop table bookingdb.heap")
