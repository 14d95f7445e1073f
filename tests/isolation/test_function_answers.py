"""Each public function answers a bound login alike for another business and for none at all."""

import re
from typing import Any

import psycopg
import pytest

from tests.isolation.world import OURS, THEIRS, UNKNOWN, World
from tests.shop import DAY

FUNCTIONS = """
select p.oid::regproc::text, p.proargnames[:p.pronargs], p.prokind = 'p'
  from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace
   and 'p_business_id' = any (p.proargnames)
   and exists (select from pg_roles r
                where r.rolname ~ '^bookingdb_(app|admin|auditor|dispatcher)$'
                  and has_function_privilege(r.oid, p.oid, 'execute'))
 order by 1
"""
PERSON = (
    "'date', $DAY, 'time', '10:00', 'bouquets', 1, 'customer_name', 'x', 'customer_email', 'x@y.z'"
)
ARGUMENTS = {
    "p_date": "$DAY", "p_time": "'10:00'", "p_from": "$DAY", "p_to": "$DAY", "p_bouquets": "1",
    "p_booking_id": "$BOOKING", "p_customer_name": "'x'", "p_customer_email": "'x@y.z'",
    "p_hold_for": "'1 hour'", "p_payment_status": "'paid'", "p_source": "'quagga'",
    "p_requests": f"jsonb_build_array(jsonb_build_object({PERSON}))",
    "p_rows": f"jsonb_build_array(jsonb_build_object({PERSON}))",
    "p_hours": "'[]'", "p_reason": "'rain'", "p_name": "'x'", "p_time_zone": "'UTC'",
    "p_closures": "jsonb_build_array(jsonb_build_object('from', $DAY, 'to', $DAY, 'reason', 'x'))",
    "p_plan_id": "$BOOKING", "p_url": "'https://x.example/'", "p_endpoint_id": "$ENDPOINT",
    "p_webhook_id": "$WEBHOOK", "p_claim_id": "$BOOKING", "p_attempt_number": "1",
    "p_started_at": "now()", "p_duration": "'1 second'", "p_error": "'timeout'",
    "p_quarantine_id": "$QUARANTINED", "p_role": "'bound_app'", "p_as_of": "now()",
    "p_at": "now()", "p_on": "$DAY", "p_audit_id": "$AUDIT", "p_receipts": "'[]'",
    "p_email": "'zebedee@hush-hush.example'", "p_erasure_id": "$BOOKING",
    "p_receipt": "$BOOKING", "p_kind": "'audit'", "p_keep": "'400 days'",
}  # fmt: skip


def calls(conn: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Each function, and a call of it in which $BUSINESS is to be filled in."""
    found = []
    for name, arguments, is_procedure in conn.execute(FUNCTIONS):
        given = [f"{a} => {ARGUMENTS[a]}" for a in arguments if a in ARGUMENTS]
        call = f"{name}({', '.join([*given, 'p_business_id => $BUSINESS'])})"
        found.append((name, f"call {call}" if is_procedure else f"select * from {call}"))
    return found


def answer(world: World, conn: psycopg.Connection[Any], call: str, business: object) -> str:
    """Rows or error, with the id of the business made the same, ids and times that are new."""
    with conn.transaction(force_rollback=True):
        conn.execute("select")
        outcome = world.run(conn, [call.replace("$BUSINESS", f"'{business}'")])
    text = f"{outcome.rows} {[e.sqlstate for e in outcome.errors]} {outcome.words}"
    return re.sub(r"new_[0-9a-f]+|[\d-]{10}.[\d:.]{8,}", "", text.replace(str(business), "ID"))


def test_another_business_looks_like_none(world: World) -> None:
    with world.database.connect() as conn:
        every = calls(conn)
    assert len(every) > 45
    with world.login("raw") as conn:
        differ = [
            (name, theirs, unknown)
            for name, call in every
            if (theirs := answer(world, conn, call, THEIRS))
            != (unknown := answer(world, conn, call, UNKNOWN))
        ]
    assert differ == []


def test_differences_would_be_seen(world: World) -> None:
    with world.database.connect() as conn:
        every = calls(conn)
    with world.login("raw", bound=False) as conn:
        differ = [
            name
            for name, call in every
            if answer(world, conn, call, THEIRS) != answer(world, conn, call, UNKNOWN)
        ]
    assert len(differ) > 35


def test_calls_are_meant_seriously(world: World) -> None:
    """A login that is bound to the other business gets answers, not complaints about arguments."""
    with world.database.connect() as conn:
        every = calls(conn)
    with world.login("raw", bound=False) as conn:
        bad = [
            (name, text)
            for name, call in every
            if "Invalid argument" in (text := answer(world, conn, call, THEIRS))
        ]
    assert {name for name, _ in bad} <= {
        "bookingdb.create_business",
        "bookingdb.remove_test_business",
        "bookingdb.revoke_business",
    }, bad


def test_ours_still_works(world: World) -> None:
    with world.login("app") as conn:
        book = f"select bookingdb.create_booking_safe('{DAY}', '11:00', 1, 'Ada', 'a@example.org')"
        assert conn.execute(book.encode()).rowcount == 1
    with world.login("auditor") as conn:
        assert {b for (b,) in conn.execute("select business_id from bookingdb.bookings")} == {OURS}
        assert conn.execute("select * from bookingdb.check_integrity()").fetchall() == []
    with world.login("admin") as conn:
        conn.execute("select bookingdb.refresh_future_schedule()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="concerns all businesses"):
            conn.execute("select bookingdb.create_audit_partitions()")
