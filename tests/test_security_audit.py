"""security_audit() has nothing to say of a fresh database, finds what somebody opened, and each
remedy of it closes that again.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

import bookingdb
from bookingdb import SecurityFinding, Severity
from tests.shop import DAY
from tests.support import Database, rewrite

STRANGER, LOGIN = "audit_stranger", "audit_login"
KEY = "whsec_" + base64.b64encode(bytes(range(7, 39))).decode()
MONTH = f"bookingdb.booking_audit_log_{DAY:%Y_%m}"


def findings(conn: psycopg.Connection[Any]) -> list[SecurityFinding]:
    """All that is a complaint."""
    return [
        f
        for f in bookingdb.security_audit(conn)
        if f.severity != Severity.INFO
    ]


@pytest.fixture
def conn(scratch: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """A superuser in a transaction; there are a business, a role that is nobody's, and a login."""
    with scratch.transaction(force_rollback=True):
        bookingdb.create_business(scratch, "Flower shop", "Europe/Berlin")
        scratch.execute(f"create role {STRANGER}".encode())
        scratch.execute(f"create role {LOGIN} login".encode())
        scratch.execute(f"grant bookingdb_app to {LOGIN}".encode())
        yield scratch


def endpoint(change: str = "", url: str = "https://example.org/hook", headers: str = "{}") -> str:
    """SQL that adds an endpoint, and changes it behind the functions' back."""
    return f"""
      select bookingdb.add_webhook_endpoint('{url}', p_secret => '{KEY}', p_headers => '{headers}');
      {change}"""


def header(name: str, value: str) -> str:
    return endpoint(headers=f'{{"{name}": "{value}"}}')


def secret(value: str) -> str:
    return endpoint(
        f"update bookingdb.webhook_secrets set value = '{value}' where header_name is null"
    )


FAULTS = [  # what somebody does, the check that finds it, what stands in the finding
    # privileges: more
    ("grant select on bookingdb.webhook_secrets to bookingdb_admin",
     "privilege_added", "table bookingdb.webhook_secrets: bookingdb_admin may select"),
    ("grant insert on bookingdb.bookings to public",
     "privilege_added", "table bookingdb.bookings: public may insert"),
    ("grant select (customer_email) on bookingdb.bookings to bookingdb_app",
     "privilege_added", "table bookingdb.bookings.customer_email: bookingdb_app may select"),
    (f"grant delete on {MONTH} to bookingdb_admin",
     "privilege_added", f"table {MONTH}: bookingdb_admin may delete"),
    ("grant trigger on bookingdb.booking_audit_log_partitions to bookingdb_auditor",
     "privilege_added", "table bookingdb.booking_audit_log_partitions: bookingdb_auditor may trig"),
    ("grant execute on function bookingdb.secrets_of to bookingdb_app",
     "privilege_added", "routine bookingdb.secrets_of"),
    ("grant execute on function bookingdb.cancel_booking to public",
     "privilege_added", "uuid): public may execute"),
    ("grant execute on procedure bookingdb.book_hot_slot to bookingdb_auditor",
     "privilege_added", "routine bookingdb.book_hot_slot"),
    ("grant select on bookingdb.bookings to bookingdb_auditor with grant option",
     "privilege_added", "bookingdb_auditor may select, and pass that on"),
    ("grant create on schema bookingdb to bookingdb_admin",
     "privilege_added", "schema bookingdb: bookingdb_admin may create"),
    (f"grant usage on schema bookingdb to {STRANGER}",
     "privilege_added", f"schema bookingdb: {STRANGER} may usage"),
    ("grant usage on type bookingdb.customer_email to public",
     "privilege_added", "type bookingdb.customer_email: public may usage"),
    ("create sequence bookingdb.numbers; alter sequence bookingdb.numbers owner to bookingdb_owner;"
     " grant usage on sequence bookingdb.numbers to bookingdb_app",
     "privilege_added", "sequence bookingdb.numbers: bookingdb_app may usage"),
    ("alter default privileges for role bookingdb_owner in schema bookingdb"
     " grant select on tables to bookingdb_app",
     "default_privilege_added", "made by bookingdb_owner in schema bookingdb: bookingdb_app"),
    ("alter default privileges for role bookingdb_owner grant execute on functions to public",
     "default_privilege_not_revoked", "functions made by bookingdb_owner: public may execute"),
    (f"alter default privileges for role bookingdb_owner grant usage on types to {STRANGER}",
     "default_privilege_added", f"types made by bookingdb_owner: {STRANGER} may usage"),
    # privileges: less
    ("revoke execute on function bookingdb.cancel_booking from bookingdb_app",
     "privilege_missing", "bookingdb_app may not execute"),
    (f"revoke select on {MONTH} from bookingdb_auditor",
     "privilege_missing", f"table {MONTH}: bookingdb_auditor may not select"),
    ("revoke usage on schema bookingdb from bookingdb_dispatcher",
     "privilege_missing", "schema bookingdb: bookingdb_dispatcher may not usage"),
    ("revoke usage on type bookingdb.payment_status from bookingdb_app",
     "privilege_missing", "type bookingdb.payment_status: bookingdb_app may not usage"),
    ("revoke update on bookingdb.bookings from bookingdb_owner",
     "privilege_missing", "table bookingdb.bookings: its owner may not update"),
    ("drop function bookingdb.schedule_as_of",
     "object_missing", "routine schedule_as_of"),
    # objects
    (f"alter function bookingdb.fail owner to {STRANGER}",
     "object_owner", f"{STRANGER} owns it"),
    ("create function bookingdb.mine() returns int language sql as 'select 1';"
     "revoke all on function bookingdb.mine from public",
     "object_owner", "routine bookingdb.mine()"),
    ("create table bookingdb.mine ()", "object_owner", "table bookingdb.mine"),
    (f"alter view bookingdb.booking_audit_log_partitions owner to {STRANGER}",
     "object_owner", "table bookingdb.booking_audit_log_partitions"),
    (f"alter domain bookingdb.quantity owner to {STRANGER}",
     "object_owner", "type bookingdb.quantity"),
    ("alter function bookingdb.get_booking reset search_path",
     "function_search_path", "bookingdb.get_booking(uuid,uuid)"),
    ("alter function bookingdb.action_of security definer",
     "function_search_path", "bookingdb.action_of"),
    ("create function bookingdb.get_booking(text) returns int language sql as 'select 1';"
     "alter function bookingdb.get_booking(text) owner to bookingdb_owner",
     "function_overloaded", "get_booking"),
    ('alter table bookingdb.bookings disable trigger "D_audit"',
     "trigger_disabled", 'bookingdb.bookings: trigger "D_audit" fires never'),
    ("alter table bookingdb.booking_audit_log enable replica trigger refuse_truncate",
     "trigger_disabled", "fires in replicas only"),
    (f"alter table {MONTH} disable trigger refuse_truncate", "trigger_disabled", MONTH),
    ("create trigger spy after insert on bookingdb.bookings"
     " for each row execute function bookingdb.tg_settings__audit()",
     "trigger_added", "trigger spy calls bookingdb.tg_settings__audit()"),
    ("create rule swallow as on insert to bookingdb.booking_audit_log do instead nothing",
     "rule_added", "bookingdb.booking_audit_log: rule swallow"),
    # roles and logins
    ("alter role bookingdb_owner login", "role_attribute", "bookingdb_owner: it has LOGIN"),
    ("alter role bookingdb_owner bypassrls", "role_attribute", "it has BYPASSRLS"),
    ("alter role bookingdb_owner createrole", "role_attribute", "it has CREATEROLE"),
    ("alter role bookingdb_app login", "role_attribute", "bookingdb_app: it has LOGIN"),
    ("alter role bookingdb_admin superuser", "role_attribute", "bookingdb_admin: it has SUPERUSER"),
    ("grant bookingdb_admin to bookingdb_app",
     "role_membership", "bookingdb_app: it is a member of bookingdb_admin"),
    ("grant pg_read_all_data to bookingdb_auditor",
     "role_membership", "bookingdb_auditor: it is a member of pg_read_all_data"),
    (f"grant bookingdb_owner to {LOGIN}",
     "login_is_owner", f"{LOGIN}: it can act as bookingdb_owner, by way of bookingdb_owner"),
    (f"grant bookingdb_owner to {STRANGER}; grant {STRANGER} to {LOGIN}",
     "login_is_owner", f"{LOGIN}: it can act as bookingdb_owner, by way of {STRANGER}"),
    (f"alter role {LOGIN} superuser", "login_attribute", f"{LOGIN}: it has SUPERUSER"),
    (f"alter role {LOGIN} bypassrls", "login_attribute", f"{LOGIN}: it has BYPASSRLS"),
    (f"grant pg_read_all_data to {LOGIN}", "login_privileged", "the rights of pg_read_all_data"),
    (f"create table bookingdb.own (); alter table bookingdb.own owner to {LOGIN}",
     "object_owner", f"table bookingdb.own: {LOGIN} owns it"),
    # settings and server
    (f"alter role {LOGIN} set session_replication_role = replica",
     "setting_weakens", f"role {LOGIN}: session_replication_role = replica"),
    ("alter role bookingdb_app set row_security = off", "setting_weakens", "row_security = off"),
    ("alter database DATABASE set search_path = public, pg_catalog",
     "setting_weakens", "search_path = public, pg_catalog"),
    (f"alter role {LOGIN} in database DATABASE set bookingdb.performed_by = 'admin'",
     "setting_weakens", "bookingdb.performed_by = admin"),
    (f"alter role {LOGIN} set role = bookingdb_owner", "setting_weakens", "role = bookingdb_owner"),
    ("alter database DATABASE set password_encryption = 'md5'",
     "setting_weakens", "password_encryption = md5"),
    ("set session_replication_role = replica", "session_without_triggers", "replica"),
    ("set password_encryption = 'md5'", "password_encryption", "md5, by session"),
    ("grant select on pg_authid to bookingdb_owner; set password_encryption = 'md5';"
     f"alter role {LOGIN} password 'x'; reset password_encryption",
     "password_md5", LOGIN),
    ("grant create on schema public to public", "schema_open", "schema public"),
    ("create extension dblink", "extension_calls_out", "extension dblink"),
    ("create language rogue handler plpgsql_call_handler", "language_untrusted", "language rogue"),
    (f"alter database DATABASE owner to {LOGIN}", "login_owns_database", f"{LOGIN} owns it"),
    # endpoints
    (endpoint("alter table bookingdb.webhook_endpoints drop constraint url_valid;"
              " update bookingdb.webhook_endpoints set url = 'https://u:p@example.org/h'"),
     "endpoint_url_credentials", "its URL carries credentials"),
    (endpoint(url="https://example.org/h?api_key=s3cr3t"),
     "endpoint_url_credentials", "its URL carries credentials"),
    (endpoint(url="http://example.org/h"), "endpoint_plain_http", "whoever is on the way"),
    (endpoint(url="http://localhost.example.org/h"), "endpoint_plain_http", "can read"),
    (header("Authorization", "Bearer changeme"),
     "endpoint_weak_header", "its header Authorization is a well-known value"),
    (header("authorization", "Basic " + base64.b64encode(b"admin:admin").decode()),
     "endpoint_weak_header", "is a well-known value"),
    (header("X-Api-Key", "k3yk3y"), "endpoint_weak_header", "is shorter than 8 characters"),
    (header("x-make-apikey", "Secret"), "endpoint_weak_header", "is a well-known value"),
    (secret("whsec_" + base64.b64encode(bytes(range(16))).decode()),
     "endpoint_weak_secret", "has 16 bytes, less than 24"),
    (secret("whsec_" + base64.b64encode(b"a" * 32).decode()),
     "endpoint_weak_secret", "repeats few bytes"),
    (secret("changeme"), "endpoint_weak_secret", "is no whsec_ and base64"),
]  # fmt: skip
INNOCENT = [
    endpoint(url="http://localhost:8000/h"),
    endpoint(url="http://[::1]/h"),
    endpoint(url="https://example.org/monkey?hockey=1"),
    header("X-Environment", "test"),
    header("Authorization", "Bearer 8f4c0a1d9b7e"),
    header("Authorization", "Basic " + base64.b64encode(b"shop:8f4c0a1d9b7e").decode()),
    f"alter role {LOGIN} set search_path = bookingdb, public",
    f"create table public.theirs (); alter table public.theirs owner to {LOGIN}",
    "select bookingdb.create_audit_partitions(20)",
    f"alter role {STRANGER} superuser; alter role {STRANGER} nosuperuser",
]


def plant(conn: psycopg.Connection[Any], fault: str) -> None:
    name = sql.Identifier(conn.info.dbname).as_string(conn)
    conn.execute(fault.replace("DATABASE", name).encode())


def test_fresh_database_has_no_finding(conn: psycopg.Connection[Any]) -> None:
    assert bookingdb.security_audit(conn) == [
        SecurityFinding(
            Severity.INFO, "passwords_not_read", "pg_authid",
            "only a superuser can tell who has an MD5 password:"
            " select rolname from pg_authid where rolpassword like 'md5%'", None,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(("fault", "check_name", "text"), FAULTS)
def test_fault_is_found_and_its_remedy_ends_it(
    conn: psycopg.Connection[Any], fault: str, check_name: str, text: str
) -> None:
    plant(conn, fault)
    found = findings(conn)
    matching = [
        f for f in found if f.check_name == check_name and text in f"{f.object}: {f.detail}"
    ]
    assert len(matching) == 1, found
    if check_name in ("object_missing", "function_overloaded"):  # no statement puts it right
        assert matching[0].remedy is None
        return
    for finding in found:  # all of them: what has an owner of its own has its privileges too
        if finding.remedy:
            conn.execute(finding.remedy.replace(":'new_value'", "'8f4c0a1d9b7e'").encode())
    assert findings(conn) == []


@pytest.mark.parametrize("change", INNOCENT)
def test_what_is_innocent_is_not_found(conn: psycopg.Connection[Any], change: str) -> None:
    plant(conn, change)
    assert findings(conn) == []


def test_no_finding_shows_a_secret(conn: psycopg.Connection[Any]) -> None:
    conn.execute(header("Authorization", "hunter2").encode())
    conn.execute(secret("whsec_" + base64.b64encode(b"abcabc").decode()).encode())
    found = findings(conn)
    assert {f.check_name for f in found} == {"endpoint_weak_header", "endpoint_weak_secret"}
    assert not re.search("hunter2|YWJjYWJj", repr(found))


@pytest.mark.parametrize("role", ["bookingdb_admin", "bookingdb_auditor"])
def test_needs_no_superuser(database: Database, role: str) -> None:
    """The owner is none, and whoever calls it neither: it sees what a superuser's call sees."""
    with database.connect() as conn:
        conn.execute("grant insert on bookingdb.bookings to bookingdb_app")
        conn.execute("grant create on schema public to public")
        expected = bookingdb.security_audit(conn)
    with database.login(role) as conn:
        assert bookingdb.security_audit(conn) == expected
    assert {"privilege_added", "schema_open"} <= {f.check_name for f in expected}


def test_who_deploys_is_told_for_information(conn: psycopg.Connection[Any]) -> None:
    conn.execute(f"grant bookingdb_owner to {STRANGER}".encode())
    assert findings(conn) == []
    told = [f for f in bookingdb.security_audit(conn) if f.check_name == "owner_member"]
    assert [(f.severity, f.object, f.remedy) for f in told] == [(Severity.INFO, STRANGER, None)]


def test_right_to_grant_a_role_is_no_membership(conn: psycopg.Connection[Any]) -> None:
    """PostgreSQL 16 and later give it to whoever makes a role without being superuser."""
    if conn.info.server_version < 160000:
        pytest.skip("needs PostgreSQL 16")
    grant = f"grant bookingdb_owner to {LOGIN} with admin true, inherit false, set false"
    conn.execute(grant.encode())
    assert findings(conn) == []


def test_row_security(conn: psycopg.Connection[Any]) -> None:
    """A table is complained of until rows are filtered, for the owner too, by some policy."""
    conn.execute("set role bookingdb_owner")
    conn.execute("create table bookingdb.tenants_own (business_id uuid)")

    def complaints() -> list[str]:
        return [
            f.check_name
            for f in bookingdb.security_audit(conn)
            if f.object == "bookingdb.tenants_own"
        ]

    assert complaints() == ["row_security_off", "row_security_without_policy"]
    conn.execute("create policy p on bookingdb.tenants_own using (true)")
    conn.execute("alter table bookingdb.tenants_own enable row level security")
    assert complaints() == ["row_security_off"]
    (remedy,) = {
        f.remedy
        for f in bookingdb.security_audit(conn)
        if f.object == "bookingdb.tenants_own" and f.remedy
    }
    conn.execute(remedy.encode())
    assert complaints() == []


def test_list_of_privileges_is_complete(conn: psycopg.Connection[Any]) -> None:
    """What security_audit() compares with is what a fresh database has."""
    shipped = conn.execute("select * from bookingdb.shipped_grants()").fetchall()
    present = conn.execute(
        "select distinct kind, shipped_as, grantee, privilege from bookingdb.present_grants()"
    ).fetchall()
    assert sorted(shipped) == sorted(present)
    assert len(shipped) > 150


def test_privileges_that_it_does_not_know_are_what_it_finds(conn: psycopg.Connection[Any]) -> None:
    """A control: with one line less in the list, the shipped privilege is a complaint."""
    rewrite(conn, "shipped_grants", "reconcile,", "")
    assert {(f.check_name, f.detail) for f in findings(conn)} == {
        ("privilege_added", "bookingdb_admin may execute"),
        ("privilege_added", "bookingdb_auditor may execute"),
    }
