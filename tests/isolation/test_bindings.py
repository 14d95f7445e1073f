"""Who is bound, from when on, and until when: grants, groups, marks, claims."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import InvalidArgument
from tests.isolation.world import OURS, THEIRS, UNKNOWN, World
from tests.support import scalar

SEEN = "select array_agg(distinct business_id) from bookingdb.bookings"
CLAIMS = "select set_config('request.jwt.claims', %s, false)"


@contextmanager
def new_login(world: World, attributes: str = "") -> Iterator[str]:
    name = "passing_login"
    with world.database.connect() as conn:
        conn.execute(f"create role {name} login {attributes} in role bookingdb_auditor".encode())
        try:
            yield name
        finally:
            conn.execute(
                f"delete from bookingdb.business_grants where role_name = '{name}'".encode()
            )
            conn.execute(f"drop role {name}".encode())


def seen(conn: psycopg.Connection[Any]) -> set[Any]:
    return set(scalar(conn, SEEN) or [])


def test_binding_holds_in_sessions_that_are_open(world: World) -> None:
    with (
        new_login(world) as name,
        world.database.connect() as dba,
        world.database.connect(user=name) as conn,
    ):
        assert seen(conn) == {OURS, THEIRS}
        bookingdb.grant_business(dba, name)
        assert seen(conn) == {OURS}
        bookingdb.grant_business(dba, name, business_id=THEIRS)
        assert seen(conn) == {OURS, THEIRS}
        bookingdb.revoke_business(dba, name)
        assert seen(conn) == {THEIRS}
        bookingdb.revoke_business(dba, name, business_id=THEIRS)
        assert seen(conn) == set()
        assert bookingdb.unbind_role(dba, name) == 0
        assert seen(conn) == {OURS, THEIRS}


def test_binding_is_undone_by_a_rollback(world: World) -> None:
    with new_login(world) as name, world.database.connect(autocommit=False) as dba:
        bookingdb.grant_business(dba, name)
        dba.rollback()
        with world.database.connect(user=name) as conn:
            assert seen(conn) == {OURS, THEIRS}


@pytest.mark.parametrize("inherit", ["inherit", "noinherit"])
def test_members_of_a_bound_group_are_bound(world: World, inherit: str) -> None:
    with new_login(world, inherit) as name, world.database.connect() as dba:
        dba.execute("create role passing_group in role bookingdb_auditor")
        try:
            dba.execute(f"grant passing_group to {name}".encode())
            bookingdb.grant_business(dba, "passing_group", business_id=THEIRS)
            with world.database.connect(user=name) as conn:
                conn.execute("set role bookingdb_auditor")
                assert seen(conn) == {THEIRS}
                conn.execute("set role passing_group")
                assert seen(conn) == {THEIRS}
            with pytest.raises(InvalidArgument):
                bookingdb.unbind_role(dba, name)
            assert bookingdb.unbind_role(dba, "passing_group") == 1
        finally:
            dba.execute("delete from bookingdb.business_grants where role_name = 'passing_group'")
            dba.execute("drop role passing_group")


@pytest.mark.parametrize(
    ("role", "problem"),
    [
        ("postgres", "is a superuser"),
        ("no_such_role", "there is no role"),
        ("bookingdb_owner", "all logins"),
        ("bookingdb_app", "all logins"),
        ("bookingdb_tenant", "all logins"),
        ('a"; drop schema bookingdb; --', "there is no role"),
    ],
)
def test_role_that_cannot_be_bound(world: World, role: str, problem: str) -> None:
    with world.database.connect() as dba:
        for bind in (bookingdb.grant_business, bookingdb.grant_business_claims):
            with pytest.raises(InvalidArgument) as caught:
                bind(dba, role)
            assert problem in str(caught.value.diag.message_detail)
        with pytest.raises(InvalidArgument):
            bookingdb.unbind_role(dba, role)


@pytest.mark.parametrize(
    "attributes", ["bypassrls", "createrole", "replication", "in role pg_read_server_files",
                   "in role pg_monitor", "in role bookingdb_owner"]
)  # fmt: skip
def test_login_that_no_policy_holds(world: World, attributes: str) -> None:
    """Not bound when it is like that; complained of when it becomes so later."""
    with new_login(world) as name, world.database.connect() as dba:
        bookingdb.grant_business(dba, name)
        bookingdb.unbind_role(dba, name)
        if attributes.startswith("in role"):
            dba.execute(f"grant {attributes.removeprefix('in role')} to {name}".encode())
        else:
            dba.execute(f"alter role {name} {attributes}".encode())
        with pytest.raises(InvalidArgument):
            bookingdb.grant_business(dba, name)
        if attributes != "in role bookingdb_owner":
            dba.execute(f"grant bookingdb_tenant to {name}".encode())
            found = [f for f in bookingdb.check_integrity(dba) if f.object == name]
            assert [f.check_name for f in found] == ["binding"]
            dba.execute(f"revoke bookingdb_tenant from {name}".encode())


def test_grant_needs_a_business(world: World) -> None:
    with world.database.connect() as dba, pytest.raises(InvalidArgument):
        bookingdb.grant_business(dba, "bound_app", business_id=UNKNOWN)


def test_grants_are_audited_and_listed(world: World) -> None:
    with new_login(world) as name, world.database.connect() as dba:
        grant = bookingdb.grant_business(dba, name, business_id=THEIRS)
        assert (grant.role_name, grant.business_id) == (name, THEIRS)
        assert bookingdb.grant_business(dba, name, business_id=THEIRS) == grant
        listed = {(r.role_name, r.business_id): r for r in bookingdb.list_business_grants(dba)}
        assert listed[name, THEIRS].problem is None
        assert listed["bound_web", None].claims_count
        query = (
            "select count(*) from bookingdb.settings_audit_log"
            " where table_name = 'business_grants' and new_values ->> 'role_name' = %s"
        )
        count = scalar(dba, query, [name])
        bookingdb.grant_business(dba, name, business_id=THEIRS)
        assert scalar(dba, query, [name]) == count > 0
    with world.login("auditor") as conn:
        assert {r.role_name for r in bookingdb.list_business_grants(conn)} == {"bound_auditor"}


def test_bound_login_is_told_of_itself(world: World) -> None:
    with world.login("app") as conn:
        assert bookingdb.is_unbound(conn) is False
        assert scalar(conn, "select bookingdb.granted_businesses()") == [OURS]
    with world.login("app", bound=False) as conn:
        assert bookingdb.is_unbound(conn) is True


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (None, set()),
        ({}, set()),
        ({"business_id": None}, set()),
        ({"business_id": 7}, set()),
        ({"business_id": {}}, set()),
        ({"business_id": ""}, set()),
        ({"business_id": "%"}, set()),
        ({"business_id": "' or true --"}, set()),
        ({"business_id": f"{THEIRS} "}, set()),
        ({"role": "bookingdb_owner"}, set()),
        ({"sub": str(THEIRS)}, set()),
        ([], set()),
        ("x", set()),
        ({"business_id": str(UNKNOWN)}, set()),
        ({"business_id": str(THEIRS)}, {THEIRS}),
        ({"business_id": str(THEIRS).upper()}, {THEIRS}),
        ({"business_id": [str(OURS), str(THEIRS), "x", None]}, {OURS, THEIRS}),
    ],
)
def test_claims_of_the_login_that_is_believed(
    world: World, claims: object, expected: set[Any]
) -> None:
    with world.login("web") as conn:
        if claims is not None:
            conn.execute(CLAIMS, [json.dumps(claims)])
        assert seen(conn) == expected
        conn.execute("reset request.jwt.claims")
        assert seen(conn) == set()


def test_claims_that_are_no_json_are_an_error(world: World) -> None:
    with world.login("web") as conn:
        conn.execute(CLAIMS, ["{"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            seen(conn)


def test_claims_end_with_the_transaction(world: World) -> None:
    with world.login("web") as conn:
        with conn.transaction():
            conn.execute(CLAIMS.replace("false", "true"), [f'{{"business_id": "{THEIRS}"}}'])
            assert seen(conn) == {THEIRS}
        assert seen(conn) == set()


def test_claims_do_not_widen_grants(world: World) -> None:
    with world.database.connect() as dba:
        bookingdb.grant_business(dba, "bound_web", business_id=OURS)
        try:
            with world.login("web") as conn:
                assert seen(conn) == set()
                both = {"business_id": [str(OURS), str(THEIRS)]}
                conn.execute(CLAIMS, [json.dumps(both)])
                assert seen(conn) == {OURS}
                conn.execute(CLAIMS, [json.dumps({"business_id": str(THEIRS)})])
                assert seen(conn) == set()
        finally:
            bookingdb.revoke_business(dba, "bound_web", business_id=OURS)


def test_claims_count_inside_functions(world: World) -> None:
    """As PostgREST calls them: a login that changes role, and claims for a transaction."""
    with world.login("web") as conn, conn.transaction():
        conn.execute("set local role bookingdb_admin")
        conn.execute(CLAIMS.replace("false", "true"), [f'{{"business_id": "{THEIRS}"}}'])
        assert bookingdb.get_booking(conn, world.booking, business_id=THEIRS).bouquets == 2
        with pytest.raises(InvalidArgument):
            bookingdb.get_business(conn, business_id=OURS)
