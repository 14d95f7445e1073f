"""Every change is in the audit log, with who did it, and nobody can take it out."""

import datetime as dt
from typing import Any

import psycopg
import pytest
from psycopg import sql

import bookingdb
from bookingdb import Actor, ActorKind, BookingAction
from tests.shop import DAY, Shop
from tests.support import Database, scalar

ADMIN = Actor(ActorKind.ADMIN, "bob", "2001:db8::1", "curl/8", "customer rang")


def actors(shop: Shop) -> list[tuple[Any, ...]]:
    query = (
        "select performed_by, performed_by_id, host(ip_address), user_agent, reason"
        " from bookingdb.booking_audit_log order by booking_version"
    )
    return shop.conn.execute(query).fetchall()


BOB = ("admin", "bob", "2001:db8::1", "curl/8", "customer rang")


def test_actor_of_a_call_ends_with_the_call(shop: Shop) -> None:
    with shop.conn.transaction():
        shop.book(actor=ADMIN)
        shop.conn.execute("update bookingdb.bookings set notes = 'x'")
    assert actors(shop) == [BOB, ("system", "postgres", None, None, None)]


def test_actor_of_a_failed_call_ends_too(shop: Shop) -> None:
    with shop.conn.transaction():
        with pytest.raises(bookingdb.SlotNotFound), shop.conn.transaction():
            shop.book(date=DAY.replace(year=DAY.year + 5), actor=ADMIN)
        shop.book()
    assert actors(shop) == [("system", "postgres", None, None, None)]


def test_actor_of_the_transaction(shop: Shop) -> None:
    with shop.conn.transaction():
        bookingdb.set_actor(shop.conn, ADMIN)
        shop.book()
        shop.conn.execute("update bookingdb.bookings set notes = 'x'")
        shop.book(actor=Actor(ActorKind.CUSTOMER))
        bookingdb.set_actor(shop.conn, None)
        shop.conn.execute("update bookingdb.bookings set notes = 'y' where version = 2")
    shop.conn.execute("update bookingdb.bookings set notes = 'z' where version = 3")
    assert [a for a in actors(shop) if a[0] != "customer"] == [
        BOB, BOB, *[("system", "postgres", None, None, None)] * 2,
    ]  # fmt: skip


def test_actor_by_plain_settings(shop: Shop) -> None:
    with shop.conn.transaction():
        shop.conn.execute("set local bookingdb.performed_by = 'customer'")
        shop.conn.execute("set local bookingdb.performed_by_id = 'ada'")
        shop.book()
    shop.conn.execute("update bookingdb.bookings set notes = 'x'")
    assert actors(shop) == [
        ("customer", "ada", None, None, None), ("system", "postgres", None, None, None),
    ]  # fmt: skip


def test_actor_set_by_hand_to_nonsense_writes_nothing(shop: Shop) -> None:
    with pytest.raises(psycopg.DataError), shop.conn.transaction():
        shop.conn.execute("set local bookingdb.performed_by = 'root'")
        shop.book()
    assert shop.slot()[0] == 0


def test_reason_of_a_cancellation(shop: Shop) -> None:
    booking = shop.book()
    bookingdb.cancel_booking(shop.conn, booking.booking_id, reason="ill")
    assert actors(shop)[-1] == ("system", "postgres", None, None, "ill")


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ("status = 'cancelled'", BookingAction.CANCELLED),
        ("status = 'completed'", BookingAction.COMPLETED),
        ("status = 'no_show'", BookingAction.NO_SHOW),
        ("time = '10:00'", BookingAction.RESCHEDULED),
        ("time = '10:00', bouquets = 2", BookingAction.RESCHEDULED),
        ("payment_status = 'paid'", BookingAction.PAYMENT_SUCCEEDED),
        ("payment_method = 'pay_now', payment_status = 'failed'", BookingAction.PAYMENT_FAILED),
        ("bouquets = 2", BookingAction.MODIFIED),
        ("customer_name = 'Bob'", BookingAction.MODIFIED),
        ("external_reference = 'x'", BookingAction.MODIFIED),
    ],
)
def test_what_a_change_is_called(shop: Shop, changes: str, action: BookingAction) -> None:
    booking = shop.book()
    shop.conn.execute(f"update bookingdb.bookings set {changes}".encode())
    history = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert [h.action_type for h in history] == ["created", action]
    assert history[-1].new_values == _as_json(shop, booking.booking_id)


def test_hold_expiry_and_refund_have_their_names(shop: Shop) -> None:
    booking = shop.book()
    for status in ("paid", "refunded"):
        shop.conn.execute("update bookingdb.bookings set payment_status = %s", [status])
    names = [h.action_type for h in bookingdb.booking_history(shop.conn, booking.booking_id)]
    assert names == ["created", "payment_succeeded", "payment_refunded"]


def test_deleted_booking_keeps_its_history(shop: Shop) -> None:
    booking = shop.book()
    shop.conn.execute("delete from bookingdb.bookings")
    created, deleted = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert (deleted.action_type, deleted.booking_version) == ("deleted", 2)
    assert (deleted.old_values, deleted.new_values) == (created.new_values, None)
    assert shop.slot()[:2] == (0, 0)


CHANGES = ("update {} set performed_by = 'admin'", "delete from {}", "truncate {}")


@pytest.mark.parametrize(
    ("table", "statements"),
    [
        ("booking_audit_log", CHANGES),
        ("booking_audit_log_{:%Y_%m}", (*CHANGES, "truncate only {}")),
        ("booking_audit_log_default", ("truncate {}", "truncate only {}")),  # it has no rows
    ],
)
@pytest.mark.parametrize("role", ["postgres", "bookingdb_owner"])
def test_append_only(shop: Shop, role: str, table: str, statements: tuple[str, ...]) -> None:
    """Not even the owner: on the log and on the partitions of it."""
    created_at = shop.book().created_at
    name = sql.Identifier("bookingdb", table.format(created_at))
    for statement in statements:
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only")
        with refused, shop.conn.transaction():
            shop.conn.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            shop.conn.execute(sql.SQL(statement).format(name))
    assert len(actors(shop)) == 1


def test_partitions_are_made_ahead_once(shop: Shop) -> None:
    assert bookingdb.create_audit_partitions(shop.conn) == 0
    assert bookingdb.create_audit_partitions(shop.conn, months_ahead=14) == 2
    query = (
        "select count(*) from pg_inherits i"
        " where i.inhparent = 'bookingdb.booking_audit_log'::regclass"
        " and not exists (select from pg_trigger t where t.tgrelid = i.inhrelid"
        " and t.tgname = 'refuse_truncate')"
    )
    assert shop.conn.execute(query).fetchone() == (0,)


def test_month_without_partition_loses_nothing(shop: Shop, database: Database) -> None:
    booking = shop.book()
    with database.connect() as conn:
        database.set_clock(str(scalar(conn, "select now() + interval '2 years'")))
        conn.execute("update bookingdb.bookings set notes = 'late'")
        assert len(bookingdb.booking_history(conn, booking.booking_id)) == 2
        findings = {f.check_name for f in bookingdb.check_integrity(conn)}
        assert findings == {"audit_partition", "partition_missing"}
        conn.execute("set session_replication_role = replica")
        conn.execute("delete from bookingdb.booking_audit_log_default")
        conn.execute("delete from bookingdb.bookings")
        conn.execute("update bookingdb.time_slots set booked_count = 0, booked_bouquets = 0")
    bookingdb.create_audit_partitions(shop.conn)


def _as_json(shop: Shop, booking_id: Any) -> Any:
    query = "select to_jsonb(b) from bookingdb.bookings b where booking_id = %s"
    return scalar(shop.conn, query, [booking_id])


@pytest.mark.parametrize(
    "setting",
    ["timezone = 'Asia/Tokyo'", "intervalstyle = 'iso_8601'", "bytea_output = 'escape'"],
)
def test_settings_of_a_session_do_not_show(shop: Shop, setting: str) -> None:
    """Neither in the log, nor in the recognition of a repeated request."""
    arguments: dict[str, Any] = {"idempotency_key": "k", "hold_for": dt.timedelta(hours=5)}
    booking = shop.book(**arguments)
    shop.conn.execute(f"set {setting}".encode())
    assert shop.book(**arguments).booking_id == booking.booking_id
    shop.conn.execute("update bookingdb.bookings set notes = 'x'")
    assert bookingdb.check_integrity(shop.conn) == []
    created, modified = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert created.new_values == modified.old_values
    shop.conn.execute("reset all")
    assert bookingdb.check_integrity(shop.conn) == []


def test_same_request_from_a_session_that_spells_otherwise(shop: Shop) -> None:
    """Read without a model: psycopg itself reads only ISO dates."""
    book = (
        "select booking_id from bookingdb.create_booking_safe(%s, '09:00', 1, 'Ada',"
        " 'ada@example.org', p_idempotency_key => 'k', p_hold_for => interval '90 minutes')"
    )
    first = scalar(shop.conn, book, [DAY])
    shop.conn.execute("set intervalstyle = 'iso_8601'")
    shop.conn.execute("set datestyle = 'German'")
    assert scalar(shop.conn, book, [DAY]) == first
    shop.conn.execute("reset all")
