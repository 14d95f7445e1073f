"""The server that is measured: durable, on disk, with a shop in it and the floor beside."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

import bookingdb
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate

__all__ = ["Bench", "open_bench"]

SETTINGS = {"max_connections": "100", "shared_buffers": "512MB", "max_wal_size": "4GB"}
DAYS, SLOTS_A_DAY = 100, 20
HOURS = {
    "weekday": [1, 2, 3, 4, 5, 6, 7],
    "opens": "09:00",
    "closes": "19:00",
    "slot_interval": "30 minutes",
    "max_bookings": 100_000_000,
    "max_bouquets": 1_000_000_000,
}
FLOOR = """
create schema floor;
create table floor.slots (
  business_id uuid, date date, time time, booked_count int default 0, booked_bouquets int default 0,
  primary key (business_id, date, time)
) with (fillfactor = 70);
create table floor.bookings (
  business_id uuid, booking_id uuid default gen_random_uuid(), date date, time time, bouquets int,
  customer_name text, customer_email text, created_at timestamptz default now(),
  primary key (business_id, booking_id)
);
insert into floor.slots (business_id, date, time)
select business_id, date, time from bookingdb.time_slots;
"""


class Bench:
    """A database with 2,000 slots, and pgbench to load it."""

    def __init__(self, dsn: str, bindir: Path) -> None:
        self.dsn = dsn
        self.bindir = bindir

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.dsn, autocommit=True)

    def prepare(self) -> None:
        with self.connect() as conn:
            bookingdb.create_business(conn, "Bench", "UTC", horizon_days=DAYS)
            bookingdb.set_opening_hours(conn, [HOURS])
            bookingdb.refresh_future_schedule(conn)
            conn.execute(FLOOR)
            conn.execute("vacuum analyze")

    def rate(self, script: str, connections: int, seconds: float) -> float:
        """Transactions a second of a pgbench script; a failed one is an error."""
        where = conninfo_to_dict(self.dsn)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "script.sql"
            path.write_text(script, encoding="utf-8")
            command = [
                str(self.bindir / "pgbench"), "--no-vacuum", "--protocol=prepared",
                f"--client={connections}", f"--jobs={min(connections, 2)}",
                f"--time={max(1, round(seconds))}", f"--file={path}",
                f"--host={where['host']}", f"--port={where['port']}", f"--username={where['user']}",
                str(where["dbname"]),
            ]  # fmt: skip
            run = subprocess.run(command, text=True, capture_output=True, check=False)
        if run.returncode or "number of failed transactions: 0 " not in run.stdout:
            raise RuntimeError(f"pgbench failed:\n{run.stdout}{run.stderr}")
        line = next(x for x in run.stdout.splitlines() if x.startswith("tps = "))
        return float(line.split()[2])


@contextmanager
def open_bench(folder: str) -> Iterator[Bench]:
    """A new server on the disk of `folder`, fsync and all."""
    with (
        TemporaryDirectory(prefix="bookingdb-bench-", dir=folder) as data,
        EmbeddedServer(Path(data) / "data", settings=SETTINGS) as server,
    ):
        migrate(server.dsn())
        bench = Bench(server.dsn(), server.bindir)
        bench.prepare()
        yield bench
