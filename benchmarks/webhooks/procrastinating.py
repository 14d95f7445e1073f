"""The peer procrastinate."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from benchmarks.webhooks.contestant import Course, Gate
from benchmarks.webhooks.peer import Poster

__all__ = ["Procrastinate"]

TASK = "deliver"


@dataclass(frozen=True)
class Procrastinate:
    """One worker with a concurrency of as many jobs as it has threads; jobs that are done are
    kept, as is the default. Each job is fetched and ended by statements of its own; an event is
    kept for every change of a job's state."""

    name: str = "procrastinate"

    def install(self, dsn: str) -> None:
        with App(connector=SyncPsycopgConnector(conninfo=dsn)).open() as app:
            app.schema_manager.apply_schema()

    def load(self, dsn: str, payloads: Sequence[bytes]) -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("truncate procrastinate_jobs restart identity cascade")
            jobs = [{"payload": payload.decode()} for payload in payloads]
            self._deferrer(conn).batch_defer(*jobs)
            conn.execute("vacuum analyze procrastinate_jobs, procrastinate_events")

    def enqueue(self, conn: psycopg.Connection[Any], payload: bytes) -> None:
        self._deferrer(conn).defer(payload=payload.decode())

    def _deferrer(self, conn: psycopg.Connection[Any]) -> Any:
        app = App(connector=SyncPsycopgConnector())
        return app.configure_task(TASK, connection=conn)

    def serve(self, course: Course, gate: Gate) -> None:
        asyncio.run(self._work(course, gate))

    async def _work(self, course: Course, gate: Gate) -> None:
        # A connection for each job that ends, and those of the worker itself.
        size = course.workers + 2
        app = App(
            connector=PsycopgConnector(conninfo=course.dsn, min_size=min(4, size), max_size=size)
        )
        post = Poster(course.url)

        def deliver(payload: str) -> None:
            post(payload.encode())

        app.task(name=TASK)(deliver)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(course.workers))
        stopped = asyncio.Event()
        async with app.open_async():
            gate.wait(lambda: loop.call_soon_threadsafe(stopped.set))
            worker = asyncio.create_task(
                app.run_worker_async(concurrency=course.workers, install_signal_handlers=False)
            )
            await stopped.wait()
            worker.cancel()
            await asyncio.wait([worker])
