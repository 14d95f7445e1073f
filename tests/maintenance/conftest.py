"""A server that may be killed and restarted; Debian's with pg_cron, where that is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.support import Database

DEBIAN_15 = Path("/usr/lib/postgresql/15")
HAS_CRON = (DEBIAN_15 / "lib/pg_cron.so").exists()
WITH_CRON = {"shared_preload_libraries": "pg_cron", "cron.use_background_workers": "on"}


@pytest.fixture(scope="session")
def own_server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(
        settings={**UNSAFE_TEST_SETTINGS, **(WITH_CRON if HAS_CRON else {})},
        bindir=DEBIAN_15 / "bin" if HAS_CRON else None,
    ) as server:
        migrate(server.dsn())
        yield server


@pytest.fixture
def own_database(own_server: EmbeddedServer) -> Database:
    return Database(own_server.dsn())
