"""No table, partition or view of the schema is without its policy."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

import bookingdb
from tests.isolation.world import OURS, SECRETS, THEIRS, World

WITHOUT = """
select c.relname from pg_class c
 where c.relnamespace = 'bookingdb'::regnamespace and c.relkind in ('r', 'p')
   and not (c.relrowsecurity and c.relforcerowsecurity
            and exists (select from pg_policy p where p.polrelid = c.oid))
"""
NOT_BY_LOGIN = """
select p.polrelid::regclass::text, p.polname from pg_policy p
  join pg_class c on c.oid = p.polrelid
 where c.relnamespace = 'bookingdb'::regnamespace
   and p.polroles = '{0}'
   and concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
       !~ '(is_unbound|SESSION_USER)'
"""
OTHER_KINDS = """
select c.relname, c.relkind from pg_class c
 where c.relnamespace = 'bookingdb'::regnamespace and c.relkind not in ('r', 'p', 'i', 'I', 'c')
"""


def test_each_has_forced_row_security(conn: psycopg.Connection[Any]) -> None:
    assert conn.execute(WITHOUT).fetchall() == []
    assert conn.execute(NOT_BY_LOGIN).fetchall() == []
    assert conn.execute(OTHER_KINDS).fetchall() == [("booking_audit_log_partitions", "v")]
    assert bookingdb.check_integrity(conn) == []


@pytest.mark.parametrize(
    ("breach", "check"),
    [
        ("create table bookingdb.fresh (business_id uuid)", "row_security_off"),
        ("alter table bookingdb.bookings no force row level security", "row_security_off"),
        ("alter table bookingdb.booking_audit_log_default disable row level security",
         "row_security_off"),
        ("drop policy own_business on bookingdb.webhook_secrets", "policy_missing"),
        ("create policy mine on bookingdb.bookings using (true)", "policy_unknown"),
    ],
)  # fmt: skip
def test_check_integrity_sees_it(conn: psycopg.Connection[Any], breach: str, check: str) -> None:
    conn.execute(breach.encode())
    assert check in {f.check_name for f in bookingdb.check_integrity(conn)}


def test_new_partitions_are_secured(conn: psycopg.Connection[Any]) -> None:
    assert bookingdb.create_audit_partitions(conn, months_ahead=40) > 20
    assert conn.execute(WITHOUT).fetchall() == []


def test_rows_of_each_table(world: World) -> None:
    """All that a login with every privilege sees is of its business; the other has some of each."""
    with world.database.connect() as dba, world.login("raw") as conn:
        for table in world.tables:
            query = sql.SQL("select distinct business_id from bookingdb.{}").format(
                sql.Identifier(table)
            )
            ours = {b for (b,) in conn.execute(query)}
            assert ours <= {OURS}, table
            if not table.startswith("booking_audit_log_"):
                assert THEIRS in {b for (b,) in dba.execute(query)} or table == "business_grants"


@pytest.mark.parametrize("table", ["bookings", "businesses", "time_slots", "booking_audit_log"])
def test_without_its_policy_the_other_is_seen(world: World, table: str) -> None:
    """The control: the policy is what hides it."""
    with world.database.connect(autocommit=False) as dba:
        dba.execute(f"alter table bookingdb.{table} disable row level security".encode())
        dba.execute("set local session authorization bound_auditor")
        query = f"select business_id from bookingdb.{table}"
        assert THEIRS in {b for (b,) in dba.execute(query.encode())}
        dba.rollback()


def test_explain_tells_how_many_but_not_what(world: World) -> None:
    """The limit that docs/isolation.md names: plans count rows of others that were passed over."""
    with world.login("auditor") as conn:
        outcome = world.run(
            conn, ["explain (analyze, verbose, costs off) select * from bookingdb.bookings"]
        )
    assert "Rows Removed by Filter: 2" in str(outcome.rows)
    assert not any(secret in str(outcome.rows) for secret in SECRETS)


def test_login_of_functions_alone_has_no_plans(world: World) -> None:
    """What docs/isolation.md says to give to strangers who run SQL."""
    name = "passing_stranger"
    with world.database.connect() as dba:
        dba.execute(f"create role {name} login".encode())
        try:
            dba.execute(f"grant usage on schema bookingdb to {name}".encode())
            dba.execute(
                "grant execute on function bookingdb.available_slots,"
                f" bookingdb.default_business_id to {name}".encode()
            )
            bookingdb.grant_business(dba, name)
            with world.database.connect(user=name) as conn:
                days = "(current_date + 5, current_date + 5)"
                call = f"select * from bookingdb.available_slots{days}"
                assert conn.execute(call.encode()).rowcount > 0
                plan = str(conn.execute(f"explain (analyze) {call}".encode()).fetchall())
                assert "Function Scan" in plan
                assert "Filter" not in plan
                for table in world.tables:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        conn.execute(f"explain select from bookingdb.{table}".encode())
        finally:
            dba.execute(
                f"delete from bookingdb.business_grants where role_name = '{name}'".encode()
            )
            dba.execute(f"drop owned by {name}".encode())
            dba.execute(f"drop role {name}".encode())
