"""Dispatchers in threads of the test, and receivers to send to."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from bookingdb.dispatch import Dispatcher
from tests.races.concurrency import wait_until
from tests.support import Database
from tests.webhooks.receiver import Receiver

__all__ = ["all_delivered", "running", "subscribe"]

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
QUICK = [dt.timedelta(milliseconds=100)] * 5


@contextmanager
def running(dsn: str, **options: Any) -> Iterator[Dispatcher]:
    """A dispatcher that runs while the block does; what it raises is raised after it."""
    dispatcher = Dispatcher(
        dsn, **{"allow_private_network": True, "poll": dt.timedelta(milliseconds=100), **options}
    )
    raised: list[BaseException] = []

    def run() -> None:
        try:
            dispatcher.run()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield dispatcher
    finally:
        dispatcher.stop()
        thread.join()
    if raised:
        raise raised[0]


def subscribe(conn: psycopg.Connection[Any], receiver: Receiver, **settings: Any) -> UUID:
    """An endpoint for all events of bookings, with quick retries."""
    settings = {"retry_schedule": QUICK, **settings}
    return bookingdb.add_webhook_endpoint(conn, receiver.url, **settings).endpoint_id


def all_delivered(database: Database) -> None:
    """Wait until every change has reached every endpoint."""
    with database.connect() as conn:
        wait_until(lambda: bookingdb.reconcile(conn, LONG_AGO) == [], "everything is delivered")
