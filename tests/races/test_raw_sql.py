"""What hand-written SQL, an ORM or a DBA in a hurry cannot do, and what it can without harm."""

import datetime as dt
import uuid
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

import bookingdb
from tests.races.writers import insert_by_hand
from tests.shop import DAY, NINE, Shop

KEY: LiteralString = "(business_id, booking_id)"
COUNTERS = ["booked_count", "booked_bouquets", "overhang_count", "overhang_bouquets"]


def audit_rows(conn: psycopg.Connection[Any]) -> int:
    return conn.execute("select from bookingdb.booking_audit_log").rowcount


@pytest.mark.parametrize(
    "statement", ["truncate bookingdb.bookings", "truncate bookingdb.time_slots cascade"]
)
def test_truncate(shop: Shop, statement: LiteralString) -> None:
    shop.book()
    with pytest.raises(InsufficientPrivilege):
        shop.conn.execute(statement)
    assert shop.slot()[0] == 1


@pytest.mark.parametrize("counter", COUNTERS)
def test_counters_written_by_hand(shop: Shop, counter: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        shop.conn.execute(f"update bookingdb.time_slots set {counter} = {counter} + 1".encode())
    with pytest.raises(InsufficientPrivilege):
        shop.conn.execute(
            f"insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets, {counter})"
            f" values ('{DAY}', '23:00', 1, 1, 1)".encode()
        )


def test_insert_that_inserts_nothing(shop: Shop) -> None:
    booking = shop.book()
    same = {"booking_id": booking.booking_id, "bouquets": 5}
    assert insert_by_hand(shop.conn, "on conflict do nothing", **same) == 0
    assert insert_by_hand(shop.conn, f"on conflict {KEY} do nothing", **same) == 0
    assert shop.slot()[:2] == (1, 1)
    assert audit_rows(shop.conn) == 1


def test_upsert_counts_as_the_update_that_it_is(shop: Shop) -> None:
    booking = shop.book()
    upsert: LiteralString = f"on conflict {KEY} do update set bouquets = excluded.bouquets"
    insert_by_hand(shop.conn, upsert, booking_id=booking.booking_id, bouquets=5)
    assert shop.slot()[:2] == (1, 5)
    assert bookingdb.get_booking(shop.conn, booking.booking_id).version == 2
    assert audit_rows(shop.conn) == 2


def test_update_of_nothing(shop: Shop) -> None:
    booking = shop.book()
    shop.conn.execute("update bookingdb.bookings set bouquets = bouquets, version = 7")
    assert bookingdb.get_booking(shop.conn, booking.booking_id) == booking
    assert audit_rows(shop.conn) == 1


def test_version_written_by_hand(shop: Shop) -> None:
    booking = shop.book()
    shop.conn.execute("update bookingdb.bookings set notes = 'changed', version = 70")
    assert bookingdb.get_booking(shop.conn, booking.booking_id).version == 2
    insert_by_hand(shop.conn, version=70)
    versions = shop.conn.execute("select version from bookingdb.bookings order by 1").fetchall()
    assert versions == [(1,), (2,)]


def test_booking_that_moves_to_another_business(shop: Shop) -> None:
    """There and back; the counters of both follow, and its versions go on."""
    other = uuid.uuid4()
    bookingdb.create_business(shop.conn, "Second shop", "Europe/Berlin", business_id=other)
    shop.conn.execute(
        "insert into bookingdb.time_slots (business_id, date, time, max_bookings, max_bouquets)"
        " values (%s, %s, %s, 1, 2)",
        [other, DAY, NINE],
    )
    booking = shop.book(bouquets=2)
    move = "update bookingdb.bookings set business_id = %s where booking_id = %s"
    counters = (
        "select booked_count, booked_bouquets from bookingdb.time_slots"
        " where business_id = %s and date = %s and time = %s"
    )
    shop.conn.execute(move, [other, booking.booking_id])
    assert shop.slot()[:2] == (0, 0)
    assert shop.conn.execute(counters, [other, DAY, NINE]).fetchone() == (1, 2)
    assert bookingdb.check_integrity(shop.conn) == []
    shop.conn.execute(move, [booking.business_id, booking.booking_id])
    assert shop.slot()[:2] == (1, 2)
    assert bookingdb.check_integrity(shop.conn) == []

    shop.conn.execute("update bookingdb.bookings set bouquets = 3")
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.conn.execute(move, [other, booking.booking_id])
    assert shop.conn.execute(counters, [other, DAY, NINE]).fetchone() == (0, 0)


def test_hold_that_ran_out_grows_or_moves_only_where_there_is_room(shop: Shop) -> None:
    """The seeker of a place is not itself the hold that makes way."""
    ran_out = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    insert_by_hand(shop.conn, bouquets=6, status="held", hold_expires_at=ran_out)
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.conn.execute("update bookingdb.bookings set bouquets = 11")
    assert shop.slot()[:2] == (1, 6)

    shop.conn.execute("update bookingdb.time_slots set max_bouquets = 5 where time = '10:00'")
    with pytest.raises(bookingdb.SlotUnavailable):
        shop.conn.execute("update bookingdb.bookings set time = '10:00'")
    assert shop.slot()[:2] == (1, 6)
    shop.conn.execute("update bookingdb.bookings set bouquets = 10, time = '11:00'")
    assert shop.slot()[:2] == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "update bookingdb.time_slots set time = time - interval '30 minutes'"
        " where time between '09:00' and '10:00'",
        "with gone as (delete from bookingdb.time_slots where time = '09:00' returning *)"
        " insert into bookingdb.time_slots (business_id, date, time, max_bookings, max_bouquets)"
        " select business_id, date, time, 3, 10 from gone",
        "delete from bookingdb.time_slots where time = '09:00'",
    ],
)
def test_slot_that_is_replaced_under_its_bookings(shop: Shop, statement: str) -> None:
    for _ in range(3):
        shop.book(dt.time(9))
        shop.book(dt.time(9, 30))
    with pytest.raises(psycopg.IntegrityError):
        shop.conn.execute(statement.encode())


def test_counters_written_by_a_trigger_of_ones_own(shop: Shop) -> None:
    shop.book()
    shop.conn.execute("create temp table mine (x int)")
    shop.conn.execute(
        "create function pg_temp.reset_counters() returns trigger language plpgsql as"
        " 'begin update bookingdb.time_slots set booked_count = 0; return null; end'"
    )
    shop.conn.execute(
        "create trigger t after insert on mine for each row"
        " execute function pg_temp.reset_counters()"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="counters"):
        shop.conn.execute("insert into mine values (1)")
