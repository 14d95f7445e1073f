"""The server goes away in the middle, and comes back; dispatchers get over it by themselves."""

import logging
import os
import signal
from collections.abc import Callable
from typing import Any

import psycopg

from bookingdb.embedded import EmbeddedServer
from tests.embedded.support import exists, server_pids
from tests.races.concurrency import wait_until
from tests.support import Database
from tests.webhooks.custody.dispatchers import hired, settle
from tests.webhooks.custody.endpoints import Endpoint, subscribed
from tests.webhooks.custody.obstacles import in_the_way
from tests.webhooks.custody.verdict import changes_of, findings
from tests.webhooks.custody.writers import Writers, writing

log = logging.getLogger(__name__)


def told(number: int) -> Callable[[EmbeddedServer], None]:
    """Tell the server by a signal to stop, and wait until it has."""

    def stop(server: EmbeddedServer) -> None:
        pids = server_pids(server.dsn(), server.data_dir)
        os.kill(int((server.data_dir / "postmaster.pid").read_text().split()[0]), number)
        wait_until(lambda: not any(map(exists, pids)), "the end of the server")

    return stop


STOPS = {
    "fast": told(signal.SIGINT),
    "immediate": told(signal.SIGQUIT),
    "killed": EmbeddedServer.crash,
}


def test_no_event_is_lost(
    own_server: EmbeddedServer, own_database: Database, big_shop: psycopg.Connection[Any]
) -> None:
    """Prepared transactions get over it too; the long one is gone, and so is what it wrote."""
    writers = Writers(own_database)
    with (
        subscribed(big_shop) as endpoints,
        in_the_way(own_server, own_database, big_shop) as obstacles,
        hired(own_database) as dispatchers,
    ):
        with writing(writers, 8):
            for stop in STOPS.values():
                wait_for_more(endpoints[0])
                stop(own_server)
                own_server.start()
            wait_for_more(endpoints[0])
        assert [dispatcher.poll() for dispatcher in dispatchers] == [None, None]
        with own_database.connect() as conn:
            obstacles.end_prepared(conn)
            settle(conn)
            assert findings(conn, endpoints) == {}
            received = [r.webhook_id for endpoint in endpoints for r in endpoint.receipts]
            log.info(
                "%d stops: %s, %d changes, %d requests, %d of them duplicates", len(STOPS),
                dict(writers.counts), len(changes_of(conn)), len(received),
                len(received) - len(set(received)),
            )  # fmt: skip


def wait_for_more(endpoint: Endpoint) -> None:
    """Until everybody is at work."""
    enough = len(endpoint.receipts) + 20
    wait_until(lambda: len(endpoint.receipts) >= enough, "more to arrive")
