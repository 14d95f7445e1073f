"""How many bookings a second are made, and what share of a floor that is.

Each workload is measured in rounds: the floor, then bookingdb, and again. The ratio of a round
compares two runs that came one after the other; its median and range are what counts, since the
rates themselves depend on the machine.
"""

import argparse
import json
import platform
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.server import open_bench
from benchmarks.workloads import fill_slot, workloads

__all__ = ["add_options", "run"]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default: 5)")
    parser.add_argument("--seconds", type=float, default=4, help="length of a run (default: 4)")
    parser.add_argument(
        "--connections", type=int, nargs="+", default=[1, 8, 32], metavar="N", help="(1 8 32)"
    )
    parser.add_argument(
        "--filled", type=int, default=100_000, help="bookings in the filled slot (100000)"
    )
    parser.add_argument(
        "--folder", default="/var/tmp", help="on which disk the server is (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")


def run(options: argparse.Namespace) -> None:
    log = Console(stderr=True)
    results: list[dict[str, Any]] = []
    with open_bench(options.folder) as bench:
        with bench.connect() as conn:
            version = conn.info.server_version // 10000
        fill_slot(bench, options.filled)
        chosen = workloads(options.connections, options.filled)
        for work in track(chosen, "Measuring", console=log, disable=not log.is_terminal):
            pairs = [
                (
                    bench.rate(work.floor, work.connections, options.seconds),
                    bench.rate(work.bookingdb, work.connections, options.seconds),
                )
                for _ in range(options.rounds)
            ]
            ratios = sorted(mine / floor for floor, mine in pairs)
            results.append(
                {
                    "workload": work.name,
                    "connections": work.connections,
                    "floor_per_second": round(median(floor for floor, _ in pairs)),
                    "bookingdb_per_second": round(median(mine for _, mine in pairs)),
                    "ratio": {
                        "min": round(ratios[0], 2),
                        "median": round(median(ratios), 2),
                        "max": round(ratios[-1], 2),
                    },
                }
            )
    show(results)
    if options.json:
        facts = {"postgresql": version, "machine": platform.machine(), "results": results}
        options.json.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def show(results: list[dict[str, Any]]) -> None:
    table = Table("workload", title="Bookings a second, and the ratio to the floor")
    for column in ("connections", "floor", "bookingdb", "ratio", "range"):
        table.add_column(column, justify="right")
    for row in results:
        ratio = row["ratio"]
        table.add_row(
            row["workload"],
            str(row["connections"]),
            f"{row['floor_per_second']:,}",
            f"{row['bookingdb_per_second']:,}",
            f"{ratio['median']:.2f}",
            f"{ratio['min']:.2f} - {ratio['max']:.2f}",
        )
    Console().print(table)
