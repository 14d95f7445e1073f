"""A dump with bookings of last year can be restored, and the copy goes on where it was."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.shop import DAY, Shop, hours, open_shop
from tests.support import Database

COPY = "bookingdb_restored"
LAST_YEAR = DAY - dt.timedelta(days=365)
STATE = """
select s.date, s.time, s.booked_count, s.booked_bouquets, s.max_bookings, s.max_bouquets,
       s.is_legacy, s.starts_at
  from bookingdb.time_slots s order by s.business_id, s.date, s.time
"""
ROWS = "select to_jsonb(r) - 'xid' from bookingdb.{} r order by to_jsonb(r)::text"


@pytest.fixture
def copy(server: EmbeddedServer) -> Iterator[Database]:
    """An empty database beside the test's own."""
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute(f"create database {COPY}".encode())
        yield Database(server.dsn(COPY))
        conn.execute(f"drop database {COPY} with (force)".encode())


def fill(database: Database) -> None:
    """Bookings of last year, written then, and of this year."""
    with database.connect() as conn:
        database.set_clock(f"{LAST_YEAR} 06:00 UTC")
        bookingdb.create_audit_partitions(conn, months_ahead=0)
        shop = open_shop(conn)
        shop.book(date=LAST_YEAR, bouquets=3)
        bookingdb.cancel_booking(conn, shop.book(date=LAST_YEAR).booking_id)
        shop.book(date=LAST_YEAR, hold_for=dt.timedelta(minutes=5))
        database.release_clock()
        shop.set_hours(hours())
        shop.book(idempotency_key="order-1")
        shop.book(dt.time(10), bouquets=8)
        shop.set_hours(hours("09:30", "12:00", max_bouquets=5))


def run(server: EmbeddedServer, program: str, *arguments: str) -> None:
    """Run one of the server's client programs; fails with what it has to say, warnings too."""
    done = subprocess.run(
        [server.bindir / program, *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_dump_and_restore(
    server: EmbeddedServer, database: Database, copy: Database, tmp_path: Path
) -> None:
    fill(database)
    dump = str(tmp_path / "dump")
    run(server, "pg_dump", "--format=custom", f"--file={dump}", database.dsn)
    run(server, "pg_restore", "--exit-on-error", f"--dbname={copy.dsn}", dump)
    with database.connect() as original, copy.connect() as restored:
        for query in (STATE, ROWS.format("bookings"), ROWS.format("booking_audit_log")):
            rows = original.execute(query.encode()).fetchall()
            assert rows
            assert restored.execute(query.encode()).fetchall() == rows
        assert bookingdb.check_integrity(restored) == []
        assert bookingdb.plan_schedule_refresh(restored) == []
        shop = Shop(restored)
        assert shop.slot(dt.time(10)) == (1, 8, 3, 5, 0, 3, False)
        shop.book(dt.time(11))
        with pytest.raises(bookingdb.SlotNotOffered):
            shop.book()
        restored.execute(
            "update bookingdb.bookings set status = 'no_show'"
            " where date = %s and status = 'confirmed'",
            [LAST_YEAR],
        )
        assert bookingdb.check_integrity(restored) == []
