"""Threads that post, each with a sender of its own, and hand back what came of it."""

import datetime as dt
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import structlog

from bookingdb.dispatch.sender import Outcome, Sender
from bookingdb.models import ClaimedDelivery

__all__ = ["Result", "Task", "Workers"]

log = structlog.get_logger(__name__)

AHEAD = 0.05  # seconds of work for each thread to go on with
MOST_AHEAD = 15
LATEST = 1 / 8  # how much the latest post counts among those before it


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed delivery; `until`: when its lease ends, by time.monotonic()."""

    delivery: ClaimedDelivery
    lease: dt.timedelta
    until: float

    def timeout(self) -> dt.timedelta | None:
        """The endpoint's, or what is left of a lease that is shorter, so that the post is sure to
        be over before the lease is; None when it is too late to begin."""
        left = dt.timedelta(seconds=self.until - time.monotonic())
        timeout = self.delivery.timeout
        return min(timeout, left) if left > min(timeout, self.lease / 2) else None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task; `outcome` is None when it was not sent."""

    delivery: ClaimedDelivery
    outcome: Outcome | None


class Workers:
    """A pool of `count` threads. `on_result` is called, in a worker, after each result.

    The sender of each is made here: what goes wrong with that would kill the thread unheard.

    All methods are for the thread that made the pool.
    """

    def __init__(
        self, count: int, make_sender: Callable[[], Sender], on_result: Callable[[], None]
    ) -> None:
        self._on_result = on_result
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._results: deque[Result] = deque()
        self._threads = [
            threading.Thread(
                target=self._work, args=[make_sender()], name=f"webhooks-{n}", daemon=True
            )
            for n in range(count)
        ]
        self._pace = AHEAD  # seconds that a post takes of late
        self.busy = 0
        """Tasks that were given and whose results were not taken."""

    @property
    def free(self) -> int:
        """How many more tasks to give: a thread has one in hand, and to go on with what it does
        while the database commits twice, at least one. Where receivers are slow, no more is kept
        from other dispatchers; where they are fast, many are claimed and recorded at once."""
        ahead = min(max(int(AHEAD / self._pace), 1), MOST_AHEAD)
        return max((1 + ahead) * len(self._threads) - self.busy, 0)

    @property
    def are_supplied(self) -> bool:
        """Whether each thread has another task to go on with."""
        return self._tasks.qsize() >= len(self._threads)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for _thread in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def give(self, task: Task) -> None:
        """Have it done by the next thread that is free."""
        self.busy += 1
        self._tasks.put(task)

    def take_results(self) -> list[Result]:
        """What is done since the last time."""
        results = []
        while self._results:
            results.append(self._results.popleft())
        self.busy -= len(results)
        for result in results:
            if result.outcome:
                took = max(result.outcome.duration.total_seconds(), 0.0001)
                self._pace += LATEST * (took - self._pace)
        return results

    def call_back(self) -> None:
        """Turn what no thread has begun into results that were not sent."""
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            if task is not None:
                self._results.append(Result(task.delivery, None))

    def _work(self, sender: Sender) -> None:
        with sender:
            while (task := self._tasks.get()) is not None:
                self._results.append(Result(task.delivery, _post(sender, task)))
                self._on_result()


def _post(sender: Sender, task: Task) -> Outcome | None:
    delivery = task.delivery
    timeout = task.timeout()
    if timeout is None:
        return None
    started_at = dt.datetime.now(dt.UTC)
    try:
        outcome = sender.post(
            webhook_id=delivery.webhook_id,
            url=delivery.url,
            payload=delivery.payload,
            secrets=delivery.secrets,
            headers=delivery.headers,
            timeout=timeout,
        )
    except Exception as error:  # a worker that dies would take its deliveries with it
        log.exception("post failed", webhook_id=str(delivery.webhook_id))
        took = dt.datetime.now(dt.UTC) - started_at
        return Outcome(started_at, took, None, "protocol", type(error).__name__, None)
    log.debug("sent", webhook_id=str(delivery.webhook_id), status=outcome.status)
    return outcome
