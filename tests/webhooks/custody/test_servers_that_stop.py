"""The server goes away in the middle, and comes back; dispatchers get over it by themselves."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database
from tests.webhooks.custody.dispatchers import hired, settle
from tests.webhooks.custody.endpoints import Endpoint, subscribed
from tests.webhooks.custody.guards import FLUSH
from tests.webhooks.custody.obstacles import NOTE, in_the_way
from tests.webhooks.custody.verdict import Findings, changes_of, findings
from tests.webhooks.custody.writers import Writers, writing

CRASHES = 3
ROUNDS = 30

log = logging.getLogger(__name__)


def told(number: int) -> Callable[[EmbeddedServer], None]:
    """Tell the server by a signal to stop, and wait until it has."""

    def stop(server: EmbeddedServer) -> None:
        instance = server._instance
        assert instance is not None
        os.kill(int((server.data_dir / "postmaster.pid").read_text().split()[0]), number)
        wait_until(lambda: not instance.running, "the end of the server")

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


def test_nothing_is_sent_that_a_crash_may_undo(
    own_server: EmbeddedServer, own_database: Database, big_shop: psycopg.Connection[Any]
) -> None:
    """Where commits do not wait for the disk a crash loses some, but none that was told."""
    with lazy_commits(own_database), subscribed(big_shop) as endpoints, hired(own_database):
        booking_id = Shop(big_shop).book().booking_id
        settle(big_shop)
        for _ in range(CRASHES):
            assert told_and_crashed(own_server, own_database, endpoints, booking_id) == {}
        with own_database.connect() as conn:
            FLUSH.take_out(conn)
            conn.execute("checkpoint")
        for number in range(ROUNDS):  # the control
            found = told_and_crashed(own_server, own_database, endpoints, booking_id)
            if FLUSH.sees in found:
                log.info("%s: %d in crash %d", FLUSH.name, len(found[FLUSH.sees]), number + 1)
                return
    pytest.fail(f"{FLUSH.name}: never {FLUSH.sees} in {ROUNDS} crashes")


def told_and_crashed(
    server: EmbeddedServer, database: Database, endpoints: list[Endpoint], booking_id: UUID
) -> Findings:
    """What is wrong when the server is killed as soon as a change has arrived."""
    known = len(endpoints[0].receipts)
    with database.connect() as conn:
        conn.execute(NOTE, [f"{known}", booking_id])
    wait_until(lambda: len(endpoints[0].receipts) > known, "the change to arrive")
    server.crash()
    server.start()
    with database.connect() as conn:
        settle(conn)
        return findings(conn, endpoints)


@contextmanager
def lazy_commits(database: Database) -> Iterator[None]:
    """Commits that are on the disk much later."""
    settings = {
        "wal_writer_delay": "'10s'",
        "wal_writer_flush_after": "'1GB'",
        "full_page_writes": "off",  # what is written whole takes what was written before with it
    }
    with database.connect() as conn:
        name = conn.info.dbname
        conn.execute(f"alter database {name} set synchronous_commit = off".encode())
        for setting, value in settings.items():
            conn.execute(f"alter system set {setting} = {value}".encode())
        conn.execute("select pg_reload_conf()")
    try:
        yield
    finally:
        with database.connect() as conn:
            for setting in settings:
                conn.execute(f"alter system reset {setting}".encode())
            conn.execute("select pg_reload_conf()")


def wait_for_more(endpoint: Endpoint) -> None:
    """Until everybody is at work."""
    enough = len(endpoint.receipts) + 20
    wait_until(lambda: len(endpoint.receipts) >= enough, "more to arrive")
