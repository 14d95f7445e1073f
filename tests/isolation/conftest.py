"""One database for a module: what bound logins try changes nothing in it that others rely on."""

from collections.abc import Iterator

import psycopg
import pytest

from bookingdb.embedded import EmbeddedServer
from tests.isolation.world import World, furnish, make_logins
from tests.support import Database

NAME = "isolation"


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, server: EmbeddedServer) -> Iterator[World]:
    template = request.getfixturevalue("template_with_shop").template_dbname
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute(f"drop database if exists {NAME} with (force)".encode())
        conn.execute(f"create database {NAME} template {template} strategy file_copy".encode())
        database = Database(server.dsn(NAME))
        made = furnish(database)
        make_logins(database)
        yield made
        made.dba.close()
        conn.execute(f"drop database {NAME} with (force)".encode())
