"""Job queues in PostgreSQL that post the same bytes, each set up as its documentation says.

They keep a queue in the database, wake by NOTIFY, and run tasks at once in one process. They are
not made for webhooks: no order of the changes of one booking, no signature, no check of the
address, no deadline for a whole request, and of an attempt they keep that it was made and when,
not what was answered. Jobs are put into the queue beforehand, so there is nothing to relay.
All post with requests, one session a thread, in as many threads as there are workers.
"""

import threading
from collections.abc import Sequence
from typing import Any, Protocol

import psycopg
import requests

from benchmarks.webhooks.contestant import Contestant

__all__ = ["Peer", "Poster"]


class Peer(Contestant, Protocol):
    def install(self, dsn: str) -> None:
        """Make its tables."""

    def load(self, dsn: str, payloads: Sequence[bytes]) -> None:
        """Empty its queue, and put these into it."""

    def enqueue(self, conn: psycopg.Connection[Any], payload: bytes) -> None:
        """Put one into its queue, in the caller's transaction."""


class Poster(threading.local):
    """A session for each thread, which keeps its connection alive."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def __call__(self, payload: bytes) -> None:
        self._session.post(self._url, data=payload).raise_for_status()
