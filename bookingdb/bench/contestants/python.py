"""Let Python make the bookings, in processes of its own, and collect what came of it."""

import json
import subprocess
import sys
from dataclasses import astuple
from typing import Any

from bookingdb.bench.bench import Bench
from bookingdb.bench.server import BenchError
from bookingdb.bench.targets import Target

__all__ = ["call_rate", "run_workers", "shares"]

PROCESSES = 2
"""That share the connections, so that Python's one lock does not hold them up too much."""


def call_rate(
    bench: Bench,
    target: Target,
    connections: int,
    *,
    job: str = "rate",
    **orders: Any,
) -> float:
    """Bookings a second, all processes together."""
    answers = run_workers(
        [
            {
                "job": job,
                "dsn": bench.dsn,
                "target": astuple(target),
                "connections": each,
                "seconds": bench.settings.seconds,
                **orders,
            }
            for each in shares(connections)
        ]
    )
    return float(sum(answer["rate"] for answer in answers))


def shares(count: int) -> list[int]:
    """`count` shared out among the processes."""
    processes = min(PROCESSES, count)
    return [count // processes + (n < count % processes) for n in range(processes)]


def run_workers(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Start a process for each, let all begin at once, and return what each answers."""
    command = [sys.executable, "-m", "bookingdb.bench.contestants.worker"]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
        for _ in orders
    ]  # fmt: skip
    try:
        for worker, order in zip(workers, orders, strict=True):
            _tell(worker, json.dumps(order))
        for worker in workers:
            if worker.stdout is None or worker.stdout.readline() != "ready\n":
                raise _failed(worker)
        for worker in workers:
            _tell(worker, "go")
        answers = []
        for worker in workers:
            answer, _ = worker.communicate()
            if worker.returncode:
                raise _failed(worker)
            answers.append(json.loads(answer))
        return answers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _tell(worker: "subprocess.Popen[str]", line: str) -> None:
    if worker.stdin is None:
        raise AssertionError
    worker.stdin.write(f"{line}\n")
    worker.stdin.flush()


def _failed(worker: "subprocess.Popen[str]") -> BenchError:
    _, text = worker.communicate()
    return BenchError("A process that books from Python failed", detail=text[-2000:])
