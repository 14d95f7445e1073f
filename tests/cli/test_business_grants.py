"""grant-business, revoke-business, business-grants."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from bookingdb import DEFAULT_BUSINESS_ID
from tests.cli.conftest import OPEN, Cli
from tests.support import Database

ROLE = "web_aster"


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    with database.connect() as conn:
        conn.execute(f"drop role if exists {ROLE}".encode())
        conn.execute(f"create role {ROLE} login in role bookingdb_admin".encode())
        yield ROLE
        conn.execute(f"drop role {ROLE}".encode())


def test_from_grant_to_unbind(open_cli: Cli, database: Database, role: str) -> None:
    other = str(uuid4())
    open_cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", other)
    bound = Cli(database.dsn.replace("user=postgres", f"user={role}"))
    assert len(bound.json("refresh", "--all")["businesses"]) == 2

    assert open_cli.json("grant-business", role, "--business", other)["role_name"] == role
    (listed,) = mine(open_cli)
    assert (listed["business_name"], listed["problem"]) == ("Aster", None)
    assert "Aster" in open_cli.run("business-grants").words
    refreshed = bound.json("refresh", "--all")
    assert [b["name"] for b in refreshed["businesses"]] == ["Aster"]
    assert refreshed["audit_partitions_created"] == 0
    assert bound.error("settings")["code"] == "ZB012"
    assert bound.error("grant-business", role)["code"] == "42501"

    assert open_cli.json("revoke-business", role, "--business", other)["business_id"] == other
    assert bound.json("expire", "--all") == []
    assert open_cli.json("revoke-business", role, "--unbind") == {"revoked": 0}
    assert len(bound.json("expire", "--all")) == 2
    assert mine(open_cli) == []
    assert str(DEFAULT_BUSINESS_ID) in bound.run("settings", "--json").stdout


def test_claims(open_cli: Cli, role: str) -> None:
    open_cli.run("grant-business", role, "--by-claims")
    (listed,) = mine(open_cli)
    assert listed["claims_count"] is True
    assert "by claims" in open_cli.run("business-grants").words


def test_role_that_is_not_there(open_cli: Cli) -> None:
    assert "no role" in open_cli.error("grant-business", "nobody_at_all")["detail"]


def mine(cli: Cli) -> list[dict[str, object]]:
    """Roles belong to the server: other databases may have bound some."""
    return [one for one in cli.json("business-grants") if one["role_name"] == ROLE]
