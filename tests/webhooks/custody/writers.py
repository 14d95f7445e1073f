"""Sixteen who write all at once: by the functions and by hand, slowly, and often in vain."""

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg

import bookingdb
from bookingdb import PaymentStatus
from tests.races.writers import insert_by_hand
from tests.shop import DAY, hours, open_shop
from tests.support import Database

__all__ = ["SCRATCH", "WRITERS", "Writers", "open_big_shop", "writing"]

Connection = psycopg.Connection[Any]

WRITERS = 16
SCRATCH = "create table scratch (note text)"
REFUSALS = bookingdb.BookingNotFound, bookingdb.IllegalTransition, bookingdb.VersionConflict
ROLLED_BACK = 0.3
_OPTIONS = "-c deadlock_timeout=50ms -c statement_timeout=60s"


def open_big_shop(conn: Connection) -> None:
    """A shop that never fills up, and another table to write to."""
    open_shop(conn).set_hours(hours(max_bookings=10_000, max_bouquets=10_000))
    conn.execute(SCRATCH)


@dataclass
class Writers:
    """What they share; `counts` tells how transactions and savepoints ended."""

    database: Database
    seed: object = 0
    made: list[UUID] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, times: int, number: int = WRITERS) -> None:
        """Let them make so many transactions each."""
        with ThreadPoolExecutor(number) as pool:
            for writer in [pool.submit(self.write, n, times) for n in range(number)]:
                writer.result()

    def write(self, number: int, times: int = 1_000_000) -> None:
        """So many transactions of one writer, on connections that may be lost."""
        chance = random.Random(f"{self.seed}-{number}")
        while times > 0 and not self.stopping.is_set():
            try:
                with self.database.connect(options=_OPTIONS) as conn:
                    while times > 0 and not self.stopping.is_set():
                        times -= 1
                        self.counts[self.transact(conn, chance)] += 1
            except (psycopg.OperationalError, psycopg.Rollback):  # the latter when it cannot
                self.counts["lost connections"] += 1
                time.sleep(0.05)

    def transact(self, conn: Connection, chance: random.Random) -> str:
        """One transaction, and how it ended."""
        mine: list[UUID] = []
        ended = "rolled back"
        try:
            with conn.transaction():
                if chance.random() < 0.5:  # has its id early, and commits after those that follow
                    conn.execute("insert into scratch values ('early')")
                    dawdle(chance)
                for _ in range(chance.randint(1, 3)):
                    self.change(conn, chance, mine)
                    dawdle(chance)
                if chance.random() < ROLLED_BACK:
                    raise psycopg.Rollback
                ended = "committed"
        except REFUSALS:
            return "rolled back"
        except psycopg.Error as error:
            if not bookingdb.is_retryable(error) or conn.closed:
                raise
            return "rolled back"
        if ended == "committed":
            self.made += mine
        return ended

    def change(self, conn: Connection, chance: random.Random, mine: list[UUID]) -> None:
        """One change, sometimes in a savepoint, and then often for nothing."""
        act = chance.choices(list(_ACTS), list(_ACTS.values()))[0]
        target = self.some(chance, mine)
        if chance.random() < 0.6:
            act(conn, chance, target, mine)
            return
        before = len(mine)
        try:
            with conn.transaction():
                act(conn, chance, target, mine)
                if chance.random() < 0.5:
                    raise psycopg.Rollback
                return
        except REFUSALS:
            pass
        del mine[before:]
        self.counts["savepoints rolled back"] += 1

    def some(self, chance: random.Random, mine: list[UUID]) -> UUID:
        """The booking of this transaction, or one of the newest, or any."""
        if mine and chance.random() < 0.6:
            return mine[-1]
        made = self.made[-8:] if chance.random() < 0.5 else self.made
        return chance.choice(made) if made else uuid4()


@contextmanager
def writing(writers: Writers, number: int = WRITERS) -> Iterator[None]:
    """They write until the block ends, and it fails with them."""
    with ThreadPoolExecutor(number) as pool:
        running: list[Future[None]] = [pool.submit(writers.write, n) for n in range(number)]
        try:
            yield
        finally:
            writers.stopping.set()
    for writer in running:
        writer.result()


def dawdle(chance: random.Random) -> None:
    """Take a while, or none: a transaction lasts from 0 to 50 milliseconds or so."""
    if chance.random() < 0.5:
        time.sleep(chance.random() * 0.025)


def somewhere(chance: random.Random) -> tuple[dt.date, dt.time]:
    return DAY - dt.timedelta(days=chance.randint(0, 3)), dt.time(9 + chance.randint(0, 2))


Act = Callable[[Connection, random.Random, UUID, list[UUID]], object]


def book(conn: Connection, chance: random.Random, _: UUID, mine: list[UUID]) -> None:
    booking = bookingdb.create_booking_safe(conn, *somewhere(chance), 1, "Ada", "ada@example.org")
    mine.append(booking.booking_id)


def insert(conn: Connection, chance: random.Random, _: UUID, mine: list[UUID]) -> None:
    date, time_ = somewhere(chance)
    mine.append(uuid4())
    insert_by_hand(conn, booking_id=mine[-1], date=date, time=time_)


def by_hand(what: str, conn: Connection, chance: random.Random, target: UUID, *_: object) -> None:
    date, time_ = somewhere(chance)
    query = f"{what} where booking_id = %(target)s"
    note = f"{chance.random()}"
    conn.execute(query.encode(), {"target": target, "date": date, "time": time_, "note": note})


def update(conn: Connection, chance: random.Random, target: UUID, *_: object) -> None:
    bookingdb.update_booking(conn, target, notes=f"{chance.random()}")


def pay(conn: Connection, _: random.Random, target: UUID, *__: object) -> None:
    bookingdb.record_payment(conn, target, PaymentStatus.PAID)


def move(conn: Connection, chance: random.Random, target: UUID, *_: object) -> None:
    bookingdb.reschedule_booking(conn, target, *somewhere(chance))


def cancel(conn: Connection, _: random.Random, target: UUID, *__: object) -> None:
    bookingdb.cancel_booking(conn, target)


_ACTS: dict[Act, int] = {
    book: 4,
    insert: 3,
    update: 4,
    pay: 3,
    move: 3,
    cancel: 1,
    partial(by_hand, "update bookingdb.bookings set notes = %(note)s"): 5,
    partial(by_hand, "update bookingdb.bookings set date = %(date)s, time = %(time)s"): 2,
    partial(by_hand, "delete from bookingdb.bookings"): 1,
}
