"""A private PostgreSQL server for tests, demonstrations and development on one machine.

The server is started by this process, listens on a Unix socket only, and ends when this process
ends, however that happens. It is not meant for production: nothing restarts it, backs it up or
watches over it.

    with EmbeddedServer() as server:
        connection = psycopg.connect(server.dsn())
"""

from __future__ import annotations

from bookingdb.embedded.errors import EmbeddedServerError
from bookingdb.embedded.server import UNSAFE_TEST_SETTINGS, EmbeddedServer

__all__ = ["UNSAFE_TEST_SETTINGS", "EmbeddedServer", "EmbeddedServerError"]
