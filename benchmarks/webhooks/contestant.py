"""Somebody who posts to the sink, in a process of their own, from a signal until another."""

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

import structlog

__all__ = ["Contestant", "Course", "Gate", "Run", "running"]


@dataclass(frozen=True)
class Course:
    """Where a contestant finds what, and how many requests it may have under way at once."""

    dsn: str
    url: str
    workers: int


class Gate:
    """How the process of a contestant and the benchmark give each other signals."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self._pipe = pipe

    def wait(self, stop: Callable[[], object]) -> None:
        """Say that all is set up, and wait for the start; `stop` will be called, in a thread."""
        self._pipe.send(None)
        self._pipe.recv()
        threading.Thread(target=self._call, args=[stop], daemon=True).start()

    def _call(self, stop: Callable[[], object]) -> None:
        self._pipe.recv()
        stop()


class Contestant(Protocol):
    """Has to be pickled: it is sent to a new process, which then calls serve()."""

    @property
    def name(self) -> str: ...

    def serve(self, course: Course, gate: Gate) -> None:
        """Set up, gate.wait(), then post what is in the database until told to stop."""


@dataclass
class Run:
    """`started`: by time.monotonic(); `cpu`: seconds from then to the end, known at the end."""

    started: float
    cpu: float = field(default=0)


@contextmanager
def running(contestant: Contestant, course: Course) -> Iterator[Run]:
    """The contestant at work while the context lasts."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=[contestant, course, there], daemon=True)
    process.start()
    there.close()
    here.recv()
    run = Run(time.monotonic())
    here.send(None)
    try:
        yield run
    finally:
        here.send(None)
        run.cpu = here.recv()
        process.join()


def _serve(contestant: Contestant, course: Course, pipe: "Connection[Any, Any]") -> None:
    # Nobody logs what goes well: what a log costs depends on where it is written to.
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    gate = _TimedGate(pipe)
    contestant.serve(course, gate)
    pipe.send(time.process_time() - gate.cpu)


class _TimedGate(Gate):
    cpu = 0.0

    def wait(self, stop: Callable[[], object]) -> None:
        super().wait(stop)
        self.cpu = time.process_time()
