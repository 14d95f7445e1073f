"""pg_dump under forced row-level security: what fails, what works, and what it contains."""

import subprocess
from collections.abc import Iterator

import pytest

from bookingdb.embedded import EmbeddedServer
from tests.isolation.world import SECRETS, World
from tests.support import Databases, scalar


@pytest.fixture(scope="module")
def deployer(world: World) -> Iterator[str]:
    """No superuser, but a member of the owner, as whoever deployed to a managed server."""
    name = "passing_deployer"
    world.dba.execute(f"create role {name} login in role bookingdb_owner".encode())
    yield name
    world.dba.execute(f"drop role {name}".encode())


def dump(
    world: World, server: EmbeddedServer, user: str, *options: str
) -> subprocess.CompletedProcess[str]:
    dsn = world.database.dsn.replace("user=postgres", f"user={user}")
    command = [str(server.bindir / "pg_dump"), "-n", "bookingdb", *options, "-d", dsn]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_deployer_has_to_ask_for_it(world: World, server: EmbeddedServer, deployer: str) -> None:
    refused = dump(world, server, deployer)
    assert refused.returncode != 0
    assert "row-level security" in refused.stderr
    all_of_it = dump(world, server, deployer, "--enable-row-security")
    assert all_of_it.returncode == 0, all_of_it.stderr
    assert all(secret in all_of_it.stdout for secret in SECRETS)
    assert all_of_it.stdout.count("\nCREATE POLICY") > 20


def test_bound_login_dumps_its_own(world: World, server: EmbeddedServer) -> None:
    own = dump(world, server, "bound_raw", "--enable-row-security", "--data-only")
    assert own.returncode == 0, own.stderr
    assert "ada@example.org" in own.stdout
    assert not any(secret in own.stdout for secret in SECRETS)


def test_dump_is_restored_whole(
    world: World, server: EmbeddedServer, deployer: str, new_database: Databases
) -> None:
    """By a superuser: data come before the policies, so COPY is not in their way."""
    text = dump(world, server, deployer, "--enable-row-security").stdout
    dsn = new_database()
    psql = [str(server.bindir / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", dsn]
    done = subprocess.run(
        psql, input=f"create extension btree_gist;\n{text}", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    query = "select string_agg(b::text, '|' order by b::text) from bookingdb.bookings b"
    other = type(world.database)(dsn)
    with other.connect() as conn:
        assert scalar(conn, query) == scalar(world.dba, query)
    with other.connect(user="bound_auditor") as conn:
        seen = scalar(conn, "select count(distinct business_id) from bookingdb.bookings")
        assert seen == 1
