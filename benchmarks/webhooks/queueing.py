"""The peer pgqueuer."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import asyncpg
import psycopg
import uvloop
from pgqueuer import PgQueuer, Queries
from pgqueuer.adapters.drivers.psycopg import SyncPsycopgDriver
from pgqueuer.queries import SyncQueries
from psycopg.conninfo import conninfo_to_dict

from benchmarks.webhooks.contestant import Course, Gate
from benchmarks.webhooks.peer import Poster

__all__ = ["Pgqueuer"]


@dataclass(frozen=True)
class Pgqueuer:
    """asyncpg and uvloop, its fastest; batches that fill its threads and as many again to go on
    with, and autovacuum as `pgq autovac` sets it. A job that is done leaves the queue for a log;
    that is written in batches, up to 0.1 s after the fact, and a crash repeats what it lost."""

    name: str = "pgqueuer"

    def install(self, dsn: str) -> None:
        asyncio.run(self._install(dsn))

    async def _install(self, dsn: str) -> None:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
            queries = Queries.from_psycopg_connection(conn)
            await queries.install()
            await queries.optimize_autovacuum()

    def load(self, dsn: str, payloads: Sequence[bytes]) -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("truncate pgqueuer, pgqueuer_log, pgqueuer_statistics")
            names, priorities = ["deliver"] * len(payloads), [0] * len(payloads)
            SyncQueries(SyncPsycopgDriver(conn)).enqueue(names, list(payloads), priorities)
            conn.execute("vacuum analyze pgqueuer")

    def enqueue(self, conn: psycopg.Connection[Any], payload: bytes) -> None:
        SyncQueries(SyncPsycopgDriver(conn)).enqueue("deliver", payload)

    def serve(self, course: Course, gate: Gate) -> None:
        uvloop.run(self._work(course, gate))

    async def _work(self, course: Course, gate: Gate) -> None:
        where = conninfo_to_dict(course.dsn)
        options = {"host": where["host"], "port": where["port"], "user": where["user"]}
        connection = await asyncpg.connect(database=where["dbname"], **options)
        queuer = PgQueuer.from_asyncpg_connection(connection)
        post = Poster(course.url)

        async def deliver(job: Any) -> None:
            await asyncio.to_thread(post, job.payload)

        queuer.entrypoint("deliver")(deliver)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(course.workers))
        gate.wait(lambda: loop.call_soon_threadsafe(queuer.shutdown.set))
        batch = max(10, course.workers)
        await queuer.run(batch_size=batch, max_concurrent_tasks=2 * batch)
        await connection.close()
