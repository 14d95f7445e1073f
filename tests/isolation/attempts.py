"""What a hostile client with a bound login tries, in SQL, by name.

$THEIRS is the other business, $BOOKING its booking, and so on (see World.fill). An attempt has
succeeded when it gets a row with something in it, changes a row, or reads a secret anywhere, in a
notice or an error as well. Those marked `own` may get rows of our business: only secrets count.
"""

from dataclasses import dataclass

__all__ = ["ATTEMPTS", "Attempt"]


@dataclass(frozen=True)
class Attempt:
    name: str
    kind: str
    """The login: auditor, admin, app, dispatcher, raw."""
    statements: tuple[str, ...]
    own: bool = False
    """Rows alone are no leak."""
    control: bool = True
    """A login that is not bound succeeds with it; else nobody but a superuser does."""


def _of(kind: str, name: str, *statements: str, own: bool = False, control: bool = True) -> Attempt:
    return Attempt(name, kind, statements, own, control)


B = "select * from bookingdb.bookings where business_id = $THEIRS"
NAMES = "select business_id, customer_name::text from bookingdb.bookings"
COUNT = "select count(*) from bookingdb.bookings where business_id = $THEIRS"
LEAK = (
    "create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001"
    " as $$ begin raise notice '%', $1; return false; end $$"
)
TRUE = "language sql immutable as 'select true'"
READS = [
    _of("auditor", "select", B),
    _of("auditor", "count", COUNT),
    _of("auditor", "select all of it", "select * from bookingdb.bookings", own=True),
    _of(
        "auditor",
        "aggregate of all",
        "select string_agg(b::text, ',') from bookingdb.bookings b",
        own=True,
    ),
    _of("auditor", "window over all", "select count(*) over () > 1 from bookingdb.bookings"),
    _of(
        "auditor",
        "sample",
        "select * from bookingdb.bookings tablesample system (100) where business_id = $THEIRS",
    ),
    _of(
        "auditor",
        "by ctid",
        "select * from bookingdb.bookings where ctid = any (array(select"
        " ('(' || p || ',' || i || ')')::tid from generate_series(0, 3) p,"
        " generate_series(1, 50) i)) and business_id = $THEIRS",
    ),
    _of(
        "auditor",
        "system columns",
        "select xmin, ctid, tableoid from bookingdb.bookings where business_id = $THEIRS",
    ),
    _of(
        "auditor",
        "lateral join",
        "select b.* from bookingdb.businesses v, lateral"
        " (select * from bookingdb.bookings b where b.business_id = $THEIRS) b",
    ),
    _of(
        "auditor",
        "recursive query",
        f"with recursive r as ({B} union select * from r) select * from r",
    ),
    _of("auditor", "exists", f"select exists ({B})"),
    _of("auditor", "set row_security off", "set row_security = off", B, control=False),
    _of("auditor", "set role of the owner", "set role bookingdb_owner", B),
    _of("auditor", "set role of the mark", "set role bookingdb_tenant", B),
    _of("auditor", "set role none", "set role none", "reset role", B),
    _of("auditor", "set session authorization", "set session authorization postgres", B),
    _of(
        "auditor",
        "set session authorization of a free login",
        "set session authorization free_auditor",
        B,
    ),
    _of("auditor", "reset session authorization", "reset session authorization", B),
    _of(
        "auditor", "setting role as text", "select set_config('role', 'bookingdb_owner', false)", B
    ),
    _of(
        "auditor",
        "setting session_authorization as text",
        "select set_config('session_authorization', 'postgres', false)",
        B,
    ),
    _of(
        "auditor",
        "settings of bookingdb",
        "set bookingdb.business_id = $THEIRS",
        "set bookingdb.performed_by = 'admin'",
        "set bookingdb.call_actor = '{}'",
        B,
    ),
    _of(
        "auditor",
        "forged claims of a login that has none",
        """set request.jwt.claims = '{"business_id": "0b0b0b0b-0000-4000-8000-00000000000b"}'""",
        B,
    ),
    _of(
        "auditor",
        "own pg_has_role in front",
        f"create function pg_temp.pg_has_role(name, name, text) returns boolean {TRUE}",
        "set search_path = pg_temp, bookingdb, pg_catalog",
        B,
    ),
    _of(
        "auditor",
        "own is_unbound in front",
        f"create function pg_temp.is_unbound() returns boolean {TRUE}",
        "set search_path = pg_temp, bookingdb, pg_catalog",
        B,
    ),
    _of(
        "auditor",
        "own equality of uuids in front",
        f"create function pg_temp.same(uuid, uuid) returns boolean {TRUE}",
        "create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = pg_temp.same)",
        "set search_path = pg_temp, pg_catalog",
        B,
    ),
    _of(
        "auditor",
        "temporary table of grants",
        "create temp table business_grants as select $THEIRS::uuid as business_id,"
        " session_user as role_name",
        "set search_path = pg_temp, bookingdb, pg_catalog",
        B,
    ),
    _of(
        "auditor",
        "view",
        f"create temp view v as {NAMES} where business_id = $THEIRS",
        "select * from v",
    ),
    _of(
        "auditor",
        "view that is no barrier",
        f"create temp view w with (security_barrier = false) as {NAMES}",
        LEAK,
        "select * from w where pg_temp.leak(customer_name)",
        own=True,
    ),
    _of(
        "auditor",
        "copy in a temporary table",
        f"create temp table m as {NAMES}",
        "select * from m where business_id = $THEIRS",
    ),
    _of(
        "auditor",
        "cheap function that tells",
        LEAK,
        "select * from bookingdb.bookings where pg_temp.leak(customer_name)",
        own=True,
    ),
    _of(
        "auditor",
        "cheap function in an order by",
        LEAK,
        "select 1 from bookingdb.bookings order by pg_temp.leak(customer_name)",
        own=True,
    ),
    _of(
        "auditor",
        "operator that the planner asks",
        LEAK.replace("leak(text)", "op(text, text)"),
        "create operator pg_temp.<<< (leftarg = text, rightarg = text, function = pg_temp.op,"
        " restrict = eqsel)",
        "explain select * from bookingdb.bookings"
        " where customer_name::text operator(pg_temp.<<<) 'x'",
        own=True,
        control=False,
    ),
    _of(
        "auditor",
        "error of a cast",
        "select customer_name::text::int from bookingdb.bookings where customer_name <> 'Ada'",
        own=True,
    ),
    _of(
        "auditor",
        "division by zero",
        "select 1 from bookingdb.bookings where"
        " 1 / (case when business_id = $THEIRS then 0 else 1 end) = 2",
        own=True,
        control=False,
    ),
    _of(
        "auditor",
        "function as definer",
        "create function pg_temp.f() returns setof bookingdb.bookings language sql"
        f" security definer as $$ {B} $$".replace(
            "$THEIRS", "'0b0b0b0b-0000-4000-8000-00000000000b'"
        ),
        "select * from pg_temp.f()",
    ),
    _of("auditor", "explain", "explain (verbose)" + B, own=True, control=False),
    _of(
        "auditor",
        "explain analyze with a function that tells",
        LEAK,
        "explain (analyze, verbose) select * from bookingdb.bookings"
        " where pg_temp.leak(customer_name)",
        own=True,
    ),
    _of("auditor", "copy", "copy bookingdb.bookings to stdout", own=True),
    _of("auditor", "copy of a query", f"copy ({B}) to stdout", own=True),
    _of(
        "auditor",
        "copy of a partition",
        "copy bookingdb.booking_audit_log_$MONTH to stdout",
        own=True,
    ),
    _of(
        "auditor",
        "prepared statement",
        f"prepare p as {B}",
        "execute p",
        "set role none",
        "execute p",
    ),
    _of(
        "auditor",
        "cursor",
        f"declare c cursor with hold for {B}",
        "fetch all from c",
    ),
    _of(
        "auditor",
        "do block",
        "do $$ declare r record; begin for r in select * from"
        " bookingdb.bookings loop raise notice '%', r; end loop; end $$",
        own=True,
    ),
    _of(
        "auditor",
        "query_to_xml",
        "select query_to_xml('select * from bookingdb.bookings', true, true, '')::text",
        own=True,
        control=False,
    ),
    _of(
        "auditor",
        "schema_to_xml",
        "select schema_to_xml('bookingdb', true, true, '')::text",
        own=True,
        control=False,
    ),
    _of(
        "auditor",
        "statistics",
        "select most_common_vals::text, histogram_bounds::text"
        " from pg_stats where schemaname = 'bookingdb' and tablename = 'bookings'",
        control=False,
    ),
    _of(
        "auditor",
        "statistics of indexes",
        "select most_common_vals::text from pg_stats where"
        " schemaname = 'bookingdb' and tablename like 'bookings\\_%'",
        control=False,
    ),
    _of("auditor", "raw statistics", "select * from pg_statistic", control=False),
    _of(
        "auditor",
        "queries of others",
        "select query from pg_stat_activity"
        " where query like '%zebedee%' and pid <> pg_backend_pid()",
        control=False,
    ),
    _of(
        "auditor",
        "parallel workers",
        "set debug_parallel_query = on",
        "set force_parallel_mode = on",
        "set parallel_setup_cost = 0",
        "set min_parallel_table_scan_size = 0",
        COUNT,
    ),
    _of("auditor", "index scans only", "set enable_seqscan = off", COUNT),
    _of(
        "auditor",
        "partitions' view",
        "select partition from bookingdb.booking_audit_log_partitions where row_count > 1",
    ),
    _of("auditor", "cursor of the relay", "select relay_pass from bookingdb.relay_cursor"),
    _of(
        "auditor",
        "grants of others",
        "select * from bookingdb.business_grants where role_name <> session_user",
    ),
    _of(
        "auditor",
        "listing of grants of others",
        "select * from bookingdb.list_business_grants() g where g.role_name <> session_user",
    ),
    _of("auditor", "names of businesses", "select name from bookingdb.businesses", own=True),
    _of("auditor", "secrets of webhooks", "select * from bookingdb.webhook_secrets", control=False),
    _of(
        "auditor",
        "large object",
        "select lo_from_bytea(0, 'x')",
        "select lo_get(oid) from pg_largeobject_metadata where lomowner <> session_user::regrole",
        own=True,
        control=False,
    ),
    _of("auditor", "file of the server", "select pg_read_file('PG_VERSION')", control=False),
    _of(
        "auditor",
        "program of the server",
        "copy bookingdb.bookings to program 'cat'",
        control=False,
    ),
    _of("auditor", "another connection", "create extension dblink", control=False),
    _of(
        "auditor",
        "listen",
        "listen bookingdb",
        "select * from bookingdb.check_integrity()",
        control=False,
    ),
    _of(
        "auditor",
        "lock and see",
        "select * from bookingdb.bookings where business_id = $THEIRS for update",
        control=False,
    ),
    _of("noinherit", "login that does not inherit", "set role bookingdb_admin", B),
    _of(
        "raw",
        "select for update",
        "select * from bookingdb.bookings where business_id = $THEIRS for update",
    ),
    _of(
        "raw",
        "select for key share",
        "select * from bookingdb.time_slots where business_id = $THEIRS for key share",
    ),
    _of(
        "raw",
        "secrets of webhooks, with the privilege",
        "select * from bookingdb.webhook_secrets where business_id = $THEIRS",
    ),
]
WRITES = [
    _of("raw", "update", "update bookingdb.bookings set notes = 'x' where business_id = $THEIRS"),
    _of(
        "raw",
        "update of everything",
        "update bookingdb.businesses set name = 'x' where business_id <> $OURS",
    ),
    _of("raw", "delete", "delete from bookingdb.webhook_attempts where business_id = $THEIRS"),
    _of(
        "raw",
        "delete returning",
        "delete from bookingdb.webhook_payloads where business_id = $THEIRS returning payload",
    ),
    _of(
        "raw",
        "insert",
        "insert into bookingdb.schedule_exceptions (business_id, date, reason)"
        " values ($THEIRS, $DAY, 'x')",
    ),
    _of(
        "raw",
        "insert of a slot",
        "insert into bookingdb.time_slots (business_id, date, time,"
        " max_bookings, max_bouquets) values ($THEIRS, $DAY, '20:00', 1, 1)",
    ),
    _of(
        "raw",
        "insert of a booking",
        "insert into bookingdb.bookings (business_id, date, time,"
        " bouquets, customer_name, customer_email)"
        " values ($THEIRS, $DAY, '10:00', 1, 'x', 'x@example.org')",
    ),
    _of(
        "raw",
        "insert into the audit log",
        "insert into bookingdb.booking_audit_log (business_id,"
        " booking_id, booking_version, action_type, performed_by, hash)"
        " values ($THEIRS, $BOOKING, 99, 'modified', 'system', '')",
    ),
    _of(
        "raw",
        "gift to another",
        "update bookingdb.schedule_exceptions set business_id = $THEIRS",
        "update bookingdb.time_slots set business_id = $THEIRS where time = '11:30'",
        control=False,
    ),
    _of(
        "raw",
        "insert on conflict",
        "insert into bookingdb.businesses (business_id, name,"
        " time_zone) values ($THEIRS, 'x', 'UTC') on conflict (business_id)"
        " do update set name = 'x'",
    ),
    _of(
        "raw",
        "merge",
        "merge into bookingdb.businesses b using (select $THEIRS::uuid as id) s"
        " on b.business_id = s.id when matched then update set name = 'x'"
        " when not matched then do nothing",
    ),
    _of("raw", "copy from", "copy bookingdb.webhook_attempts from stdin", control=False),
    _of("raw", "truncate", "truncate bookingdb.webhook_attempts_nowhere", control=False),
    _of("raw", "rows of the cursor", "update bookingdb.relay_cursor set relay_pass = 99"),
    _of(
        "raw",
        "grant by hand",
        "insert into bookingdb.business_grants (business_id, role_name)"
        " values ($THEIRS, session_user)",
    ),
    _of("raw", "grants taken by hand", "delete from bookingdb.business_grants"),
    _of(
        "raw",
        "switch it off",
        "alter table bookingdb.bookings disable row level security",
        B,
        own=False,
    ),
    _of(
        "raw",
        "no force",
        "alter table bookingdb.bookings no force row level security",
        control=False,
    ),
    _of("raw", "policy of its own", "create policy mine on bookingdb.bookings using (true)", B),
    _of("raw", "policy dropped", "drop policy own_business on bookingdb.bookings", B),
    _of(
        "raw",
        "function replaced",
        "create or replace function bookingdb.is_unbound()"
        " returns boolean language sql as 'select true'",
        B,
    ),
    _of(
        "raw",
        "trigger of its own",
        "create trigger t before update on bookingdb.bookings"
        " for each row execute function suppress_redundant_updates_trigger()",
        control=False,
    ),
    _of(
        "raw",
        "rule of its own",
        "create rule r as on insert to bookingdb.bookings do also notify x",
        control=False,
    ),
    _of(
        "raw", "child table", "create temp table c () inherits (bookingdb.bookings)", control=False
    ),
    _of(
        "raw",
        "leave the mark",
        "revoke bookingdb_tenant from bound_raw",
        "revoke bookingdb_tenant from session_user",
        B,
    ),
    _of("raw", "join the owner", "grant bookingdb_owner to bound_raw", B),
    _of("raw", "bypass", "alter role bound_raw bypassrls", "alter role bound_raw superuser", B),
    _of("raw", "rename itself", "alter role bound_raw rename to free", B),
    _of("raw", "role setting", "alter role bound_raw set row_security = off", B),
    _of("raw", "another login", "create role other login in role bookingdb_admin", control=False),
]
CALLS = [
    _of("admin", "get_booking", "select bookingdb.get_booking($BOOKING, $THEIRS)"),
    _of("admin", "get_booking by our business", "select bookingdb.get_booking($BOOKING)",
        control=False),
    _of("admin", "booking_history", "select bookingdb.booking_history($BOOKING, $THEIRS)"),
    _of("admin", "get_business", "select bookingdb.get_business($THEIRS)"),
    _of("admin", "available_slots",
        "select * from bookingdb.available_slots($DAY, $DAY, p_business_id => $THEIRS)"),
    _of("admin", "create_booking", "select bookingdb.create_booking_safe($DAY, '10:00', 1, 'x',"
        " 'x@example.org', p_business_id => $THEIRS)"),
    _of("admin", "idempotency key of another", "select bookingdb.create_booking_safe($DAY, '10:00',"
        " 1, 'x', 'x@example.org', p_idempotency_key => 'hush-key', p_business_id => $THEIRS)"),
    _of("admin", "cancel", "select bookingdb.cancel_booking($BOOKING, p_business_id => $THEIRS)"),
    _of("admin", "update_booking", "select bookingdb.update_booking($BOOKING, p_notes => 'x',"
        " p_business_id => $THEIRS)"),
    _of("admin", "reschedule", "select bookingdb.reschedule_booking($BOOKING, $DAY, '10:00',"
        " p_business_id => $THEIRS)"),
    _of("admin", "update_business",
        "select bookingdb.update_business('x', p_business_id => $THEIRS)"),
    _of("admin", "opening hours",
        "select bookingdb.set_opening_hours('[]', p_business_id => $THEIRS)"
        " is null", "select bookingdb.add_closures(jsonb_build_array(jsonb_build_object('from',"
        " $DAY, 'to', $DAY, 'reason', 'x')), p_business_id => $THEIRS)", control=False),
    _of("admin", "adjust_slot", "select bookingdb.adjust_slot($DAY, '10:00', 0, 0,"
        " p_business_id => $THEIRS)"),
    _of("admin", "refresh", "select * from bookingdb.refresh_future_schedule($THEIRS)",
        control=False),
    _of("admin", "quarantine", "select bookingdb.quarantined_bookings($THEIRS)"),
    _of("admin", "adopt", "select bookingdb.adopt_quarantined($QUARANTINED, $DAY, '10:00',"
        " p_business_id => $THEIRS)"),
    _of("admin", "endpoint", "select bookingdb.add_webhook_endpoint('https://evil.example/',"
        " p_business_id => $THEIRS)"),
    _of("admin", "endpoint elsewhere", "select bookingdb.update_webhook_endpoint($ENDPOINT,"
        " 'https://evil.example/', p_business_id => $THEIRS)"),
    _of("admin", "webhook_status", "select bookingdb.webhook_status($THEIRS)"),
    _of("admin", "trail", "select bookingdb.delivery_trail($BOOKING, $THEIRS)"),
    _of("admin", "deliveries",
        "select bookingdb.recent_deliveries(p_business_id => $THEIRS)"),
    _of("admin", "reconcile",
        "select bookingdb.reconcile('-infinity', p_business_id => $THEIRS)"),
    _of("admin", "replay", "select bookingdb.replay_deliveries($ENDPOINT,"
        " p_business_id => $THEIRS)", control=False),
    _of("admin", "confirm_processed", "select bookingdb.confirm_processed($WEBHOOK, $THEIRS)"),
    _of("admin", "confirm_processed by our business",
        "select bookingdb.confirm_processed($WEBHOOK)", control=False),
    _of("admin", "new business", "select bookingdb.create_business('x', 'UTC',"
        " p_business_id => $UNKNOWN)"),
    _of("admin", "business that is there", "select bookingdb.create_business('x', 'UTC',"
        " p_business_id => $THEIRS)", control=False),
    _of("admin", "grant itself", "select bookingdb.grant_business('bound_admin',"
        " p_business_id => $THEIRS)"),
    _of("admin", "unbind itself", "select bookingdb.unbind_role('bound_admin')"),
    _of("admin", "claims for itself", "select bookingdb.grant_business_claims('bound_admin')",
        "select true", own=True, control=False),
    _of("admin", "revoke from another", "select bookingdb.revoke_business('bound_dispatcher')"),
    _of("admin", "purge", "select bookingdb.purge_deliveries('1 day') is not null"),
    _of("admin", "partitions", "select bookingdb.create_audit_partitions(0) is not null"),
    _of("admin", "drop a month", "select bookingdb.drop_audit_partition('2001-01-01')",
        control=False),
    _of("admin", "integrity of all", "select * from bookingdb.check_integrity()", own=True,
        control=False),
    _of("app", "book", "select bookingdb.create_booking_safe($DAY, '10:00', 1, 'x',"
        " 'x@example.org', p_business_id => $THEIRS)"),
    _of("app", "book a hot slot", "call bookingdb.book_hot_slot($DAY, '10:00', 1, 'x',"
        " 'x@example.org', p_business_id => $THEIRS)", control=False),
    _of("app", "hold", "select bookingdb.create_booking_safe($DAY, '10:00', 1, null, null,"
        " p_hold_for => '1 hour', p_business_id => $THEIRS)"),
    _of("app", "slots", "select * from bookingdb.time_slots where business_id = $THEIRS"),
    _of("app", "why_unavailable",
        "select * from bookingdb.why_unavailable($DAY, '09:00', 99, $THEIRS)"
        " where code <> 'ZB012'"),
    _of("app", "batch", "select bookingdb.create_bookings(jsonb_build_array(jsonb_build_object("
        "'date', $DAY, 'time', '10:00', 'bouquets', 1, 'customer_name', 'x', 'customer_email',"
        " 'x@example.org')), p_business_id => $THEIRS)"),
    _of("app", "wait", "select bookingdb.join_waitlist($DAY, '09:00', 9, 'x', 'x@example.org',"
        " p_business_id => $THEIRS)", control=False),
    _of("app", "expire", "select bookingdb.expire_holds(p_business_id => $THEIRS) is not null"),
    _of("dispatcher", "relay", "select bookingdb.relay_events() is not null"),
    _of("dispatcher", "claim", "select * from bookingdb.claim_deliveries(10000, '1 hour')",
        control=False),
    _of("dispatcher", "record", "select bookingdb.record_attempt($WEBHOOK, gen_random_uuid(), 9,"
        " now(), '1 second', 200, p_business_id => $THEIRS) is not null"),
    _of("dispatcher", "record a batch", "select * from bookingdb.record_attempts("
        "jsonb_build_array(jsonb_build_object('webhook_id', $WEBHOOK, 'claim_id',"
        " gen_random_uuid(), 'attempt_number', 9, 'started_at', now(), 'status', 200,"
        " 'business_id', $THEIRS)))", own=True, control=False),
    _of("dispatcher", "release",
        "select bookingdb.release_deliveries(array[$WEBHOOK]::uuid[], gen_random_uuid())",
        control=False),
    _of("dispatcher", "when it is woken", "select bookingdb.idle_time() = '0'", control=False),
]  # fmt: skip
ATTEMPTS = [*READS, *WRITES, *CALLS]
