"""Start the processes, let all begin at once, and collect what they tell."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict
from queue import SimpleQueue
from typing import IO, Any

from bookingdb.loadtest.ground import Ground
from bookingdb.loadtest.plan import Plan
from bookingdb.loadtest.tally import Tally

__all__ = ["LoadTestError", "drive"]

COMMAND = [sys.executable, "-m", "bookingdb.loadtest.worker"]
HEAD_START = 0.1  # seconds from when all are ready to the first call
PATIENCE = 10.0  # seconds for a call that is under way, when the others are done


class LoadTestError(Exception):
    """A process that makes the calls failed."""


class _Worker:
    """One of the processes. Not in our process group: Ctrl-C is for who started them, who stops
    them in order.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        self._in, self._out, self._errors = map(_open, pipes)
        self.tell(json.dumps(order))

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        """End it: by the end of its input, or else by force."""
        with suppress(BrokenPipeError):
            self._in.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()
        self._errors.close()

    def tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # it has ended: hear() says why
            self._in.write(f"{line}\n")
            self._in.flush()

    def hear(self) -> str:
        """Its next line; empty when it has ended. Raises LoadTestError when it failed."""
        line = self._out.readline()
        if not line and self._process.wait(PATIENCE):
            raise LoadTestError(self._errors.read().strip() or "A process that makes calls ended")
        return line


def drive(
    dsn: str, ground: Ground, plan: Plan, on_report: Callable[[Tally], None] = lambda _: None
) -> list[Tally]:
    """Make all calls; returns what came of them second by second, and tells it meanwhile."""
    heard: SimpleQueue[tuple[int, Tally] | Exception | None] = SimpleQueue()
    timeline: list[Tally] = []
    with ExitStack() as stack:
        workers = [
            stack.enter_context(_Worker(_order(dsn, ground, plan, n)))
            for n in range(plan.processes)
        ]
        for worker in workers:
            worker.hear()  # that it is ready
        start = time.monotonic() + HEAD_START
        for worker in workers:
            worker.tell(str(start))
            threading.Thread(target=_listen, args=[worker, heard], daemon=True).start()
        talking = len(workers)
        while talking:
            found = heard.get()
            if isinstance(found, Exception):
                raise found
            if found is None:
                talking -= 1
                continue
            second, tally = found
            timeline += [Tally() for _ in range(len(timeline), second + 1)]
            timeline[second].add(tally)
            on_report(tally)
    while timeline and not timeline[-1].outcomes:
        timeline.pop()
    return timeline


def _open(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError
    return pipe


def _listen(worker: _Worker, heard: SimpleQueue[Any]) -> None:
    try:
        second = 0
        while line := worker.hear():
            heard.put((second, Tally.load(json.loads(line))))
            second += 1
        heard.put(None)
    except Exception as error:
        heard.put(error)


def _order(dsn: str, ground: Ground, plan: Plan, number: int) -> dict[str, Any]:
    return {
        "dsn": dsn,
        "business": str(ground.business_id),
        "slots": [(date.isoformat(), time_.isoformat()) for date, time_ in ground.slots],
        "plan": asdict(plan),
        "number": number,
        "clients": plan.clients // plan.processes + (number < plan.clients % plan.processes),
    }
