"""Nobody is superuser on a managed server: CREATEROLE and a database of one's own are enough."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import MissingPrivilege, migrate, rollback
from tests.shop import open_shop
from tests.support import scalar


@pytest.fixture(scope="module")
def managed() -> Iterator[EmbeddedServer]:
    """A server on which the roles of bookingdb do not exist yet."""
    with EmbeddedServer(settings=UNSAFE_TEST_SETTINGS) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("create role dba login createrole createdb")
            conn.execute("create role junior login createdb")
        yield server


def own_database(server: EmbeddedServer, role: str, name: str) -> str:
    dsn = server.dsn(name).replace("user=postgres", f"user={role}")
    with psycopg.connect(server.dsn().replace("user=postgres", f"user={role}")) as conn:
        conn.autocommit = True
        conn.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))
    return dsn


@pytest.mark.long
def test_without_superuser(managed: EmbeddedServer) -> None:
    dsn = own_database(managed, "dba", "shop")
    deployed = migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as conn:
        assert scalar(conn, "select rolsuper from pg_roles where rolname = current_user") is False
        shop = open_shop(conn)
        booking = shop.book()
        assert len(bookingdb.booking_history(conn, booking.booking_id)) == 1
        assert bookingdb.check_integrity(conn) == []
    assert len(rollback(dsn)) == len(deployed)
    assert len(migrate(dsn)) == len(deployed)

    second = own_database(managed, "junior", "second")
    with pytest.raises(MissingPrivilege):
        migrate(second)
    with psycopg.connect(managed.dsn(), autocommit=True) as conn:
        conn.execute("grant bookingdb_owner to junior")
    assert len(migrate(second)) == len(deployed)


def test_sqitch_on_what_yoyo_deployed(
    project: Any, new_database: Any, api: Any, sqitch: Any
) -> None:
    dsn = new_database()
    assert api.deploy(project, dsn)[0]
    before = new_database.dump(dsn)
    ok, text = sqitch.deploy(project, dsn)
    assert not ok
    assert "The schema bookingdb exists already" in text
    assert "bookingdb migrate" in text
    assert new_database.dump(dsn) == before
