"""A process that makes its share of the calls: `python -m bookingdb.loadtest.worker`.

It reads an order as JSON from stdin, connects, says "ready", and waits for the instant at which
all begin. Every second it writes its tally of that second as a line of JSON. It stops when all
is done, and when its stdin ends: so it does not outlive who started it.
"""

import datetime as dt
import json
import os
import random
import sys
import threading
import time
import traceback
from itertools import accumulate
from typing import Any
from uuid import UUID

import psycopg

from bookingdb.loadtest.client import Answer, Bookings, Client
from bookingdb.loadtest.plan import Plan, Profile
from bookingdb.loadtest.tally import UNSENT, Tally

__all__ = ["TICK", "main"]

TICK = 1.0  # seconds
GRACE = 5.0
"""Calls that are due and could not be begun so many seconds after the last was due are given up."""


class Work:
    """The share of one process."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.plan = Plan(**{**order["plan"], "profile": Profile(order["plan"]["profile"])})
        self.due = self.plan.due(order["number"], self.plan.processes)
        self.slots = [
            (dt.date.fromisoformat(d), dt.time.fromisoformat(t)) for d, t in order["slots"]
        ]
        self.names = list(self.plan.mix)
        self.shares = list(accumulate(self.plan.mix.values()))
        self.turn = threading.Lock()
        self.stopped = threading.Event()
        self.tally = Tally()
        self.start = 0.0

    def run(self, client: Client) -> None:
        """Make one call after the other, each when it is due, or as soon after as can be."""
        while not self.stopped.is_set():
            with self.turn:
                due = next(self.due, None)
            if due is None or self.wait_until(due):
                return
            begun = self.now()
            operation = random.choices(self.names, cum_weights=self.shares)[0]
            if begun > self.plan.seconds + GRACE:
                answer = Answer(operation, UNSENT)
            else:
                answer = client.call(operation, self.slot(due))
            with self.turn:
                self.tally.record(answer.operation, answer.outcome, due, begun, self.now())
                self.tally.told += [answer.told] if answer.told else []

    def slot(self, due: float) -> int:
        """The slot that a call is about."""
        return 0 if due >= self.plan.opening else random.randrange(len(self.slots))

    def wait_until(self, due: float) -> bool:
        """True when it is to stop instead."""
        return self.stopped.wait(max(0.0, due - self.now()))

    def now(self) -> float:
        """Seconds since all began."""
        return time.monotonic() - self.start

    def report(self) -> None:
        """Write what came of the last second."""
        with self.turn:
            tally, self.tally = self.tally, Tally()
        print(json.dumps(tally.dump()), flush=True)


def main() -> None:
    """Do what is ordered."""
    threading.excepthook = _give_up
    order = json.loads(sys.stdin.readline())
    work = Work(order)
    bookings = Bookings()
    clients = [
        Client(order["dsn"], UUID(order["business"]), work.slots, bookings, work.now)
        for _ in range(order["clients"])
    ]
    try:
        for client in clients:
            client.connect()
    except psycopg.Error as error:
        sys.exit(str(error))
    print("ready", flush=True)
    work.start = float(sys.stdin.readline() or "nan")
    threading.Thread(target=_stop_at_end_of_input, args=[work], daemon=True).start()
    threads = [threading.Thread(target=work.run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    tick = 1
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(max(0.0, tick * TICK - work.now()))
        if work.now() >= tick * TICK:
            work.report()
            tick += 1
    work.report()
    for client in clients:
        client.close()


def _stop_at_end_of_input(work: Work) -> None:
    os.read(sys.stdin.fileno(), 1)
    work.stopped.set()


def _give_up(failure: threading.ExceptHookArgs) -> None:
    traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    main()
