"""From Python: what the wrappers cost beside bare psycopg, which calls the same function."""

from bookingdb.bench.bench import Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race
from bookingdb.bench.targets import SPREAD

__all__ = ["BATCHES", "wrapper"]

BATCHES = "batches of 100"


def wrapper(bench: Bench) -> list[Figure]:
    """One connection of Python: the wrappers, batches, and bare psycopg with the same call."""
    samples = race(
        bench,
        "python",
        {
            "bare psycopg": lambda: bench.call_rate(SPREAD, 1, caller="bare psycopg"),
            "wrapper": lambda: bench.call_rate(SPREAD, 1, caller="wrapper"),
            "async wrapper": lambda: bench.call_rate(SPREAD, 1, job="async rate"),
            BATCHES: lambda: bench.call_rate(SPREAD, 1, caller=BATCHES),
        },
    )
    bases = {"wrapper": "bare psycopg", "async wrapper": "bare psycopg", BATCHES: "wrapper"}
    return figures("python", "1 connection", "bookings/s", samples, base=bases)
