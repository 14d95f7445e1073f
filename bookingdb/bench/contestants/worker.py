"""A process of its own that books from Python: `python -m bookingdb.bench.contestants.worker`.

It reads an order as JSON from stdin, sets up, says "ready", waits for a line, writes what came of
it as JSON to stdout, and reads the next order.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from bookingdb.bench.contestants.callers import CALLERS, EMAIL, NAME, Caller, slot_of
from bookingdb.bench.contestants.raw import open_raw
from bookingdb.bench.targets import SPREAD, Target

__all__ = ["main"]

WARM_UP = 0.05  # seconds
PATIENCE = 60.0  # seconds until a thread that does not begin is given up
WARM_UP_CALLS = 6  # what a pooled connection has behind it: statements are prepared


def main() -> None:
    """Do what is ordered, until stdin ends."""
    while line := sys.stdin.readline():
        orders = json.loads(line)
        print(json.dumps(JOBS[orders["job"]](orders)), flush=True)


def ready() -> None:
    """Say that all is set up, and wait for the start."""
    print("ready", flush=True)
    sys.stdin.readline()


@contextmanager
def _opened(orders: dict[str, Any]) -> Iterator[list[Caller]]:
    """As many callers as connections are ordered, which have called before."""
    is_raw = "raw" in orders
    warm_up = Target(*orders["target"]) if is_raw else SPREAD
    with ExitStack() as stack:
        calls: list[Caller] = []
        for _ in range(orders["connections"]):
            conn: psycopg.Connection[Any] = psycopg.connect(orders["dsn"], autocommit=True)
            stack.callback(conn.close)
            calls.append(
                open_raw(conn, orders["raw"]) if is_raw else CALLERS[orders["caller"]](conn)
            )
        for call in calls:
            for _ in range(WARM_UP_CALLS):
                call(*warm_up.choose())
        yield calls


def rate(orders: dict[str, Any]) -> dict[str, float]:
    """Call over and over, on each connection a thread, until the time is over."""
    target = Target(*orders["target"])
    with _opened(orders) as calls:
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
    found = sum(counts) / (time.monotonic() - start)
    for conn in conns:
        await conn.close()
    return {"rate": found}


def sale(orders: dict[str, Any]) -> dict[str, Any]:
    """Each customer asks once, in turn, as a connection becomes free; when each asked, when they
    knew, by the machine's one clock (seconds), and whether they won."""
    target = Target(*orders["target"])
    customers = iter(range(orders["customers"]))
    turn = threading.Lock()
    told: list[tuple[float, float, int]] = []
    with _opened(orders) as calls:

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
            together.wait(PATIENCE)
            work(n)
        except BaseException as error:
            failures.append(error)

    together = threading.Barrier(count)
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
