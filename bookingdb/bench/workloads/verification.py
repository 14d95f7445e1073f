"""How fast the proof of the audit log is checked: against hashing each row's text once."""

import time

from bookingdb.bench.bench import Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race
from bookingdb.bench.server import BenchError
from bookingdb.bench.stock import BATCH, fill_ours
from bookingdb.bench.targets import SPREAD

__all__ = ["VERIFY", "verification"]

FLOOR, VERIFY, SEAL = "one SHA-256 of each row's text", "verify_audit", "seal_audit"
HASHED = """
select count(distinct sha256(convert_to(l::text, 'UTF8'))) from bookingdb.booking_audit_log l
"""
ROWS = "select count(*) from bookingdb.booking_audit_log"
SEALED = "select coalesce(sum(row_count), 0) from bookingdb.seal_audit()"


def verification(bench: Bench) -> list[Figure]:
    """Rows of the audit log verified and sealed in a second; sound rows must raise no alarm."""
    wanted = bench.settings.verified
    with bench.connect() as conn:
        while (there := bench.value(ROWS)) < wanted:
            bench.on_step(f"verification: storing changes, {there:,} of {wanted:,}")
            fill_ours(conn, SPREAD, min(BATCH, wanted - there))
    bench.settle()
    count = bench.value(ROWS)
    started = time.perf_counter()
    if bench.value(SEALED) != count:
        raise BenchError("seal_audit() did not seal each row once")
    sealed = count / (time.perf_counter() - started)
    samples = race(
        bench,
        "verification",
        {FLOOR: lambda: _rate(bench, HASHED, count), VERIFY: lambda: _verified(bench, count)},
    )
    case = f"{count:,} rows"
    return [
        *figures("verification", case, "rows/s", samples, base=FLOOR),
        *figures("verification", case, "rows/s", {SEAL: [sealed]}, base={}),
    ]


def _verified(bench: Bench, count: int) -> float:
    started = time.perf_counter()
    if alarms := bench.value("select count(*) from bookingdb.verify_audit()"):
        raise BenchError(f"verify_audit() raised {alarms} false alarms")
    return count / (time.perf_counter() - started)


def _rate(bench: Bench, query: str, count: int) -> float:
    started = time.perf_counter()
    bench.value(query)
    return count / (time.perf_counter() - started)
