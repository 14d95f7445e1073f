"""Each argument of each public function, given what nobody expects: an answer, or our error."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import bookingdb
from tests.shop import DAY, Shop

FUNCTIONS = """
select p.oid::regproc::text, p.proargnames[:p.pronargs],
       array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a (t, n)
              order by n)
  from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace
   and p.prokind = 'f'  -- book_hot_slot gives its arguments to create_booking_safe
   and p.pronargs > 0
   and (has_function_privilege('bookingdb_admin', p.oid, 'execute')
        or has_function_privilege('bookingdb_auditor', p.oid, 'execute')
        or has_function_privilege('bookingdb_dispatcher', p.oid, 'execute'))
 order by 1
"""
STRANGE = {
    "integer": ["0", "-1", "2147483647", "(-2147483648)"],
    "text": ["''", "' '", "repeat('x', 100000)", "e'a\\nb'", "'''; drop schema bookingdb'"],
    "date": ["'-infinity'", "'infinity'", "'0001-01-01 BC'", "'5874897-12-31'", "'294277-01-01'"],
    "time without time zone": ["'24:00'", "'09:00:00.000001'"],
    "interval": ["'-1 second'", "'0'", "'178000000 years'", "'-178000000 years'"],
    "uuid": ["'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    "timestamp with time zone": ["'-infinity'", "'infinity'", "'4713-01-01 BC'", "'294276-12-31'"],
    "text[]": ["'{}'", "'{null}'", "'{x}'", "'{*,*}'", "'{{*},{date}}'", "'{booking.*,date}'"],
    "interval[]": ["'{}'", "'{null}'", "'{0}'", "'{-1 s}'", "'{{1 s},{2 s}}'", "'{8 days}'"],
    "uuid[]": ["'{}'", "'{null}'", "'{ffffffff-ffff-ffff-ffff-ffffffffffff}'"],
    "boolean": [],
    "jsonb": ["'null'", "'1'", "'\"x\"'", "'[]'", "'{}'", "'[1]'", "'[null]'", "'[[]]'", "'[{}]'",
              "'{\"performed_by\": []}'", "'[{\"from\": 1}]'", "'[{\"date\": \"x\"}]'"],
}  # fmt: skip
USUAL = {
    "p_date": f"'{DAY}'",
    "p_time": "'09:00'",
    "p_from": f"'{DAY}'",
    "p_to": f"'{DAY}'",
    "p_bouquets": "1",
    "p_booking_id": "(select booking_id from bookingdb.bookings)",
    "p_customer_name": "'Ada'",
    "p_customer_email": "'ada@example.org'",
    "p_hold_for": "'1 hour'",
    "p_payment_status": "'paid'",
    "p_requests": "'[]'",
    "p_rows": "'[]'",
    "p_hours": "'[]'",
    "p_closures": "'[]'",
    "p_source": "'file'",
    "p_reason": "'rain'",
    "p_at": "clock_timestamp()",
    "p_audit_id": "(select id from bookingdb.booking_audit_log limit 1)",
    "p_receipts": "'[]'",
    "p_kind": "'audit'",
    "p_keep": "'1 year'",
    "p_row_count": "0",
    "p_digest": "''",
    "p_file": "'2026-01.jsonl.gz'",
    "p_name": "'Shop'",
    "p_time_zone": "'UTC'",
    "p_plan_id": "gen_random_uuid()",
    "p_url": "'https://example.org/hook'",
    "p_endpoint_id": "(select endpoint_id from bookingdb.webhook_endpoints)",
    "p_webhook_id": "(select webhook_id from bookingdb.webhook_deliveries)",
    "p_webhook_ids": "array(select webhook_id from bookingdb.webhook_deliveries)",
    "p_claim_id": "(select claim_id from bookingdb.webhook_deliveries)",
    "p_attempt_number": "1",
    "p_started_at": "now()",
    "p_duration": "'1 second'",
    "p_error": "'timeout'",
    "p_role": "'some_login'",
    "p_month": f"'{DAY}'",
    "p_email": "'ada@example.org'",
    "p_open_bookings": "'keep'",
    "p_erasure_id": "gen_random_uuid()",
    "p_receipt": "gen_random_uuid()",
    "p_token": "'0/0'",
    "p_watching": "false",
    "p_quarantine_id": "(select quarantine_id from bookingdb.booking_quarantine)",
}


def strange_calls(conn: psycopg.Connection[Any]) -> Iterator[str]:
    """Each function with one argument after the other replaced, the others as usual."""
    for function, names, types in conn.execute(FUNCTIONS).fetchall():
        usual = {n: f"{n} => {USUAL[n]}" for n in names if n in USUAL}
        for name, kind in zip(names, types, strict=True):
            for value in ["null", *STRANGE.get(kind, [])]:
                arguments = usual | {name: f"{name} => {value}::{kind}"}
                yield f"select {function}({', '.join(arguments.values())})"


def raw_errors(conn: psycopg.Connection[Any]) -> list[str]:
    found = []
    for call in strange_calls(conn):
        with conn.transaction(force_rollback=True):
            try:
                conn.execute(call.encode())
            except psycopg.Error as error:
                if not str(error.sqlstate).startswith("ZB"):
                    found.append(f"{call[:200]}: {error.sqlstate} {error.diag.message_primary}")
    return found


@pytest.fixture
def furnished(shop: Shop) -> Shop:
    """With a booking to act on, and one in quarantine."""
    shop.book()
    row = {
        "date": DAY,
        "time": "03:00",
        "bouquets": 1,
        "customer_name": "E",
        "customer_email": "e@f.g",
    }
    bookingdb.import_bookings(shop.conn, [row], "file")
    endpoint = bookingdb.add_webhook_endpoint(shop.conn, "https://example.org/hook")
    bookingdb.send_test_event(shop.conn, endpoint.endpoint_id)
    assert len(bookingdb.claim_deliveries(shop.conn)) == 1
    return shop


def test_no_argument_causes_an_error_of_postgresql(furnished: Shop) -> None:
    assert sum(1 for _ in strange_calls(furnished.conn)) > 1300
    assert raw_errors(furnished.conn) == []


def test_it_would_be_seen(furnished: Shop) -> None:
    furnished.conn.execute(
        "create or replace function bookingdb.is_date(p_date date) returns boolean"
        " language sql immutable parallel safe begin atomic select true; end"
    )
    assert len(raw_errors(furnished.conn)) > 2
