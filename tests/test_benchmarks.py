"""The benchmark of the webhooks runs from end to end; how fast is not asked here."""

import json
import subprocess
import sys
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks import caching, health
from benchmarks.webhooks.command import PARTS
from tests.support import Database

ROOT = Path(__file__).parents[1]
TINY = {
    "--rounds": "1",
    "--events": "12",
    "--rate": "20",
    "--seconds": "1",
    "--changes": "30",
    "--idle-seconds": "1",
    "--deliveries": "40",
}
WORKERS = 2
PEERS = [name for name in ("procrastinate", "pgqueuer") if find_spec(name)]  # the extra bench


@pytest.mark.long
def test_webhooks_are_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-W", "error", "-m", "benchmarks", "webhooks", "--markdown"]
    command += [word for pair in TINY.items() for word in pair]
    command += ["--workers", str(WORKERS), "--peers", *PEERS]
    command += ["--folder", str(tmp_path), "--json", str(figures)]
    run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    results = {part["name"]: part for part in json.loads(figures.read_text())["results"]}
    assert tuple(results) == PARTS
    for part in results.values():
        assert f"{part['title']}:" in run.stdout
    rows = results["throughput"]["rows"]
    whoever = ["floor", "bookingdb", "bookingdb, and the relay", *PEERS]
    assert [(row["workers"], row["who"]) for row in rows] == [(WORKERS, who) for who in whoever]
    assert all(row["events/s"]["median"] > 0 for row in rows)
    assert [row["bookings a round"] for row in results["latency"]["rows"]] == [20] * (
        2 + len(PEERS)
    )
    tables = {row["table or index"]: row for row in results["bloat"]["rows"]}
    assert tables["webhook_deliveries"]["dead rows before VACUUM"] > 0


def test_caches_are_measured(database: Database) -> None:
    options = Namespace(rounds=2, reads=2, bookings=2)
    with database.connect() as conn, database.connect() as ear:
        parts = list(caching.measure(conn, ear, options))
    for part in parts:
        assert [row["cache"] for row in part.rows] == ["no cache", "a table", "in the process"]
        assert part.markdown().startswith(part.title)


def test_a_part_that_is_none_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks", "webhooks", "speed"]
    run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    assert run.returncode == 1
    assert "There is no part speed" in run.stderr


def test_what_watching_costs(scratch: psycopg.Connection[Any]) -> None:
    health.fill(scratch, 20)
    assert all(health.measure(scratch, call) > 0 for call in health.CALLS)
