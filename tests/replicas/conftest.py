"""A server with a streaming standby, and a shop in a database of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.races.concurrency import wait_until
from tests.replicas.pair import APP, NAME, STANDBY, Pair, can_connect, connect
from tests.shop import open_shop
from tests.support import Database, base_backup, copy_cluster


@pytest.fixture(scope="package")
def servers(
    cluster: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[EmbeddedServer, EmbeddedServer]]:
    """Of their own: what other tests write would keep the standby busy."""
    folder = tmp_path_factory.mktemp("replicas")
    primary_folder = copy_cluster(cluster, folder / "primary")
    with (
        EmbeddedServer(primary_folder, settings=UNSAFE_TEST_SETTINGS) as primary,
        EmbeddedServer(base_backup(primary, folder / "standby"), settings=STANDBY) as standby,
    ):
        yield primary, standby


@pytest.fixture(scope="module")
def pair(servers: tuple[EmbeddedServer, EmbeddedServer]) -> Iterator[Pair]:
    """A database for all tests of a module; each books in slots of its own."""
    server, standby_server = servers
    with connect(server.dsn("template1")) as conn:
        conn.execute(f"create database {NAME} template postgres".encode())
    primary = Database(server.dsn(NAME))
    with primary.connect() as boss:
        open_shop(boss)
        with primary.login(APP) as app:
            wait_until(lambda: can_connect(standby_server.dsn(NAME), f"login_{APP}"), "the standby")
            with (
                connect(standby_server.dsn(NAME)) as standby,
                connect(standby_server.dsn(NAME), user=f"login_{APP}") as replica,
            ):
                yield Pair(app, replica, boss, standby, standby_server)
    with connect(server.dsn("template1")) as conn:
        conn.execute(f"drop database {NAME} with (force)".encode())
