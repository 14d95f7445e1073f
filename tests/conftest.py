"""One PostgreSQL for the whole run, one migrated database for each test.

The server is the embedded one; BOOKINGDB_PG_BINDIR takes the binaries of another version.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pytest_postgresql import factories

import bookingdb
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.shop import Shop, open_shop
from tests.support import Copies, Database, Databases

SERVER = EmbeddedServer(settings={**UNSAFE_TEST_SETTINGS, "max_wal_size": "256MB"})

MEMORY = Path("/dev/shm")
PLENTY = 8 * 2**30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > PLENTY:
    # A database a test: ext4 is slow to make hundreds of files again that it has just deleted.
    tempfile.tempdir = str(MEMORY)


def pytest_configure(config: pytest.Config) -> None:
    is_controller = getattr(config.option, "numprocesses", None) and not hasattr(
        config, "workerinput"
    )
    if config.option.collectonly or is_controller:
        return
    # Started in the background, this process ignores Ctrl-C, and so would those that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    SERVER.start()
    config.option.postgresql_host = SERVER.host
    config.option.postgresql_port = SERVER.port
    config.option.postgresql_user = SERVER.user


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_unconfigure() -> None:
    SERVER.stop()


def deploy(*, dbname: str, **_: Any) -> None:
    migrate(SERVER.dsn(dbname))


def open_for_business(*, dbname: str, **_: Any) -> None:
    with psycopg.connect(SERVER.dsn(dbname), autocommit=True) as conn:
        open_shop(conn)


template = factories.postgresql_noproc(load=[deploy])
template_with_shop = factories.postgresql_noproc(load=[open_for_business], depends_on="template")


@pytest.fixture(scope="session")
def server() -> EmbeddedServer:
    return SERVER


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped cluster with the schema in its database postgres, for `copy_cluster`."""
    folder = tmp_path_factory.mktemp("cluster") / "data"
    with EmbeddedServer(folder, settings=UNSAFE_TEST_SETTINGS) as server:
        migrate(server.dsn())
    return folder


@pytest.fixture(scope="session")
def copies() -> Iterator[Copies]:
    with psycopg.connect(SERVER.dsn(), autocommit=True) as conn:
        yield Copies(conn)


@pytest.fixture
def database(request: pytest.FixtureRequest, copies: Copies) -> Database:
    """A copy of the template, with a shop in it if the test asks for one."""
    template = "template_with_shop" if "shop" in request.fixturenames else "template"
    name = copies.make(request.getfixturevalue(template).template_dbname)
    return Database(SERVER.dsn(name))


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection in autocommit mode."""
    with database.connect() as connection:
        yield connection


@pytest.fixture
def shop(conn: psycopg.Connection[Any]) -> Iterator[Shop]:
    """A shop with slots; when the test is over, the database must be sound."""
    yield Shop(conn)
    assert bookingdb.check_integrity(conn) == []


@pytest.fixture(scope="module")
def scratch(request: pytest.FixtureRequest, copies: Copies) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to a database for all tests of a module, which undo what they do."""
    name = f"scratch_{request.module.__name__.rpartition('.')[2]}"
    template = request.getfixturevalue("template").template_dbname
    names = sql.Identifier(name), sql.Identifier(template)
    copies.conn.execute(sql.SQL("create database {} template {}").format(*names))
    with psycopg.connect(SERVER.dsn(name), autocommit=True) as connection:
        yield connection
    copies.conn.execute(sql.SQL("drop database {} with (force)").format(names[0]))


@pytest.fixture
def new_database() -> Iterator[Databases]:
    """Call it for the DSN of an empty database; its dump() gives the schema of one."""
    databases = Databases(SERVER, [])
    yield databases
    databases.drop_all()
