"""Let Python make the bookings, in processes of its own, and collect what came of it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from bookingdb.bench.server import BenchError

__all__ = ["Workers", "shares"]

PROCESSES = 2
"""That share the connections, so that Python's one lock does not hold them up too much."""
COMMAND = [sys.executable, "-m", "bookingdb.bench.contestants.worker"]


def shares(count: int) -> list[int]:
    """`count` shared out among the processes."""
    processes = min(PROCESSES, count)
    return [count // processes + (n < count % processes) for n in range(processes)]


class Workers:
    """Processes that wait for orders, from the first one until the end of the `with` block."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()
        self._processes.clear()

    def run(self, orders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give each order to a process, let all begin at once, and return what they answer."""
        while len(self._processes) < len(orders):
            self._processes.append(
                subprocess.Popen(
                    COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
        busy = self._processes[: len(orders)]
        for process, order in zip(busy, orders, strict=True):
            self._tell(process, json.dumps(order))
        for process in busy:
            self._hear(process)  # that it is ready
        for process in busy:
            self._tell(process, "go")
        return [json.loads(self._hear(process)) for process in busy]

    def _tell(self, process: "subprocess.Popen[str]", line: str) -> None:
        if process.stdin is None:
            raise AssertionError
        try:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise self._failure(process) from None

    def _hear(self, process: "subprocess.Popen[str]") -> str:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise self._failure(process)
        return line

    def _failure(self, process: "subprocess.Popen[str]") -> BenchError:
        self._processes.remove(process)
        text = process.stderr.read() if process.stderr else ""
        process.wait()
        last = text.strip().splitlines()[-1:]
        return BenchError("A process that books from Python failed", detail="".join(last))
