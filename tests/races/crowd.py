"""Many who act at once, by the functions only: among them a deadlock is an error."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Protocol

import psycopg
from psycopg import IsolationLevel

from bookingdb import BookingError
from tests.races.concurrency import connections, retried
from tests.shop import DAY
from tests.support import Database

__all__ = ["CROWD", "Call", "Crowd", "gathered"]

Connection = psycopg.Connection[Any]
Call = Callable[[Connection], object]


class Act(Protocol):
    """One transaction of some kind."""

    def __call__(self, conn: Connection, chance: random.Random) -> object: ...


CROWD = 32


@dataclass(frozen=True)
class Crowd:
    """Open connections, and a thread for each."""

    conns: list[Connection]
    pool: ThreadPoolExecutor
    days: Iterator[int] = field(default_factory=count)

    def new_day(self) -> dt.date:
        """A date on which nobody has acted yet."""
        return DAY + dt.timedelta(days=next(self.days))

    def run(
        self,
        level: IsolationLevel,
        calls: Sequence[Call],
        judge: Callable[[], None] = lambda: None,
    ) -> list[object]:
        """What each call returned, or with which error of bookingdb it was refused.

        Neighbours run at the same time. Each call is a transaction, run again when that can help,
        but not after a deadlock: that fails, as does every error that is not documented. `judge`
        looks on all the while.
        """
        outcomes: list[object] = [None] * len(calls)

        def act(conn: Connection, places: range) -> None:
            conn.isolation_level = level
            for place in places:
                try:
                    outcomes[place] = retried(conn, calls[place], deadlocks=False)
                except BookingError as refusal:
                    outcomes[place] = refusal

        acting = [
            self.pool.submit(act, conn, range(first, len(calls), len(self.conns)))
            for first, conn in enumerate(self.conns)
        ]
        while wait(acting, timeout=0.01).not_done:
            judge()
        for future in acting:
            future.result()
        judge()
        return outcomes

    def improvise(
        self,
        level: IsolationLevel,
        act: Act,
        times: int,
        seed: object = 0,
    ) -> list[object]:
        """Let each act so many times, with chances of its own."""
        chances = [random.Random(f"{seed}-{number}") for number in range(len(self.conns))]
        calls = [partial(act, chance=chance) for chance in chances]
        return self.run(level, calls * times)


@contextmanager
def gathered(database: Database, number: int = CROWD) -> Iterator[Crowd]:
    """A crowd of so many."""
    with connections(database, number) as conns, ThreadPoolExecutor(number) as pool:
        yield Crowd(conns, pool)
