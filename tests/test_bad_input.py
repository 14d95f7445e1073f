"""Bad input is refused by an error that names it, and changes nothing."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

import bookingdb
from bookingdb import InvalidArgument, MaximumBouquetsReached, SlotNotFound, SlotNotOpen
from tests.shop import DAY, Shop
from tests.support import Database

INJECTION = "'); drop table bookingdb.bookings cascade; --"


@pytest.fixture
def clean(shop: Shop) -> Iterator[Shop]:
    yield shop
    assert shop.conn.execute("select count(*) from bookingdb.bookings").fetchone() == (0,)


def call(conn: psycopg.Connection[Any], **changed: str) -> None:
    """create_booking_safe with SQL expressions for arguments."""
    arguments = {
        "p_date": f"date '{DAY}'",
        "p_time": "'09:00'",
        "p_bouquets": "1",
        "p_customer_name": "'Ada'",
        "p_customer_email": "'ada@example.org'",
        **changed,
    }
    named = ", ".join(f"{name} => {value}" for name, value in arguments.items())
    conn.execute(f"select bookingdb.create_booking_safe({named})".encode())


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("p_date", "null", "required"),
        ("p_date", "'infinity'", "infinity is no date"),
        ("p_date", "'-infinity'", "infinity is no date"),
        ("p_time", "null", "required"),
        ("p_bouquets", "null", "required"),
        ("p_bouquets", "0", "at least 1, not 0"),
        ("p_bouquets", "-3", "at least 1, not -3"),
        ("p_customer_name", "null", "required"),
        ("p_customer_name", "''", "blank"),
        ("p_customer_name", r"e' \t\n'", "blank"),
        ("p_customer_name", "repeat('a', 201)", "200 characters"),
        ("p_customer_email", "null", "required"),
        ("p_customer_email", "''", "no"),
        ("p_customer_email", "'ada'", "'ada' is not an e-mail address"),
        ("p_customer_email", "'ada@host'", "not an e-mail address"),
        ("p_customer_email", "'ada@@example.org'", "not an e-mail address"),
        ("p_customer_email", "'ada lovelace@example.org'", "not an e-mail address"),
        ("p_customer_email", r"e'ada@example.org\nBcc: all@example.org'", "not an e-mail address"),
        ("p_customer_email", "repeat('a', 250) || '@b.de'", "not an e-mail address"),
        ("p_customer_phone", "''", "blank"),
        ("p_customer_phone", "repeat('1', 51)", "50 characters"),
        ("p_payment_method", "null", "required"),
        ("p_notes", "''", "blank"),
        ("p_notes", "repeat('a', 2001)", "2000 characters"),
        ("p_idempotency_key", "' '", "blank"),
        ("p_idempotency_key", "repeat('a', 256)", "255 characters"),
        ("p_hold_for", "'0'", "from 1 second to 31 days"),
        ("p_hold_for", "'-1 hour'", "from 1 second to 31 days, not -01:00:00"),
        ("p_hold_for", "'100000 years'", "from 1 second to 31 days"),
        ("p_external_reference", "''", "blank"),
        ("p_business_id", "null", "no business"),
        ("p_business_id", "'6f1c7b3e-0000-4000-8000-000000000000'", "no business 6f1c7b3e"),
    ],
)
def test_argument_is_named(clean: Shop, argument: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call(clean.conn, **{argument: value})
    assert caught.value.message == f"Invalid argument: {argument}"
    assert problem in caught.value.detail
    assert caught.value.sqlstate == "ZB012"


def test_enormous_quantity(clean: Shop) -> None:
    with pytest.raises(MaximumBouquetsReached):
        call(clean.conn, p_bouquets="2147483647")
    with pytest.raises(psycopg.errors.NumericValueOutOfRange):
        clean.book(bouquets=10**12)


def test_past_date(clean: Shop) -> None:
    with pytest.raises(SlotNotFound):
        clean.book(date=dt.date(2001, 1, 1))


def test_begun_slot(clean: Shop, database: Database) -> None:
    database.set_clock(f"{DAY} 09:00:01 Europe/Berlin")
    with pytest.raises(SlotNotOpen) as caught:
        clean.book()
    assert "closed for booking" in caught.value.detail


def test_unknown_payment_method(clean: Shop) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="bitcoin"):
        call(clean.conn, p_payment_method="'bitcoin'")


@pytest.mark.parametrize(
    ("actor", "problem"),
    [
        ("[]", "must be a JSON object"),
        ('"admin"', "must be a JSON object"),
        ("{}", "performed_by"),
        ('{"performed_by": "root"}', "not 'root'"),
        ('{"performed_by": null}', "performed_by"),
        ('{"performed_by": "admin", "role": "x"}', "unknown key 'role'"),
        ('{"performed_by": "admin", "performed_by_id": 7}', "must be a string 'performed_by_id'"),
        (
            '{"performed_by": "admin", "ip_address": "1.2.3.999"}',
            "'1.2.3.999' is not an IP address",
        ),
        ('{"performed_by": "admin", "ip_address": "10.0.0.0/8"}', "is a network"),
        ('{"performed_by": "admin", "ip_address": ""}', "'' is not an IP address"),
    ],
)
def test_malformed_actor(clean: Shop, actor: str, problem: str) -> None:
    for query in (
        "select bookingdb.set_actor({})",
        "select bookingdb.create_bookings('[]', {})",
        "select bookingdb.update_business(p_actor => {})",
    ):
        with pytest.raises(InvalidArgument) as caught:
            clean.conn.execute(sql.SQL(query).format(sql.Literal(actor)))
        assert problem in caught.value.detail


def test_overlong_actor(clean: Shop) -> None:
    with pytest.raises(InvalidArgument, match="p_actor"):
        bookingdb.set_actor(
            clean.conn, bookingdb.Actor(bookingdb.ActorKind.ADMIN, reason="x" * 1001)
        )


def test_nul_character(clean: Shop) -> None:
    with pytest.raises(psycopg.DataError):
        clean.book(customer_name="A\0da")
    with pytest.raises(psycopg.DataError):
        call(clean.conn, p_notes=r"e'\x00'")
    with pytest.raises(psycopg.DataError):
        clean.conn.execute(r"""select bookingdb.create_bookings('[{"customer_name": "\u0000"}]')""")


def test_emoji_and_right_to_left_text_come_back(shop: Shop) -> None:
    name = "🌷 Ädä שלום 花屋 👩‍👩‍👧"
    assert shop.book(customer_name=name, notes=name).customer_name == name
    assert shop.book(customer_name="🌷" * 200).customer_name == "🌷" * 200


def test_sql_in_every_text_argument(shop: Shop) -> None:
    texts = dict.fromkeys(
        ["customer_name", "customer_phone", "notes", "idempotency_key", "external_reference"],
        INJECTION,
    )
    actor = bookingdb.Actor(
        bookingdb.ActorKind.CUSTOMER, INJECTION, user_agent=INJECTION, reason=INJECTION
    )
    booking = shop.book(customer_email="';--@b.de", actor=actor, **texts)  # type: ignore[arg-type]
    assert (booking.customer_name, booking.notes) == (INJECTION, INJECTION)
    bookingdb.cancel_booking(shop.conn, booking.booking_id, reason=INJECTION, actor=actor)
    history = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert [h.performed_by_id for h in history] == [INJECTION, INJECTION]
    with pytest.raises(InvalidArgument):
        bookingdb.create_business(shop.conn, INJECTION, INJECTION, business_id=uuid.uuid4())


@pytest.mark.parametrize(
    ("requests", "problem"),
    [
        ("null", "must be a JSON array"),
        ('{"date": "2030-01-01"}', "must be a JSON array"),
        ("[7]", "Element 1 is no object"),
        ('[{}, {"datum": "2030-01-01"}]', "Element 2 has the unknown key 'datum'"),
        ('[{"date": "2030-02-30"}]', "Element 1. date/time field value out of range"),
        ('[{"bouquets": "many"}]', 'invalid input syntax for type integer: "many"'),
        ("[{}]", "Element 1. p_date is required"),
    ],
)
def test_malformed_batch(clean: Shop, requests: str, problem: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        clean.conn.execute("select bookingdb.create_bookings(%s)", [requests])
    assert problem in caught.value.detail


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("{}", "element 1"),
        ('{"weekday": 8}', "weekday_iso"),
        ('{"weekday": 0}', "weekday_iso"),
        ('{"weekday": "monday"}', 'type integer: "monday"'),
        ('{"opens": "9 o\'clock"}', "9 o'clock"),
        ('{"closes": "25:00"}', "25:00"),
        ('{"opens": "12:00", "closes": "12:00"}', "closes_after_opens"),
        ('{"slot_interval": "0"}', "slot_interval_fits"),
        ('{"slot_interval": "-30 minutes"}', "slot_interval_fits"),
        ('{"slot_interval": "1 microsecond"}', "slot_interval_fits"),
        ('{"slot_interval": "4 hours"}', "slot_interval_fits"),
        ('{"slot_interval": "often"}', "often"),
        ('{"max_bookings": -1}', "limits_not_negative"),
        ('{"max_bouquets": -1}', "limits_not_negative"),
        ('{"max_bouquets": null}', "max_bouquets"),
        ('{"max_bouquets": 1e12}', "1000000000000"),
        ('{"holiday": true}', "holiday"),
        ('{"weekday": [1, 1]}', "rules_do_not_overlap"),
        ('{"weekday": []}', "names no day"),
    ],
)
def test_malformed_opening_hours(clean: Shop, rule: str, problem: str) -> None:
    base = (
        '{"weekday": 1, "opens": "09:00", "closes": "12:00", "slot_interval": "30 minutes",'
        ' "max_bookings": 3, "max_bouquets": 10}'
    )
    query = "select bookingdb.set_opening_hours(jsonb_build_array(%s::jsonb || %s::jsonb))"
    before = clean.conn.execute("select * from bookingdb.opening_hours order by 2").fetchall()
    with pytest.raises(InvalidArgument) as caught:
        clean.conn.execute(query, ["{}" if rule == "{}" else base, rule])
    assert problem in f"{caught.value.message} {caught.value.detail}"
    after = clean.conn.execute("select * from bookingdb.opening_hours order by 2").fetchall()
    assert after == before


def test_opening_hours_of_the_past(clean: Shop) -> None:
    for day in ("yesterday", "-infinity", "infinity"):
        with pytest.raises(InvalidArgument, match="p_effective_from"):
            clean.conn.execute("select bookingdb.set_opening_hours('[]', %s)", [day])
    with pytest.raises(InvalidArgument, match="p_hours"):
        clean.conn.execute("select bookingdb.set_opening_hours(null)")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("p_time_zone => 'Mars/Olympus'", "'Mars/Olympus' is no time zone"),
        ("p_time_zone => 'CEST'", "no time zone"),
        ("p_time_zone => 'FOO+5'", "no time zone"),
        ("p_time_zone => ''", "no time zone"),
        ("p_name => ' '", "name_given"),
        ("p_horizon_days => -1", "horizon_days_in_range"),
        ("p_horizon_days => 2147483647", "horizon_days_in_range"),
        ("p_lead_time => '-1 day'", "lead_time_not_negative"),
        ("p_cancellation_window => '-1 day'", "cancellation_window_not_negative"),
        ("p_hold_time_to_live => '0'", "hold_time_to_live_positive"),
    ],
)
def test_malformed_settings(clean: Shop, setting: str, problem: str) -> None:
    before = bookingdb.get_business(clean.conn)
    with pytest.raises(InvalidArgument) as caught:
        clean.conn.execute(f"select bookingdb.update_business({setting})".encode())
    assert problem in caught.value.detail
    assert bookingdb.get_business(clean.conn) == before
    given = {setting.partition(" ")[0]} - {"p_name", "p_time_zone"}
    needed = "" if given else ", p_name => 'x'" if "zone" in setting else ", p_time_zone => 'UTC'"
    needed = needed or ", p_name => 'x', p_time_zone => 'UTC'"
    with pytest.raises(InvalidArgument) as caught:
        clean.conn.execute(
            f"select bookingdb.create_business({setting}{needed},"
            " p_business_id => gen_random_uuid())".encode()
        )
    assert problem in caught.value.detail


def test_business_that_is_there_already(clean: Shop) -> None:
    with pytest.raises(InvalidArgument, match="p_business_id") as caught:
        bookingdb.create_business(clean.conn, "Second", "UTC")
    assert "is there already" in caught.value.detail


@pytest.mark.parametrize(
    "query",
    [
        "select bookingdb.get_business({})",
        "select bookingdb.update_business(p_business_id => {})",
        "select bookingdb.set_opening_hours('[]', p_business_id => {})",
        "select bookingdb.plan_schedule_refresh({})",
        "select bookingdb.refresh_future_schedule({})",
        "select bookingdb.available_slots('today', 'today', p_business_id => {})",
    ],
)
def test_unknown_business(clean: Shop, query: str) -> None:
    for business in (None, uuid.uuid4()):
        with pytest.raises(InvalidArgument, match="p_business_id"):
            clean.conn.execute(sql.SQL(query).format(sql.Literal(business)))


@pytest.mark.parametrize(
    "query",
    [
        "select bookingdb.get_booking({})",
        "select bookingdb.booking_history({})",
        "select bookingdb.cancel_booking({})",
        "select bookingdb.confirm_booking({})",
        "select bookingdb.record_payment({}, 'paid')",
    ],
)
def test_unknown_booking(clean: Shop, query: str) -> None:
    for booking in (None, uuid.uuid4()):
        with pytest.raises(bookingdb.BookingNotFound):
            clean.conn.execute(sql.SQL(query).format(sql.Literal(booking)))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("select bookingdb.available_slots(null, 'today')", "p_from, p_to"),
        ("select bookingdb.available_slots('today', 'yesterday')", "p_from, p_to"),
        ("select bookingdb.available_slots('today', 'today', 0)", "p_bouquets"),
        ("select bookingdb.available_slots('today', 'today', null)", "p_bouquets"),
        ("select bookingdb.why_unavailable(null, '09:00')", "p_date"),
        ("select bookingdb.why_unavailable('today', null)", "p_time"),
        ("select bookingdb.why_unavailable('today', '09:00', -1)", "p_bouquets"),
        ("select bookingdb.create_audit_partitions(-1)", "p_months_ahead"),
        ("select bookingdb.create_audit_partitions(null)", "p_months_ahead"),
    ],
)
def test_reading_functions(clean: Shop, query: str, named: str) -> None:
    with pytest.raises(InvalidArgument, match=named):
        clean.conn.execute(query.encode())


def test_cancel_and_payment_arguments(shop: Shop) -> None:
    booking = shop.book()
    for reason in ("", "x" * 1001):
        with pytest.raises(InvalidArgument, match="p_reason"):
            bookingdb.cancel_booking(shop.conn, booking.booking_id, reason=reason)
    with pytest.raises(InvalidArgument, match="p_payment_status"):
        shop.conn.execute("select bookingdb.record_payment(%s, null)", [booking.booking_id])


@pytest.mark.parametrize(
    ("column", "longest"),
    [
        ("customer_name", "a" * 200),
        ("customer_email", "a" * 250 + "@b.c"),
        ("customer_phone", "1" * 50),
        ("notes", "a" * 2000),
        ("idempotency_key", "a" * 255),
        ("external_reference", "a" * 255),
    ],
)
def test_table_and_function_have_the_same_limits(shop: Shop, column: str, longest: str) -> None:
    """The table's own CHECKs, which hand-written SQL meets, and the function's arguments."""
    booking = shop.book(**{column: longest})  # type: ignore[arg-type]
    update = f"update bookingdb.bookings set {column} = %s where booking_id = %s".encode()
    shop.conn.execute(update, [f"b{longest[1:]}", booking.booking_id])
    for bad in (f"a{longest}", " "):
        with pytest.raises(InvalidArgument, match=f"p_{column}"):
            shop.book(**{column: bad})  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            shop.conn.execute(update, [bad, booking.booking_id])
        assert caught.value.diag.constraint_name == f"{column}_valid"


def test_infinite_times_by_hand(shop: Shop) -> None:
    shop.book()
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        shop.conn.execute("update bookingdb.bookings set hold_expires_at = 'infinity'")
    assert caught.value.diag.constraint_name == "times_finite"
