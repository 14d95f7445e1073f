"""The floor, and the dispatcher."""

import datetime as dt
import queue
import threading
from dataclasses import dataclass

import psycopg
import requests

from benchmarks.webhooks.contestant import Course, Gate
from bookingdb.dispatch import Dispatcher

__all__ = ["Bookingdb", "Floor"]


@dataclass(frozen=True)
class Floor:
    """Threads that post the payloads of the backlog with requests, from memory, and that is all.

    No queue, no order, no signature, no check of the address, no deadline, no record.
    """

    name: str = "floor"

    def serve(self, course: Course, gate: Gate) -> None:
        with psycopg.connect(course.dsn) as conn:
            rows = conn.execute("select payload from floor.payloads order by number").fetchall()
        payloads: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for (payload,) in rows:
            payloads.put(payload)

        def post() -> None:
            with requests.Session() as session:
                while True:
                    try:
                        payload = payloads.get_nowait()
                    except queue.Empty:
                        return
                    session.post(course.url, data=payload).raise_for_status()

        threads = [threading.Thread(target=post) for _ in range(course.workers)]
        done = threading.Event()
        gate.wait(done.set)
        for thread in threads:
            thread.start()
        done.wait()
        for thread in threads:
            thread.join()


@dataclass(frozen=True)
class Bookingdb:
    """The dispatcher: relays, keeps the order of each booking's changes, signs, checks the
    address, keeps one deadline for each request, and records each attempt, in the queue's table
    and in a history. Only that http and loopback are allowed differs from what it does by itself.
    """

    name: str = "bookingdb"
    listen: bool = True
    poll: float = 1

    def serve(self, course: Course, gate: Gate) -> None:
        dispatcher = Dispatcher(
            course.dsn,
            workers=course.workers,
            listen=self.listen,
            poll=dt.timedelta(seconds=self.poll),
            allow_private_network=True,
        )
        gate.wait(dispatcher.stop)
        dispatcher.run()
