"""Lints of the schema itself, read from the catalog."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.support import require

ROOT = Path(__file__).parent.parent
DEBIAN_15 = Path("/usr/lib/postgresql/15")

NO_FIXED_SEARCH_PATH = """
select p.oid::regprocedure::text from pg_proc p join pg_language l on l.oid = p.prolang
 where p.pronamespace = 'bookingdb'::regnamespace
   and (p.prosecdef or l.lanname = 'plpgsql' and p.prokind = 'f' and (
     p.prorettype = 'trigger'::regtype
     or exists (select from aclexplode(p.proacl) a where a.grantee <> p.proowner)))
   and not coalesce(p.proconfig, '{}') @> '{"search_path=pg_catalog, pg_temp"}'
"""
PROCEDURE_THAT_CANNOT_COMMIT = """
select p.oid::regprocedure::text from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace and p.prokind = 'p'
   and (p.prosecdef or p.proconfig is not null)
"""
SQL_TEXT_BODY = """
select p.oid::regprocedure::text from pg_proc p join pg_language l on l.oid = p.prolang
 where p.pronamespace = 'bookingdb'::regnamespace and l.lanname = 'sql' and p.prosqlbody is null
"""
TRIGGER_WITHOUT_DEFINER = """
select p.proname from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace and p.prorettype = 'trigger'::regtype
   and not (p.prosecdef and p.proname like 'tg\\_%\\_\\_%')
   and p.proname <> 'tg_time_slots__refuse_counters'  -- it asks who writes
"""
PUBLIC_MAY = """
select p.oid::regprocedure::text from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace
   and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                where a.grantee = 0)
   and p.proname not in ('is_unbound', 'granted_businesses', 'is_granted')  -- policies ask them
"""
FOREIGN_KEY_WITHOUT_INDEX = """
select c.conrelid::regclass::text, c.conname from pg_constraint c
 where c.connamespace = 'bookingdb'::regnamespace and c.contype = 'f' and c.conparentid = 0
   and not exists (
     select from pg_index i
      where i.indrelid = c.conrelid
        and i.indpred is null
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
"""
# These are the database's own: they say how far the log of all businesses is relayed, sealed
# and exported, what maintain() did and check_integrity() found.
KEY_WITHOUT_BUSINESS = """
select c.conrelid::regclass::text, c.conname from pg_constraint c
 where c.connamespace = 'bookingdb'::regnamespace and c.contype in ('p', 'u', 'x', 'f')
   and c.conrelid not in ('bookingdb.relay_cursor'::regclass,
                          'bookingdb.audit_seal_cursor'::regclass,
                          'bookingdb.audit_exports'::regclass,
                          'bookingdb.maintenance_runs'::regclass,
                          'bookingdb.integrity_runs'::regclass)
   and not exists (
     select from pg_attribute a
      where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'business_id')
"""
UNIQUE_WITHOUT_BUSINESS = """
select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
 where c.relnamespace = 'bookingdb'::regnamespace and i.indisunique
   and c.oid not in ('bookingdb.relay_cursor'::regclass, 'bookingdb.audit_seal_cursor'::regclass,
                     'bookingdb.audit_exports'::regclass, 'bookingdb.maintenance_runs'::regclass,
                     'bookingdb.integrity_runs'::regclass)
   and not exists (
     select from pg_attribute a
      where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and a.attname = 'business_id')
"""
WITHOUT_COMMENT = """
select 'function ' || p.oid::regprocedure from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace and obj_description(p.oid, 'pg_proc') is null
union all
select 'relation ' || c.relname from pg_class c
 where c.relnamespace = 'bookingdb'::regnamespace and c.relkind in ('r', 'p', 'v')
   and obj_description(c.oid, 'pg_class') is null
union all
select 'type ' || t.typname from pg_type t
  left join pg_class c on c.oid = t.typrelid
 where t.typnamespace = 'bookingdb'::regnamespace
   and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
   and obj_description(t.oid, 'pg_type') is null
"""
BUSINESS_ID_NOT_LAST = """
select p.oid::regprocedure::text from pg_proc p
 cross join lateral (select count(*) from unnest(p.proargmodes) m where m = 'b') b (inouts)
 where p.pronamespace = 'bookingdb'::regnamespace
   and has_function_privilege('bookingdb_admin', p.oid, 'execute')
   and 'p_business_id' = any (p.proargnames)
   and (p.proargnames[p.pronargs - inouts] <> 'p_business_id'
        or pg_get_function_arg_default(p.oid, (p.pronargs - inouts)::int)
           <> 'bookingdb.default_business_id()')
"""
OF_THE_PROCEDURE = (  # what plpgsql_check finds in it, and why it stays
    "returned row from not a CallStmt",  # is said of every DO in a function
    "cannot commit while a subtransaction is active",  # it tries, to hear another answer
    'composite OUT variable "booking" is not single argument',  # CALL gives one value: the row
)
PARAMETER_WITHOUT_PREFIX = """
select p.oid::regprocedure::text, a.name from pg_proc p
 cross join lateral unnest(p.proargnames[:p.pronargs], p.proargmodes[:p.pronargs]) as a (name, mode)
 where p.pronamespace = 'bookingdb'::regnamespace and a.name not like 'p\\_%'
   and a.mode is distinct from 'b'
"""


@pytest.mark.parametrize(
    "lint",
    [
        NO_FIXED_SEARCH_PATH, PROCEDURE_THAT_CANNOT_COMMIT, SQL_TEXT_BODY, TRIGGER_WITHOUT_DEFINER,
        PUBLIC_MAY, FOREIGN_KEY_WITHOUT_INDEX, KEY_WITHOUT_BUSINESS, UNIQUE_WITHOUT_BUSINESS,
        WITHOUT_COMMENT, BUSINESS_ID_NOT_LAST, PARAMETER_WITHOUT_PREFIX,
    ],
)  # fmt: skip
def test_catalog_lint(conn: psycopg.Connection[Any], lint: str) -> None:
    assert conn.execute(lint.encode()).fetchall() == []


@pytest.mark.parametrize(
    ("lint", "breach"),
    [
        (NO_FIXED_SEARCH_PATH, "alter function bookingdb.get_booking reset search_path"),
        (PUBLIC_MAY, "grant execute on function bookingdb.fail to public"),
        (PUBLIC_MAY, "grant execute on procedure bookingdb.book_hot_slot to public"),
        (PROCEDURE_THAT_CANNOT_COMMIT, "alter procedure bookingdb.book_hot_slot set jit = off"),
        (FOREIGN_KEY_WITHOUT_INDEX, "drop index bookingdb.bookings_by_slot"),
        (WITHOUT_COMMENT, "comment on table bookingdb.bookings is null"),
        (TRIGGER_WITHOUT_DEFINER, "alter function bookingdb.tg_bookings__audit security invoker"),
        (UNIQUE_WITHOUT_BUSINESS, "create unique index on bookingdb.bookings (customer_email)"),
    ],
)
def test_catalog_lint_can_fail(conn: psycopg.Connection[Any], lint: str, breach: str) -> None:
    conn.execute(breach.encode())
    assert len(conn.execute(lint.encode()).fetchall()) == 1


def test_comments_fit_into_docstrings() -> None:
    for path in (ROOT / "sql").rglob("*.sql"):
        comments = [x for x in path.read_text(encoding="utf-8").splitlines() if x.startswith("--")]
        assert all(len(x) <= 96 for x in comments), path


def test_list_of_guards_is_complete(conn: psycopg.Connection[Any]) -> None:
    """What check_integrity() expects is what a fresh database has."""
    shipped = conn.execute("select * from bookingdb.shipped_guards()").fetchall()
    present = conn.execute("select * from bookingdb.present_guards()").fetchall()
    assert sorted(shipped) == sorted(present)
    assert len(shipped) > 50


def test_scripts_are_small() -> None:
    """One function a file, 60 lines at most."""
    for path in (ROOT / "sql/functions").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(r"^create (?:function|procedure)", text, re.MULTILINE)) == 1, path
        body = text[re.search(r"^(?:as \$\$|begin atomic)$", text, re.MULTILINE).end() :]  # type: ignore[union-attr]
        assert body.partition("\nend")[0].count("\n") <= 60, path


def test_errors_catalog_classes_and_registry_agree(conn: psycopg.Connection[Any]) -> None:
    """Each code is one row of the SQL catalog, one class and one row of docs/errors.md."""
    catalog = {e.code: e for e in bookingdb.error_catalog(conn)}
    classes = {
        c.sqlstate: c
        for name in bookingdb.errors.__all__
        if isinstance(c := getattr(bookingdb, name), type)
        and issubclass(c, bookingdb.BookingError)
        and c.sqlstate
    }
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(ZB\d{3})` \| ([^|]+) \| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert catalog.keys() == classes.keys() == {code for code, *_ in rows}
    for code, message, class_name, hint in rows:
        assert catalog[code].message == message.strip()
        assert catalog[code].hint == hint.strip()
        assert classes[code].__name__ == class_name


def test_every_code_is_raised_by_psycopg_as_its_class(conn: psycopg.Connection[Any]) -> None:
    for entry in bookingdb.error_catalog(conn):
        with pytest.raises(bookingdb.BookingError) as caught:
            conn.execute("select bookingdb.fail(%s, 'figures', 'subject')", [entry.code])
        assert caught.value.sqlstate == entry.code
        assert caught.value.message == f"{entry.message}: subject"
        assert (caught.value.detail, caught.value.hint) == ("figures", entry.hint)
        assert not bookingdb.is_retryable(caught.value)


def test_codes_in_comments_exist(conn: psycopg.Connection[Any]) -> None:
    known = {e.code for e in bookingdb.error_catalog(conn)}
    for path in (ROOT / "sql").rglob("*.sql"):
        assert set(re.findall(r"ZB\d{3}", path.read_text(encoding="utf-8"))) <= known, path


def test_plpgsql_check_has_no_finding() -> None:
    """On PostgreSQL 15 of Debian, which has the extension; functions, triggers and all warnings."""
    extension = DEBIAN_15 / "lib/plpgsql_check.so"
    require(extension.exists(), "postgresql-15-plpgsql-check")
    with EmbeddedServer(settings=UNSAFE_TEST_SETTINGS, bindir=DEBIAN_15 / "bin") as server:
        migrate(server.dsn())
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("create extension plpgsql_check")
            check = """
              select p.proname, c.message
                from pg_proc p
                join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
                left join pg_trigger t on t.tgfoid = p.oid and t.tgparentid = 0
               cross join lateral plpgsql_check_function_tb(
                 p.oid, coalesce(t.tgrelid, 0), fatal_errors => false, all_warnings => true) c
               where p.pronamespace = 'bookingdb'::regnamespace
            """
            intended = [("book_hot_slot", message) for message in OF_THE_PROCEDURE]
            assert conn.execute(check).fetchall() == intended
            conn.execute(
                "create function bookingdb.broken() returns int language plpgsql"
                " as 'begin return (select nothing from bookingdb.bookings); end'"
            )
            assert len(conn.execute(check).fetchall()) > len(intended)
