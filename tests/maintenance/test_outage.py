"""`bookingdb worker`, as the process that an operator starts, and a server that dies under it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import wait_until
from tests.shop import Shop, open_shop
from tests.support import Database, scalar
from tests.webhooks.dispatching import all_delivered, subscribe
from tests.webhooks.receiver import Receiver

WORKER = [sys.executable, "-m", "bookingdb.cli", "worker", "--json", "--allow-private-network"]


@contextmanager
def working(database: Database, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The process, as a login that is a dispatcher and nothing else; it is gone after the block."""
    with database.login("bookingdb_dispatcher") as conn:
        dsn = f"{database.dsn}&user={conn.info.user}"
    command = [*WORKER, "--dsn", dsn, *options]
    with subprocess.Popen(command, text=True, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def go_on_by(database: Database, days: int) -> None:
    """Let the database's clock, which goes on, be so many days ahead."""
    with database.connect() as conn:
        conn.execute(
            "create or replace function bookingdb.clock_now() returns timestamptz language sql"
            f" stable begin atomic select clock_timestamp() + interval '{days} days'; end".encode()
        )


def last_slot(database: Database) -> object:
    with database.connect() as conn:
        return scalar(conn, "select max(date) from bookingdb.time_slots")


@pytest.mark.long
def test_it_does_all_there_is_to_do_and_survives_the_server(
    own_server: EmbeddedServer, own_database: Database
) -> None:
    with Receiver() as receiver, working(own_database) as process:
        with own_database.connect() as conn:
            hold = open_shop(conn).book(hold_for=bookingdb.get_business(conn).hold_time_to_live)
            subscribe(conn, receiver)
            Shop(conn).book()
        receiver.wait_for(1)
        last = last_slot(own_database)
        go_on_by(own_database, 1)
        assert receiver.wait_for(2)[1].json()["type"] == "booking.expired"
        wait_until(lambda: last_slot(own_database) != last, "slots of another day")
        own_server.crash()
        own_server.start()
        last = last_slot(own_database)
        go_on_by(own_database, 2)
        wait_until(lambda: last_slot(own_database) != last, "slots of another day")
        with own_database.connect() as conn:
            bookingdb.cancel_booking(conn, Shop(conn).book().booking_id)
        all_delivered(own_database)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    log = [json.loads(line) for line in stderr.splitlines()]
    assert {"event": "maintained", "task": "expired_holds", "done": 1}.items() <= max(
        log, key=lambda line: line.get("task") == "expired_holds"
    ).items()
    assert {line["event"] for line in log} >= {"database unavailable", "not maintained", "stopped"}
    with own_database.connect() as conn:
        assert bookingdb.get_booking(conn, hold.booking_id).status == "expired"
        assert bookingdb.check_integrity(conn) == []
