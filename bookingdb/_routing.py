"""Which of two connections a read goes to. No I/O: steps are yielded to whoever takes them."""

import datetime as dt
import time
import warnings
from collections.abc import Callable, Generator
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus

__all__ = ["Fallback", "Routing", "Steps"]

C = TypeVar("C", bound=Connection[Any] | AsyncConnection[Any])
R = TypeVar("R")
Steps = Generator[Callable[[], Any], Any, R]
"""Calls to be made one after the other, awaited if need be; each is sent its result."""

NOTHING = "0/0"
TOKEN = "select bookingdb.write_token()"
HAS_REPLAYED = "select bookingdb.has_replayed(%s::pg_lsn, %s::interval)"
POLL_SECONDS = 0.002
CONFLICTS = ("40001", "40P01")  # on a standby: replay needed what the read still looked at


class Fallback(StrEnum):
    """Why a read went to the primary."""

    BEHIND = "behind"
    """The replica has not replayed what the read must show, or lags by more than it may."""
    CONFLICT = "conflict"
    """The replica cancelled the read, to go on replaying."""
    LOST = "lost"
    """There is no connection to the replica any more."""


class Routing(Generic[C]):
    """What Replicated and AsyncReplicated have in common; see there."""

    def __init__(
        self,
        primary: C,
        replica: C,
        *,
        max_lag: dt.timedelta | None = None,
        patience: dt.timedelta = dt.timedelta(milliseconds=100),
        token: str | None = None,
        on_fallback: Callable[[Fallback], object] | None = None,
    ) -> None:
        if not replica.autocommit:
            raise ValueError("the replica's connection has to be in autocommit mode")
        self.primary = primary
        self.replica = replica
        self._max_lag = max_lag
        self._patience = patience.total_seconds()
        self._on_fallback = on_fallback
        self._has_written = False
        self._token = token
        self._patient_until = time.monotonic() + self._patience
        self._is_seen = token is None
        self._is_lost = False

    def for_writing(self) -> C:
        """The primary's connection, for a call that may write."""
        self._has_written = True
        return self.primary

    def note_write(self) -> None:
        """Say that something was written that later reads must show: by SQL on the connection to
        the primary, or elsewhere, if it is committed."""
        self._has_written = True

    def _steps_to_token(self) -> Steps[str | None]:
        if self._is_in_transaction():
            raise psycopg.errors.ActiveSqlTransaction("there is no token before COMMIT")
        if self._has_written:
            self._token = yield partial(self._ask_primary, TOKEN)
            self._has_written, self._is_seen = False, False
            self._patient_until = time.monotonic() + self._patience
        return self._token

    def _steps_to_read(self, call: Callable[[C], Any]) -> Steps[Any]:
        conn = yield from self._choose()
        try:
            return (yield partial(call, conn))
        except psycopg.OperationalError as error:
            if conn is self.primary or not self._can_do_without(error):
                raise
        return (yield partial(call, self.primary))

    def _choose(self) -> Steps[C]:
        if self._is_in_transaction():  # it may have written what nobody else sees
            return self.primary
        yield from self._steps_to_token()
        if self.replica.closed:
            return self._fall_back(Fallback.LOST)
        if self._is_seen and self._max_lag is None:
            return self.replica
        arguments = (NOTHING if self._is_seen else self._token, self._max_lag)
        while True:
            try:
                has_replayed = yield partial(self._ask_replica, HAS_REPLAYED, arguments)
            except psycopg.OperationalError as error:
                if not self._can_do_without(error):
                    raise
                return self.primary
            if has_replayed:
                self._is_seen = True
                return self.replica
            if self._is_seen or time.monotonic() >= self._patient_until:
                return self._fall_back(Fallback.BEHIND)
            yield partial(self._sleep, POLL_SECONDS)

    def _is_in_transaction(self) -> bool:
        status = self.primary.info.transaction_status
        return not self.primary.closed and status != TransactionStatus.IDLE

    def _can_do_without(self, error: psycopg.OperationalError) -> bool:
        """Whether the primary can answer what the replica has failed to."""
        if self.replica.closed:
            self._fall_back(Fallback.LOST)
        elif error.sqlstate in CONFLICTS:
            self._fall_back(Fallback.CONFLICT)
        else:
            return False
        return True

    def _fall_back(self, reason: Fallback) -> C:
        if reason is Fallback.LOST and not self._is_lost:
            self._is_lost = True
            warnings.warn("The replica is lost: reads go to the primary.", RuntimeWarning, 2)
        if self._on_fallback is not None:
            self._on_fallback(reason)
        return self.primary

    def _ask_primary(self, query: str) -> Any:
        raise NotImplementedError

    def _ask_replica(self, query: str, arguments: tuple[Any, ...]) -> Any:
        raise NotImplementedError

    def _sleep(self, seconds: float) -> Any:
        raise NotImplementedError
