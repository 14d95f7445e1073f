"""However long the queue is and whatever the statistics say: nothing is compared with all of it."""

import datetime as dt
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.models import ClaimedDelivery
from tests.shop import Shop
from tests.support import scalar

COUNT = 400
TABLES = ("booking_audit_log", "webhook_deliveries", "webhook_payloads")


@pytest.fixture
def backlog(conn: psycopg.Connection[Any], shop: Shop) -> None:
    """Bookings that are not relayed, each with two changes; statistics of when all was sent."""
    bookingdb.add_webhook_endpoint(conn, "https://shop.example/hook")
    conn.execute("update bookingdb.time_slots set max_bookings = 1000, max_bouquets = 9000")
    make_bookings(conn, COUNT // 4)
    relay_all(conn)
    sent = bookingdb.claim_deliveries(conn, limit=COUNT)
    bookingdb.record_attempts(conn, [success(delivery) for delivery in sent])
    conn.execute("vacuum analyze bookingdb.webhook_deliveries, bookingdb.webhook_payloads")
    for _ in range(4):
        make_bookings(conn, COUNT // 8)
    conn.execute("update bookingdb.bookings set bouquets = 2")


def make_bookings(conn: psycopg.Connection[Any], count: int) -> None:
    conn.execute(
        "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)"
        " select s.date, s.time, 1, 'Ada', 'ada@example.org'"
        " from (select * from bookingdb.time_slots order by date, time limit 1) s,"
        " generate_series(1, %s)",
        [count],
    )


def relay_all(conn: psycopg.Connection[Any]) -> None:
    while bookingdb.relay_events(conn, limit=1000):
        pass


def rows_read(conn: psycopg.Connection[Any]) -> int:
    """Rows of the queue and the audit log that were read so far, by any index or by none."""
    conn.execute("select pg_stat_force_next_flush()")
    query = """
    select sum(t.seq_tup_read + coalesce(i.read, 0))
      from pg_stat_user_tables t
      left join lateral (select sum(idx_tup_read) as read from pg_stat_user_indexes i
                          where i.relid = t.relid) i on true
     where t.relname like any (%s)
    """
    return int(scalar(conn, query, [[f"{table}%" for table in TABLES]]))


def success(delivery: ClaimedDelivery) -> dict[str, Any]:
    return {
        "business_id": str(delivery.business_id),
        "webhook_id": str(delivery.webhook_id),
        "claim_id": str(delivery.claim_id),
        "attempt_number": delivery.attempt_number,
        "started_at": dt.datetime.now(dt.UTC).isoformat(),
        "duration": 0.001,
        "status": 200,
    }


@pytest.mark.usefixtures("backlog")
def test_a_part_of_a_backlog_reads_a_part(conn: psycopg.Connection[Any]) -> None:
    before = rows_read(conn)
    assert bookingdb.relay_events(conn, limit=10) >= 10
    assert rows_read(conn) - before < COUNT


@pytest.mark.usefixtures("backlog")
def test_claiming_and_recording_do_not_read_all_for_each(conn: psycopg.Connection[Any]) -> None:
    """A few reads for each are what it takes; all of it for each would be 50 times as many."""
    relay_all(conn)
    before = rows_read(conn)
    claimed = bookingdb.claim_deliveries(conn, limit=50)
    assert len(claimed) == 50
    read = rows_read(conn) - before
    assert read < 5 * COUNT, "claiming"
    bookingdb.record_attempts(conn, [success(delivery) for delivery in claimed])
    assert rows_read(conn) - before - read < 5 * COUNT, "recording"
