"""A test business goes with all that it had; of a real one nothing can be made to go that way."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import DEFAULT_BUSINESS_ID, InvalidArgument
from tests.isolation import world
from tests.shop import DAY, NINE, Shop, hours, open_shop
from tests.support import Database, rewrite, scalar

A_REAL_ONE = (
    "select (bookingdb.create_business('Second', 'UTC', p_business_id => gen_random_uuid()))"
    ".business_id"
)
EVERYTHING_IS_A_TEST = (
    "create or replace function bookingdb.is_test_business(p_business_id uuid) returns boolean"
    " language sql immutable parallel safe begin atomic select p_business_id is not null; end"
)


def open_test_business(conn: psycopg.Connection[Any]) -> UUID:
    business = bookingdb.new_test_business_id(conn)
    bookingdb.create_business(conn, "Drill", "UTC", horizon_days=14, business_id=business)
    bookingdb.set_opening_hours(conn, [hours()], business_id=business)
    bookingdb.refresh_future_schedule(conn, business_id=business)
    bookingdb.create_booking(conn, DAY, NINE, 1, "Bo", "bo@example.org", business_id=business)
    return business


def test_all_of_it_goes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """From every table, while the log of a real one beside it stays as sound as it was."""
    with database.connect() as conn:
        shop = open_shop(conn)
        shop.book()
        business = bookingdb.new_test_business_id(conn)
        monkeypatch.setattr(world, "THEIRS", business)
        furnished = world.furnish(database)
        furnished.dba.close()
        tables = [t for t in furnished.tables if not t.startswith("booking_audit_log_")]
        conn.execute("delete from bookingdb.audit_chain_cuts where business_id <> %s", [business])
        conn.execute(
            "insert into bookingdb.business_grants (business_id, role_name, granted_by)"
            " values (%s, 'web', 'dba')",
            [business],
        )
        booked = scalar(
            conn, "select count(*) from bookingdb.bookings where business_id = %s", [business]
        )
        assert [t for t in tables if not rows_of(conn, t, business)] == []
        real = {t: rows_of(conn, t, DEFAULT_BUSINESS_ID) for t in tables}

        assert bookingdb.remove_test_business(conn, business_id=business) == booked

        assert [t for t in tables if rows_of(conn, t, business)] == ["settings_audit_log"]
        assert {t: rows_of(conn, t, DEFAULT_BUSINESS_ID) for t in tables} == real
        assert bookingdb.verify_audit(conn) == []
        assert bookingdb.check_integrity(conn) == []
        assert conn.execute(
            "select table_name, old_values is null, new_values is null"
            " from bookingdb.settings_audit_log where business_id = %s order by created_at",
            [business],
        ).fetchall() == [("businesses", True, False), ("businesses", False, True)]


def rows_of(conn: psycopg.Connection[Any], table: str, business: UUID) -> int:
    return int(
        scalar(conn, f"select count(*) from bookingdb.{table} where business_id = %s", [business])
    )


def test_no_real_business_goes(shop: Shop) -> None:
    conn = shop.conn
    real = scalar(conn, A_REAL_ONE)
    shop.book()
    for business in (DEFAULT_BUSINESS_ID, real):
        with pytest.raises(InvalidArgument, match="p_business_id"):
            bookingdb.remove_test_business(conn, business_id=business)
    rewrite(conn, "remove_test_business", "not bookingdb.is_test_business(p_business_id)", "false")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        bookingdb.remove_test_business(conn)
    conn.execute(EVERYTHING_IS_A_TEST)  # the control: now nothing holds it
    assert bookingdb.remove_test_business(conn) == 1


def test_a_business_that_is_renamed_to_a_test_leaves_its_log(conn: psycopg.Connection[Any]) -> None:
    """Only the owner can write that; and every row of the log has the id that it had."""
    real = scalar(conn, A_REAL_ONE)
    business = bookingdb.new_test_business_id(conn)
    conn.execute(
        "update bookingdb.businesses set business_id = %s where business_id = %s", [business, real]
    )
    bookingdb.remove_test_business(conn, business_id=business)
    assert rows_of(conn, "settings_audit_log", real) == 1


def test_no_booking_moves_to_or_from_a_test(shop: Shop) -> None:
    conn = shop.conn
    business = open_test_business(conn)
    shop.book()
    move = "update bookingdb.bookings set business_id = %s where business_id = %s"
    for there, here in ((business, DEFAULT_BUSINESS_ID), (DEFAULT_BUSINESS_ID, business)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no booking moves"):
            conn.execute(move, [there, here])
    with conn.transaction(force_rollback=True):
        conn.execute("alter table bookingdb.bookings disable trigger refuse_test")
        assert conn.execute(move, [business, DEFAULT_BUSINESS_ID]).rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update bookingdb.booking_audit_log set reason = 'x' where business_id = %s",
        "update bookingdb.audit_seals set row_count = 0 where business_id = %s",
        "delete from bookingdb.settings_audit_log"
        " where table_name = 'businesses' and business_id = %s",
    ],
)
def test_as_long_as_it_is_there_its_log_is_as_any_other(shop: Shop, statement: str) -> None:
    business = open_test_business(shop.conn)
    bookingdb.seal_audit(shop.conn)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        shop.conn.execute(statement.encode(), [business])
