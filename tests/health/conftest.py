"""A database in which all is well; what a test does to it is undone."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import HealthCheck, HealthSeverity
from tests.shop import Shop, open_shop

__all__ = ["DELIVER", "check", "findings", "furnish", "shift_clock"]

Connection = psycopg.Connection[Any]


def furnish(conn: Connection) -> None:
    """An endpoint, a booking that is delivered and one that is not relayed yet."""
    bookingdb.add_webhook_endpoint(conn, "https://receiver.example/hook", retry_schedule=[])
    Shop(conn).book()
    bookingdb.relay_events(conn)
    conn.execute(DELIVER.format(status=200, error="null").encode())
    Shop(conn).book()
    bookingdb.run_integrity_check(conn)


@pytest.fixture(scope="module")
def well(scratch: Connection) -> Connection:
    open_shop(scratch)
    furnish(scratch)
    return scratch


@pytest.fixture
def patient(well: Connection) -> Iterator[Connection]:
    """In a transaction that is rolled back; before and after it all is well. A change of the
    booking is not relayed yet."""
    bookingdb.relay_events(well)
    well.execute(DELIVER.format(status=200, error="null").encode())
    well.execute("update bookingdb.bookings set notes = 'it is ' || clock_timestamp()")
    assert findings(well) == {}
    with well.transaction(force_rollback=True):
        yield well
    assert findings(well) == {}


DELIVER = """
with claimed as (select * from bookingdb.claim_deliveries())
select bookingdb.record_attempt(webhook_id, claim_id, attempt_number, now(), '1 second', {status},
                                {error}, p_business_id => business_id)
  from claimed
"""


def shift_clock(conn: Connection, by: str) -> None:
    """Let the one clock go by so much before or after the server's."""
    conn.execute(
        "create or replace function bookingdb.clock_now() returns timestamptz language plpgsql"
        f" stable as $$ begin return clock_timestamp() + interval '{by}'; end $$".encode()
    )


def findings(conn: Connection) -> dict[str, HealthSeverity]:
    """The checks that are not well."""
    checks = bookingdb.health_checks(conn)
    return {c.name: c.severity for c in checks if c.severity != HealthSeverity.OK}


def check(conn: Connection, name: str) -> HealthCheck:
    """What one check says."""
    (found,) = (c for c in bookingdb.health_checks(conn) if c.name == name)
    return found
