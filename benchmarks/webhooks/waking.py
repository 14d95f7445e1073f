"""What it costs those who make bookings that a dispatcher is to be woken."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext

import bookingdb
from benchmarks.webhooks.figures import Figures, spread
from benchmarks.webhooks.stage import Stage
from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import FUNCTION
from bookingdb.bench.targets import SPREAD

__all__ = ["waking"]

CONNECTIONS = 8
BUSY = 0.02
LINE = "bookingdb.somebody_listens()"
DEFINITION = "select pg_get_functiondef('bookingdb.tg_bookings__audit'::regproc)"


def waking(bench: Bench, stage: Stage, *, seconds: float, rounds: int) -> Figures:
    """Bookings a second, spread over all slots. One dispatcher wakes when it is told to, is busy
    for 20 ms, about what it takes to relay and claim, and sleeps again; another never wakes up,
    so that each booking has to notify it, which cannot happen in earnest."""
    cases: dict[str, AbstractContextManager[None]] = {}
    rates = defaultdict(list)
    for _ in range(rounds):
        cases = {
            "the line taken out": _without_waking(stage),
            "no dispatcher asleep": nullcontext(),
            "a dispatcher that sleeps and wakes": _asleep(bench, wakes=True),
            "a dispatcher that never wakes": _asleep(bench, wakes=False),
        }
        for name, case in cases.items():
            with case:
                rates[name].append(bench.rate(SPREAD.script() + FUNCTION, CONNECTIONS, seconds))
    stage.skip()
    least = rates[next(iter(cases))]
    return Figures(
        "waking",
        f"Bookings a second with {CONNECTIONS} connections",
        [
            {
                "case": name,
                "bookings/s": spread(runs),
                "ratio": spread(a / b for a, b in zip(runs, least, strict=True)),
            }
            for name, runs in rates.items()
        ],
    )


@contextmanager
def _without_waking(stage: Stage) -> Iterator[None]:
    ((definition,),) = stage.conn.execute(DEFINITION.encode()).fetchall()
    if definition.count(LINE) != 1:
        raise RuntimeError("tg_bookings__audit() has changed: take out another line")
    stage.conn.execute(definition.replace(LINE, "false").encode())
    try:
        yield
    finally:
        stage.conn.execute(definition.encode())


@contextmanager
def _asleep(bench: Bench, *, wakes: bool) -> Iterator[None]:
    """A session that listens, and reads what it is told."""
    done = threading.Event()
    with closing(bench.connect()) as conn:
        conn.execute("listen bookingdb")
        bookingdb.announce_sleep(conn, True)

        def read() -> None:
            while not done.is_set():
                told = [*conn.notifies(timeout=0.1, stop_after=1)]
                if told and wakes:
                    bookingdb.announce_sleep(conn, False)
                    time.sleep(BUSY)
                    bookingdb.announce_sleep(conn, True)

        thread = threading.Thread(target=read)
        thread.start()
        yield
        done.set()
        thread.join()
