"""What tests of replicas share: both servers, and ways to hold the one back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

import bookingdb
from bookingdb import Fallback, Replicated
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.races.concurrency import wait_until
from tests.support import scalar

__all__ = ["APP", "NAME", "STANDBY", "Pair", "can_connect", "connect", "server_of"]

Connection = psycopg.Connection[Any]

APP = "bookingdb_app"
NAME = "replicated"
STANDBY = {
    **UNSAFE_TEST_SETTINGS,
    "wal_receiver_timeout": "400ms",  # so a quiet primary is asked twice as often
    "wal_retrieve_retry_interval": "50ms",
}


@dataclass
class Pair:
    """A login of an application on both servers, and superusers who look on."""

    primary: Connection
    replica: Connection
    boss: Connection
    standby: Connection
    server: EmbeddedServer

    def connect(self, group: str = APP) -> Connection:
        """Another connection to the standby."""
        return connect(self.server.dsn(NAME), user=f"login_{group}")

    def catch_up(self) -> None:
        """Return when the standby has replayed all that is committed."""
        token = bookingdb.write_token(self.boss)
        wait_until(lambda: bookingdb.has_replayed(self.standby, token), "the standby to catch up")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The standby receives, and replays nothing."""
        self.catch_up()
        self.standby.execute("select pg_wal_replay_pause()")
        state = "select pg_get_wal_replay_pause_state()"
        wait_until(lambda: scalar(self.standby, state) == "paused", "the replay to pause")
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        self.standby.execute("select pg_wal_replay_resume()")

    def replicated(self, **options: Any) -> tuple[Replicated, list[Fallback]]:
        """Both as one, and why reads went to the primary."""
        reasons: list[Fallback] = []
        return Replicated(
            self.primary, self.replica, on_fallback=reasons.append, **options
        ), reasons


def connect(dsn: str, **options: Any) -> Connection:
    return psycopg.connect(dsn, autocommit=True, **options)


def can_connect(dsn: str, user: str) -> bool:
    try:
        connect(dsn, user=user).close()
    except psycopg.OperationalError:
        return False
    return True


def server_of(db: Replicated) -> str:
    """Which server a read goes to."""
    is_standby = db.read(lambda conn: scalar(conn, "select pg_is_in_recovery()"))
    return "replica" if is_standby else "primary"
