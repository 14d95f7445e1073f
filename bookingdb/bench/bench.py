"""The shop that is measured, beside the tables of the others, and what a workload needs of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

import bookingdb
from bookingdb.bench.contestants.peers import PEERS, install
from bookingdb.bench.contestants.python import Workers, shares
from bookingdb.bench.pgbench import Run, find_pgbench, run_pgbench
from bookingdb.bench.server import open_database, open_server
from bookingdb.bench.settings import Settings
from bookingdb.bench.targets import DAYS, PLACES, SPARE_DAYS, Target

__all__ = ["Bench", "open_bench"]

HOURS = {
    "weekday": [1, 2, 3, 4, 5, 6, 7],
    "opens": "09:00",
    "closes": "19:00",
    "slot_interval": "30 minutes",
    "max_bookings": 100_000_000,
    "max_bouquets": 1_000_000_000,
}
LIMIT = """
update {table} set max_bookings = %s
 where business_id = bookingdb.default_business_id()
   and date = current_date + %s
   and time = time '09:00' + %s * interval '30 minutes'
"""


@dataclass
class Bench:
    """A database with a shop of 2,000 slots and more, and pgbench to load it."""

    dsn: str
    pgbench: Path
    settings: Settings = field(default_factory=Settings)
    workers: Workers = field(default_factory=Workers)
    on_step: Callable[[str], None] = lambda _: None
    """Told of each run before it begins."""
    spare: Iterator[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        days = range(DAYS + 1, DAYS + SPARE_DAYS + 1)
        self.spare = ((day, place) for day in days for place in range(PLACES))

    def connect(self) -> psycopg.Connection[Any]:
        """A new connection, in autocommit mode."""
        return psycopg.connect(self.dsn, autocommit=True)

    def value(self, query: str, *arguments: object) -> Any:
        """The one value of a query."""
        with self.connect() as conn:
            ((value,),) = conn.execute(query.encode(), arguments or None).fetchall()
            return value

    def prepare(self) -> None:
        """Make the shop, and the same slots for everybody else."""
        with self.connect() as conn:
            bookingdb.create_business(conn, "Bench", "UTC", horizon_days=DAYS + SPARE_DAYS)
            bookingdb.set_opening_hours(conn, [HOURS])
            bookingdb.refresh_future_schedule(conn)
            for peer in PEERS:
                install(conn, peer)
        self.settle()

    def run(
        self, script: str, connections: int, seconds: float | None = None, *, retry: bool = False
    ) -> Run:
        """Run a pgbench script for as long as a run takes; a failed transaction is an error."""
        return run_pgbench(
            self.pgbench,
            self.dsn,
            script,
            connections=connections,
            seconds=self.settings.seconds if seconds is None else seconds,
            retry=retry,
        )

    def rate(self, script: str, connections: int, seconds: float | None = None) -> float:
        """Transactions a second of a pgbench script."""
        return self.run(script, connections, seconds).rate

    def settle(self) -> None:
        """Do now what the server would do after much was stored, rather than during a run."""
        with self.connect() as conn:
            conn.execute("vacuum analyze")
            with suppress(psycopg.errors.InsufficientPrivilege):
                conn.execute("checkpoint")

    def call_rate(
        self, target: Target, connections: int, *, job: str = "rate", **orders: Any
    ) -> float:
        """Bookings or calls a second from Python, all processes together."""
        common = {
            "job": job,
            "dsn": self.dsn,
            "target": astuple(target),
            "seconds": self.settings.seconds,
        }
        answers = self.workers.run(
            [{**common, "connections": each, **orders} for each in shares(connections)]
        )
        return float(sum(answer["rate"] for answer in answers))

    def limited_slot(self, max_bookings: int) -> Target:
        """A slot that nobody has booked, for everybody the same, with so many places from now."""
        day, place = next(self.spare)
        with self.connect() as conn:
            for table in ("bookingdb.time_slots", *(f"{peer.schema}.slots" for peer in PEERS)):
                conn.execute(LIMIT.format(table=table).encode(), [max_bookings, day, place])
        return Target(day, day, place, place)


@contextmanager
def open_bench(
    folder: str = "/var/tmp", dsn: str | None = None, settings: Settings | None = None
) -> Iterator[Bench]:
    """A bench on the server of `dsn`, or else on a new one on the disk of `folder`."""
    program = find_pgbench()
    with ExitStack() as stack:
        if dsn is None:
            dsn = stack.enter_context(open_server(folder)).dsn()
        own = stack.enter_context(open_database(dsn))
        workers = stack.enter_context(Workers())
        bench = Bench(own, program, settings or Settings(), workers)
        bench.prepare()
        yield bench
