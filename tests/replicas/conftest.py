"""A streaming standby of the tests' own server, and a shop in a database of both."""

from collections.abc import Iterator

import pytest
from psycopg import sql

from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import wait_until
from tests.replicas.pair import APP, NAME, STANDBY, Pair, can_connect, connect, copy_of
from tests.support import Copies, Database


@pytest.fixture(scope="package")
def standby_server(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedServer]:
    folder = copy_of(server, tmp_path_factory.mktemp("replicas") / "standby")
    with EmbeddedServer(folder, settings=STANDBY) as standby:
        yield standby


@pytest.fixture(scope="module")
def pair(
    request: pytest.FixtureRequest,
    server: EmbeddedServer,
    copies: Copies,
    standby_server: EmbeddedServer,
) -> Iterator[Pair]:
    """A database for all tests of a module; each books in slots of its own."""
    template = request.getfixturevalue("template_with_shop").template_dbname
    names = sql.Identifier(NAME), sql.Identifier(template)
    copies.conn.execute(sql.SQL("create database {} template {}").format(*names))
    primary = Database(server.dsn(NAME))
    with primary.login(APP) as app, primary.connect() as boss:
        wait_until(lambda: can_connect(standby_server.dsn(NAME), f"login_{APP}"), "the standby")
        with (
            connect(standby_server.dsn(NAME)) as standby,
            connect(standby_server.dsn(NAME), user=f"login_{APP}") as replica,
        ):
            yield Pair(app, replica, boss, standby, standby_server)
    copies.conn.execute(sql.SQL("drop database {} with (force)").format(names[0]))
