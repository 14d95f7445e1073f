"""Run workloads one after another, and put together what came of them."""

import time
from collections.abc import Callable, Sequence
from importlib import metadata

import psycopg

from bookingdb.bench.aims import outcomes
from bookingdb.bench.bench import Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.report import Report
from bookingdb.bench.server import BenchError
from bookingdb.bench.soundness import soundness
from bookingdb.bench.workloads import WORKLOADS

__all__ = ["run_suite"]

TOLD = (
    "fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers",
    "max_wal_size", "max_connections", "jit",
)  # fmt: skip


def run_suite(
    bench: Bench, chosen: Sequence[str], on_workload: Callable[[str], None] = lambda _: None
) -> Report:
    """Measure the workloads named in `chosen`. One that fails costs the others nothing: it is named
    in the report.
    """
    started = time.monotonic()
    found: list[Figure] = []
    failed: dict[str, Exception] = {}
    for name, workload in WORKLOADS.items():
        if name in chosen:
            on_workload(name)
            try:
                found += workload(bench)
            except (BenchError, psycopg.Error) as error:
                failed[name] = error
    on_workload("recount")
    try:
        version = metadata.version("bookingdb")
    except metadata.PackageNotFoundError:
        version = "a checkout"
    return Report(
        version,
        str(bench.value("show server_version")),
        {name: str(bench.value(f"show {name}")) for name in TOLD},
        bench.settings,
        time.monotonic() - started,
        found,
        outcomes(found, chosen),
        soundness(bench),
        failed,
    )
