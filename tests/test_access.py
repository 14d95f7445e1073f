"""What each role may do, object by object; everything else is an error."""

import itertools
from typing import Any

import psycopg
import pytest

from tests.shop import DAY, open_shop
from tests.support import Database

APP, ADMIN, AUDITOR = "bookingdb_app", "bookingdb_admin", "bookingdb_auditor"
DISPATCHER = "bookingdb_dispatcher"
ROLES = (APP, ADMIN, AUDITOR, DISPATCHER)

EXECUTE = {  # function -> who may call it; what is not here nobody may
    **dict.fromkeys(
        (
            "is_test_business", "error_catalog", "status_moves", "payment_moves", "get_business",
            "available_slots", "why_unavailable", "get_booking", "booking_history",
            "propose_alternatives", "schedule_as_of", "calendar_event", "webhook_event_types",
            "webhook_fields", "booking_as_of", "write_token", "has_replayed", "replica_lag",
            "watch_availability",
        ),
        {APP, ADMIN, AUDITOR},
    ),
    **dict.fromkeys(
        ("default_business_id", "health", "health_checks"), {APP, ADMIN, AUDITOR, DISPATCHER}
    ),
    **dict.fromkeys(
        (
            "set_actor", "create_booking_safe", "create_bookings", "book_hot_slot",
            "confirm_booking", "cancel_booking", "complete_booking",
            "expire_holds", "extend_hold", "mark_no_show", "record_payment", "reschedule_booking",
            "update_booking", "join_waitlist", "leave_waitlist", "confirm_processed",
        ),
        {APP, ADMIN},
    ),
    **dict.fromkeys(
        (
            "create_business", "new_test_business_id", "remove_test_business",
            "update_business", "set_opening_hours", "plan_schedule_refresh",
            "refresh_future_schedule", "create_audit_partitions", "set_schedule_exception",
            "clear_schedule_exception", "add_closures", "adjust_slot", "apply_schedule_plan",
            "import_bookings", "adopt_quarantined", "discard_quarantined", "drop_audit_partition",
            "add_webhook_endpoint", "update_webhook_endpoint", "rotate_webhook_secret",
            "pause_webhook_endpoint", "resume_webhook_endpoint", "remove_webhook_endpoint",
            "send_test_event", "replay_deliveries", "purge_deliveries", "seal_audit",
            "erase_customer",
            "grant_business", "revoke_business", "grant_business_claims", "unbind_role",
            "set_retention", "apply_retention", "record_audit_export",
            "run_integrity_check", "watch_overbooking",
            "repair_counters", "release_stuck_leases", "rebuild_relay", "requeue_dead_letters",
        ),
        {ADMIN},
    ),
    **dict.fromkeys(
        (
            "check_integrity", "current_changes", "metrics", "waiting_sessions",
            "quarantined_bookings", "waiting_list", "calendar_events",
            "webhook_status", "recent_deliveries", "delivery_trail", "reconcile",
            "export_customer", "is_erasure_of",
            "verify_audit", "verify_receipts", "audit_proof", "security_audit", "audit_patterns",
            "availability_as_of", "dispute_file",
            "list_business_grants",
            "report_summary", "report_occupancy", "report_week", "report_activity",
            "report_lead_times", "report_deliveries", "report_endpoints", "report_refusals",
            "verify_audit", "verify_receipts", "audit_proof", "get_retention", "differing_changes",
        ),
        {ADMIN, AUDITOR},
    ),
    **dict.fromkeys(
        ("relay_events", "idle_time", "claim_deliveries", "release_deliveries", "record_attempt",
         "record_attempts", "announce_sleep"),
        {DISPATCHER},
    ),
    "maintain": {ADMIN, DISPATCHER},
    # What the policies ask, as whoever reads a table.
    **dict.fromkeys(("is_unbound", "granted_businesses", "is_granted"), {*ROLES, "public"}),
}  # fmt: skip
READ = {
    **dict.fromkeys(
        ("businesses", "opening_hours", "schedule_exceptions", "time_slots"), {APP, ADMIN, AUDITOR}
    ),
    **dict.fromkeys(
        (
            "bookings",
            "booking_audit_log",
            "booking_audit_log_partitions",
            "settings_audit_log",
            "booking_quarantine",
            "webhook_endpoints",
            "webhook_endpoint_health",
            "webhook_deliveries",
            "webhook_payloads",
            "webhook_attempts",
            "relay_cursor",
            "audit_chain_cuts",
            "audit_seals",
            "audit_seal_cursor",
            "erasures",
            "business_grants",
            "retention_policies",
            "audit_exports",
            "maintenance_runs",
            "integrity_runs",
            "alarms",
        ),
        {ADMIN, AUDITOR},
    ),
    "webhook_secrets": set(),
}
WRITES = ("insert", "update", "delete", "truncate", "references", "trigger")


def test_functions(conn: psycopg.Connection[Any]) -> None:
    """Each function, each role, by the catalog: exactly what the table above says."""
    query = "select oid, proname from pg_proc where pronamespace = 'bookingdb'::regnamespace"
    functions = conn.execute(query).fetchall()
    assert EXECUTE.keys() <= {name for _, name in functions}
    for (oid, name), role in itertools.product(functions, (*ROLES, "public")):
        may = conn.execute(
            "select has_function_privilege(%s, %s, 'execute')", [role, oid]
        ).fetchone()
        assert may == (role in EXECUTE.get(name, set()),), (role, name)


def test_tables(conn: psycopg.Connection[Any]) -> None:
    """Each table, partitions too, each role, each privilege: no role writes."""
    query = (
        "select oid, regexp_replace(relname, '_(default|\\d{4}_\\d{2})$', '') from pg_class"
        " where relnamespace = 'bookingdb'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
    )
    tables = conn.execute(query).fetchall()
    assert {name for _, name in tables} == READ.keys()
    for (oid, name), role in itertools.product(tables, (*ROLES, "public")):
        may = conn.execute("select has_table_privilege(%s, %s, 'select')", [role, oid]).fetchone()
        assert may == (role in READ[name],), (role, name)
        for privilege in WRITES:
            may = conn.execute(
                "select has_table_privilege(%s, %s, %s)", [role, oid, privilege]
            ).fetchone()
            assert may == (False,), (role, name, privilege)


def test_nobody_but_the_owner_owns_or_creates(conn: psycopg.Connection[Any]) -> None:
    query = """
      select 'class ' || relname from pg_class
       where relnamespace = 'bookingdb'::regnamespace and relowner <> 'bookingdb_owner'::regrole
      union all
      select 'function ' || proname from pg_proc
       where pronamespace = 'bookingdb'::regnamespace and proowner <> 'bookingdb_owner'::regrole
      union all
      select 'role that logs in: ' || rolname from pg_roles
       where rolname in ('bookingdb_owner', 'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor',
                         'bookingdb_dispatcher', 'bookingdb_tenant', 'bookingdb_claims')
         and (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)
    """
    assert conn.execute(query).fetchall() == []
    for role in (*ROLES, "public"):
        may = conn.execute(
            "select has_schema_privilege(%s, 'bookingdb', 'create')", [role]
        ).fetchone()
        assert may == (False,)


@pytest.mark.parametrize("role", ROLES)
def test_direct_writes_are_refused(database: Database, role: str) -> None:
    """Not by the catalog but by trying, as a login."""
    with database.connect() as conn:
        shop = open_shop(conn)
        shop.book()
        tables = conn.execute(
            "select c.oid::regclass::text, a.attname from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum = 1"
            " where c.relnamespace = 'bookingdb'::regnamespace and c.relkind in ('r', 'p')"
        ).fetchall()
    with database.login(role) as conn:
        for table, column in tables:
            for statement in (
                f"insert into {table} default values",
                f"update {table} set {column} = null",
                f"delete from {table}",
                f"truncate {table}",
                f"alter table {table} disable trigger all",
                f"drop table {table}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement.encode())


def call(role: str, database: Database, query: str) -> None:
    with database.login(role) as conn:
        conn.execute(query.encode())


BOOK = f"select bookingdb.create_booking_safe('{DAY}', '09:00', 1, 'Ada', 'ada@example.org')"
BOOK_HOT = f"call bookingdb.book_hot_slot('{DAY}', '09:00', 1, 'Ada', 'ada@example.org')"


def test_app_books_but_does_not_run_the_shop(database: Database) -> None:
    with database.connect() as conn:
        open_shop(conn)
    call(APP, database, BOOK)
    call(APP, database, BOOK_HOT)
    call(APP, database, f"select * from bookingdb.available_slots('{DAY}', '{DAY}')")
    for query in (
        "select bookingdb.set_opening_hours('[]')",
        "select bookingdb.refresh_future_schedule()",
        "select bookingdb.create_business('x', 'UTC', p_business_id => gen_random_uuid())",
        "select * from bookingdb.bookings",
        "select * from bookingdb.booking_audit_log",
        "select bookingdb.count_places(null, null, null, 0, 0, 0, null)",
        "set role bookingdb_owner",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            call(APP, database, query)


def test_admin_runs_the_shop(database: Database) -> None:
    call(ADMIN, database, "select bookingdb.create_business('x', 'UTC')")
    call(ADMIN, database, "select bookingdb.set_opening_hours('[]')")
    call(ADMIN, database, "select bookingdb.refresh_future_schedule()")
    call(ADMIN, database, "select bookingdb.create_audit_partitions(13)")
    call(ADMIN, database, "select * from bookingdb.bookings, bookingdb.booking_audit_log")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        call(ADMIN, database, "create table bookingdb.mine ()")


def test_auditor_reads_all_and_writes_nothing(database: Database) -> None:
    with database.connect() as conn:
        open_shop(conn)
    call(AUDITOR, database, "select * from bookingdb.bookings, bookingdb.booking_audit_log")
    call(AUDITOR, database, "select * from bookingdb.check_integrity()")
    for query in (BOOK, BOOK_HOT):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            call(AUDITOR, database, query)


def test_dispatcher_sends_and_maintains_and_does_nothing_else(database: Database) -> None:
    with database.connect() as conn:
        open_shop(conn).book()
    call(DISPATCHER, database, "select bookingdb.relay_events()")
    call(DISPATCHER, database, "select bookingdb.idle_time()")
    call(DISPATCHER, database, "select * from bookingdb.claim_deliveries()")
    call(DISPATCHER, database, "select * from bookingdb.maintain()")
    for query in (
        BOOK,
        BOOK_HOT,
        "select * from bookingdb.bookings",
        "select * from bookingdb.webhook_secrets",
        "select * from bookingdb.webhook_payloads",
        "select bookingdb.add_webhook_endpoint('https://example.org')",
        "select bookingdb.secrets_of(null, null, null)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            call(DISPATCHER, database, query)


def test_everybody_else_gets_nothing(database: Database) -> None:
    with database.connect() as conn:
        conn.execute("drop role if exists nobody_in_particular")
        conn.execute("create role nobody_in_particular login")
    with database.connect(user="nobody_in_particular") as conn:
        for query in ("select bookingdb.default_business_id()", "table bookingdb.time_slots"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(query.encode())


def test_temporary_types_of_the_caller_are_not_used(database: Database) -> None:
    """A domain named like a type of PostgreSQL, whose check would run as the owner."""
    with database.connect() as conn:
        open_shop(conn)
    with database.login(APP) as conn:
        conn.execute(
            "create function pg_temp.grab(x anyelement) returns boolean language plpgsql as $$"
            " begin if current_user = 'bookingdb_owner' then raise exception 'grabbed'; end if;"
            " return true; end $$"
        )
        for name in ("text", "int4", "uuid", "jsonb", "date", "bytea", "regclass", "timestamptz"):
            conn.execute(
                f"create domain pg_temp.{name} as pg_catalog.{name}"
                " check (pg_temp.grab(value))".encode()
            )
            conn.execute(f"grant usage on type pg_temp.{name} to public".encode())
        conn.execute(
            """select bookingdb.set_actor('{"performed_by": "customer", "ip_address": "::1"}')"""
        )
        conn.execute(BOOK.encode())
        conn.execute(BOOK_HOT.encode())
        conn.execute(f"select bookingdb.available_slots('{DAY}', '{DAY}')".encode())


def test_search_path_of_the_caller_does_not_matter(database: Database) -> None:
    """A hostile caller puts functions and operators of its own first: they are not used."""
    with database.connect() as conn:
        open_shop(conn)
        conn.execute("grant create on schema public to public")
    with database.login(APP) as conn:
        conn.execute(
            "create function public.greatest_trap(int, int) returns int language plpgsql"
            " as 'begin raise exception ''trapped''; end'"
        )
        conn.execute(
            "create operator public.+"
            " (leftarg = int, rightarg = int, function = public.greatest_trap)"
        )
        conn.execute(
            "create function public.equal_trap(text, text) returns boolean language plpgsql"
            " as 'begin raise exception ''trapped''; end'"
        )
        conn.execute(
            "create operator public.="
            " (leftarg = text, rightarg = text, function = public.equal_trap)"
        )
        conn.execute(
            "create function public.clock_now() returns timestamptz language sql"
            " as 'select timestamptz ''2001-01-01'''"
        )
        conn.execute("set search_path = public, pg_temp, pg_catalog, bookingdb")
        with pytest.raises(psycopg.errors.RaiseException, match="trapped"):
            conn.execute("select 1 + 1")
        conn.execute(BOOK.encode())
        conn.execute(BOOK_HOT.encode())
