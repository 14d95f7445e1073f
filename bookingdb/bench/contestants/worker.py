"""A process of its own that books from Python: `python -m bookingdb.bench.contestants.worker`.

It reads its orders as JSON from stdin, sets up, says "ready", waits for a line, and at the end
writes what came of it as JSON to stdout.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from bookingdb.bench.contestants.callers import CALLERS, EMAIL, NAME, Caller, slot_of
from bookingdb.bench.contestants.raw import open_raw
from bookingdb.bench.targets import SPREAD, Target

__all__ = ["main"]

WARM_UP = 0.05  # seconds
WARM_UP_CALLS = 6  # what a pooled connection has behind it: statements are prepared


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    job: Callable[[dict[str, Any]], Any] = JOBS[orders["job"]]
    print(json.dumps(job(orders)))


def ready() -> None:
    """Say that all is set up, and wait for the start."""
    print("ready", flush=True)
    sys.stdin.readline()


def _opened(orders: dict[str, Any]) -> Caller:
    conn = psycopg.connect(orders["dsn"], autocommit=True)
    is_raw = "raw" in orders
    caller = open_raw(conn, orders["raw"]) if is_raw else CALLERS[orders["caller"]](conn)
    warm_up = Target(*orders["target"]) if is_raw else SPREAD
    for _ in range(WARM_UP_CALLS):
        caller(*warm_up.choose())
    return caller


def rate(orders: dict[str, Any]) -> dict[str, float]:
    """Call over and over, on each connection a thread, until the time is over."""
    target = Target(*orders["target"])
    calls = [_opened(orders) for _ in range(orders["connections"])]
    counts = [0] * len(calls)

    def work(n: int) -> None:
        call, count = calls[n], 0
        while True:
            count += call(*target.choose())
            if time.monotonic() >= end:
                break
        counts[n] = count

    ready()
    start = time.monotonic()
    end = start + orders["seconds"]
    _in_threads(work, len(calls))
    return {"rate": sum(counts) / (time.monotonic() - start)}


def async_rate(orders: dict[str, Any]) -> dict[str, float]:
    """The same with bookingdb.aio: one thread, a task a connection."""
    return asyncio.run(_async_rate(orders))


async def _async_rate(orders: dict[str, Any]) -> dict[str, float]:
    from bookingdb import aio  # here, since no other job needs it

    target = Target(*orders["target"])
    conns = [
        await psycopg.AsyncConnection.connect(orders["dsn"], autocommit=True)
        for _ in range(orders["connections"])
    ]

    async def work(conn: psycopg.AsyncConnection[Any], end: float) -> int:
        count = 0
        while True:
            date, at = slot_of(*target.choose())
            await aio.create_booking(conn, date, at, 2, NAME, EMAIL)
            count += 1
            if time.monotonic() >= end:
                return count

    await asyncio.gather(*(work(conn, time.monotonic() + WARM_UP) for conn in conns))
    ready()
    start = time.monotonic()
    counts = await asyncio.gather(*(work(conn, start + orders["seconds"]) for conn in conns))
    return {"rate": sum(counts) / (time.monotonic() - start)}


def sale(orders: dict[str, Any]) -> dict[str, Any]:
    """Each customer asks once, in turn, as a connection becomes free; when each asked, when they
    knew, by the machine's one clock (seconds), and whether they won."""
    target = Target(*orders["target"])
    calls = [_opened(orders) for _ in range(orders["connections"])]
    customers = iter(range(orders["customers"]))
    turn = threading.Lock()
    told: list[tuple[float, float, int]] = []

    def work(n: int) -> None:
        while True:
            with turn:
                if next(customers, None) is None:
                    return
                asked = time.monotonic()
            won = calls[n](*target.choose())
            told.append((asked, time.monotonic(), won))

    ready()
    _in_threads(work, len(calls))
    return {"told": told}


def _in_threads(work: Callable[[int], None], count: int) -> None:
    failures: list[BaseException] = []

    def guarded(n: int) -> None:
        try:
            work(n)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=[n]) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


JOBS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "rate": rate,
    "async rate": async_rate,
    "sale": sale,
}

if __name__ == "__main__":
    main()
