"""The chain of a booking holds whoever writes, and however; a verifier of its own agrees."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

import bookingdb
from bookingdb.cli.audit_file import write_rows
from tests.audit.history import DAMAGES, LOG, as_superuser, write_history
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, rewrite, scalar, skip_unless_columns_can_be_added

ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
VERIFIER = Path(__file__).parents[2] / "docs" / "verify_audit.py"


def export(conn: psycopg.Connection[Any], path: Path) -> Path:
    """The whole log, as `bookingdb audit export` writes it."""
    with conn.transaction():
        write_rows(conn, path, ALWAYS[0], ALWAYS[1], lambda _: None)
    return path


def verifier(*paths: Path) -> tuple[int, str]:
    command = [sys.executable, "-I", str(VERIFIER), *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_verifier_that_shares_no_code_agrees(database: Database, tmp_path: Path) -> None:
    with database.connect() as conn:
        write_history(conn, 60)
        assert verifier(export(conn, tmp_path / "sound")) == (0, "240 rows, 0 damaged\n")
        bookings = conn.execute("select booking_id from bookingdb.bookings").fetchall()
        inside = {  # what a file can show that ends before the log does
            name: statement
            for name, (damages, statement) in DAMAGES.items()
            if {name for name, _ in damages} <= {"changed", "removed", "reordered"}
            and name not in ("booking", "erased by hand", "the first")
        }
        victims = {name: bookings.pop()[0] for name in inside}
        for name, statement in inside.items():
            as_superuser(conn, statement, [victims[name]])
        code, text = verifier(export(conn, tmp_path / "damaged"))
        assert code == 1
        assert {name for name in inside if str(victims[name]) in text} == inside.keys()
        assert not any(str(booking_id) in text for (booking_id,) in bookings)


def test_verifier_reads_what_json_allows(shop: Shop, tmp_path: Path) -> None:
    """Columns that were added, of any type; every kind of character."""
    skip_unless_columns_can_be_added(shop.conn)
    for notes in ('"\\/\b\f\n\r\t\x01\x1f\x7f', "\u2028é😀", "a" * 2000):
        shop.book(notes=notes)
    shop.conn.execute(
        "alter table bookingdb.bookings add price numeric, add éxtra jsonb, add tip float"
    )
    shop.conn.execute(
        "update bookingdb.bookings set price = 1.50, tip = 1e100, éxtra ="
        """ '{"b": [1.0, -0.001, {}], "aa": null, "é": true, "ab": "\\u00e9"}'"""
    )
    assert bookingdb.verify_audit(shop.conn) == []
    shop.conn.execute("alter table bookingdb.bookings drop tip, add late text default 'no'")
    assert bookingdb.verify_audit(shop.conn) == []
    assert bookingdb.check_integrity(shop.conn) == []
    assert verifier(export(shop.conn, tmp_path / "x")) == (0, "6 rows, 0 damaged\n")


def test_each_row_is_chained_to_the_one_before(shop: Shop) -> None:
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    rows = shop.conn.execute(
        f"select hash, previous_hash, length(hash) from {LOG} order by booking_version".encode()
    ).fetchall()
    assert [row[1] for row in rows] == [None, rows[0][0], rows[1][0]]
    assert {row[2] for row in rows} == {32}


@pytest.mark.parametrize(
    "statement",
    [
        "update bookingdb.bookings set notes = 'x'",
        "delete from bookingdb.bookings",
        "update bookingdb.bookings set time = '10:00', bouquets = 2",
        "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email,"
        " created_at) select date, time, 1, 'Eve', 'eve@example.org', '2020-01-01'"
        " from bookingdb.bookings",
    ],
)
def test_whoever_writes(shop: Shop, statement: str) -> None:
    """By hand, in any session; also a booking that says that it is old."""
    shop.book()
    shop.conn.execute("set timezone = 'Asia/Tokyo'")
    shop.conn.execute("set datestyle = 'German'")
    shop.conn.execute(statement.encode())
    for _ in range(2):
        shop.conn.execute("update bookingdb.bookings set notes = 'y' || version")
    shop.conn.execute("reset all")
    assert bookingdb.verify_audit(shop.conn) == []


def test_booking_that_is_deleted_and_comes_back(shop: Shop) -> None:
    """Its chain begins anew, and grows longer or stays shorter than the one before."""
    shop.book()
    for changes in (4, 1, 6):
        shop.conn.execute("create temp table gone as select * from bookingdb.bookings")
        shop.conn.execute("delete from bookingdb.bookings")
        assert bookingdb.verify_audit(shop.conn) == []
        shop.conn.execute("insert into bookingdb.bookings select * from gone")
        shop.conn.execute("drop table gone")
        for number in range(changes):
            shop.conn.execute("update bookingdb.bookings set notes = %s", [str(number)])
        assert bookingdb.verify_audit(shop.conn) == []
    shop.conn.execute("delete from bookingdb.bookings")


def test_one_statement_that_changes_a_booking_twice(shop: Shop) -> None:
    """Its row of the second change is written before that of the first."""
    shop.set_hours(hours(max_bookings=1))
    first = shop.book()
    waits = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Eve", "eve@example.org")
    shop.conn.execute(
        "update bookingdb.bookings set notes = 'x',"
        " status = case when booking_id = %s then 'cancelled' else status end",
        [first.booking_id],
    )
    assert bookingdb.get_booking(shop.conn, waits.booking_id).version == 3
    bookingdb.update_booking(shop.conn, waits.booking_id, notes="y")
    written = f"select count(*) from {LOG} where previous_hash is null and booking_version > 1"
    assert scalar(shop.conn, written) == 1
    assert bookingdb.verify_audit(shop.conn) == []


def test_booking_that_goes_to_another_business(shop: Shop) -> None:
    other = bookingdb.create_business(shop.conn, "Other", "UTC", business_id=uuid4()).business_id
    shop.book()
    shop.conn.execute(
        "insert into bookingdb.time_slots (business_id, date, time, max_bookings, max_bouquets)"
        " values (%s, %s, '09:00', 1, 1)", [other, DAY]
    )  # fmt: skip
    shop.conn.execute("update bookingdb.bookings set business_id = %s", [other])
    shop.conn.execute("update bookingdb.bookings set notes = 'x'")
    for business in (bookingdb.DEFAULT_BUSINESS_ID, other):
        assert bookingdb.verify_audit(shop.conn, business_id=business) == []


def test_period(shop: Shop) -> None:
    """Of a booking that changed then, all rows are looked at; others are not."""
    early, late = shop.book(), shop.book()
    since = scalar(shop.conn, "select clock_timestamp()")
    bookingdb.update_booking(shop.conn, late.booking_id, notes="x")
    for one in (early, late):
        as_superuser(
            shop.conn,
            f"update {LOG} set reason = 'x' where booking_id = %s and booking_version = 1",
            one.booking_id,
        )
    found = bookingdb.verify_audit(shop.conn, from_=since)
    assert [(f.booking_id, f.booking_version) for f in found] == [(late.booking_id, 1)]
    assert len(bookingdb.verify_audit(shop.conn)) == 2
    with pytest.raises(bookingdb.InvalidArgument, match="p_from"):
        bookingdb.verify_audit(shop.conn, from_=since, to=early.created_at)


def test_counter_that_was_changed(shop: Shop) -> None:
    shop.book()
    with shop.conn.transaction(force_rollback=True):
        as_superuser(shop.conn, "update bookingdb.time_slots set booked_count = 2 * booked_count")
        found = bookingdb.verify_audit(shop.conn)
    assert {(f.damage, f.detail[:13]) for f in found} == {("changed", "slot_counters")}


def test_control_without_the_hash_of_the_row_before(shop: Shop) -> None:
    """A log that is not chained cannot tell that a row was taken out with its trace."""
    rewrite(shop.conn, "tg_bookings__audit", "v_previous := bookingdb.last_hash_of(old)", "null")
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    assert [f.damage for f in bookingdb.verify_audit(shop.conn)] == ["changed"]
