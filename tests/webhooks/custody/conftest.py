"""A server on which transactions can be prepared, and which may be restarted."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.support import Database, copy_cluster
from tests.webhooks.custody.writers import open_big_shop

SETTINGS = {**UNSAFE_TEST_SETTINGS, "max_prepared_transactions": "10"}


@pytest.fixture(scope="session")
def own_server(cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    data_dir = copy_cluster(cluster, tmp_path_factory.mktemp("custody") / "data")
    with EmbeddedServer(data_dir, settings=SETTINGS) as server:
        yield server


@pytest.fixture
def own_database(own_server: EmbeddedServer) -> Iterator[Database]:
    """A migrated database on that server."""
    dbname = f"custody_{uuid.uuid4().hex[:12]}"
    name = sql.Identifier(dbname)
    with psycopg.connect(own_server.dsn("template1"), autocommit=True) as conn:
        conn.execute(sql.SQL("create database {} template postgres").format(name))
    database = Database(own_server.dsn(dbname))
    yield database
    with database.connect() as conn:
        for (gid,) in conn.execute("select gid from pg_prepared_xacts").fetchall():
            conn.execute(sql.SQL("rollback prepared {}").format(sql.Literal(gid)))
    with psycopg.connect(own_server.dsn(), autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def big_shop(own_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection to it, with a shop that never fills up."""
    with own_database.connect() as conn:
        open_big_shop(conn)
        yield conn


@pytest.fixture
def big_shop_elsewhere(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The same on the server of all tests, which nothing can be prepared on."""
    with database.connect() as conn:
        open_big_shop(conn)
        yield conn
