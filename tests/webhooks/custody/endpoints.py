"""Endpoints that keep what they received and what they answered, in its order."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from tests.webhooks.receiver import Answer, Received, Receiver

__all__ = ["Endpoint", "Receipt", "listening", "subscribed"]

TIMEOUT = dt.timedelta(seconds=1)
RETRIES = [dt.timedelta(milliseconds=50)] * 5 + [dt.timedelta(milliseconds=500)] * 25
REFUSED_AT_FIRST = 8  # one event in so many
TYPES = (["booking.*"], ["booking.created", "booking.rescheduled", "booking.cancelled"])


@dataclass(frozen=True)
class Receipt:
    """A request and the status that it was answered with."""

    request: Received
    status: int

    @property
    def webhook_id(self) -> UUID:
        return UUID(self.request.webhook_id)


class Endpoint:
    """What is at an endpoint's URL.

    `decide` gives the status of each answer; `hold` may keep it back for a while.
    """

    endpoint_id: UUID
    secret: str

    def __init__(self, receiver: Receiver, event_types: Sequence[str] = ("booking.*",)) -> None:
        self.url = receiver.url
        self.event_types = list(event_types)
        self.decide: Callable[[Received], int] = self.refuse_some
        self.hold: Callable[[Receipt], object] = lambda _: None
        self._receipts: list[Receipt] = []
        self._known: set[str] = set()
        self._lock = threading.Lock()
        receiver.answer = self._answer

    @property
    def receipts(self) -> list[Receipt]:
        """What has come so far."""
        with self._lock:
            return list(self._receipts)

    def refuse_some(self, request: Received) -> int:
        """503 to some events when they come for the first time."""
        is_new = request.webhook_id not in self._known
        self._known.add(request.webhook_id)
        return 503 if is_new and UUID(request.webhook_id).int % REFUSED_AT_FIRST == 0 else 200

    def wants(self, event_type: str) -> bool:
        return "booking.*" in self.event_types or event_type in self.event_types

    def subscribe(self, conn: psycopg.Connection[Any], **settings: Any) -> None:
        """Have it sent what happens from now on."""
        added = bookingdb.add_webhook_endpoint(
            conn,
            self.url,
            event_types=self.event_types,
            **{"timeout": TIMEOUT, "retry_schedule": RETRIES, **settings},
        )
        self.endpoint_id, self.secret = added.endpoint_id, added.secret

    def _answer(self, request: Received) -> Answer:
        with self._lock:
            receipt = Receipt(request, self.decide(request))
            self._receipts.append(receipt)
        self.hold(receipt)
        return receipt.status, {}, b""


@contextmanager
def listening(*event_types: Sequence[str]) -> Iterator[list[Endpoint]]:
    """An endpoint for each list of event types, not subscribed yet."""
    with ExitStack() as stack:
        yield [Endpoint(stack.enter_context(Receiver()), types) for types in event_types]


@contextmanager
def subscribed(conn: psycopg.Connection[Any], **settings: Any) -> Iterator[list[Endpoint]]:
    """An endpoint that is sent everything, and one that is sent something."""
    with listening(*TYPES) as endpoints:
        for endpoint in endpoints:
            endpoint.subscribe(conn, **settings)
        yield endpoints
