"""`bookingdb bench --quick`, from end to end on a given server; how fast is not asked here."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest

from bookingdb.bench.aims import AIMS
from bookingdb.bench.contestants.peers import PEERS
from bookingdb.bench.workloads import WORKLOADS
from bookingdb.embedded import EmbeddedServer
from tests.cli.conftest import Cli
from tests.support import scalar

ROOT = Path(__file__).resolve().parents[2]
BENCH = [sys.executable, "-m", "bookingdb.cli", "bench"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
PATIENCE = 300
MADE = "select count(*) from pg_database where datname like 'bookingdb\\_bench\\_%'"


@dataclass(frozen=True)
class Ran:
    """What a run of everything left."""

    tables: str
    figures: dict[str, Any]
    plots: Path
    databases_left: int

    def of(self, workload: str, who: str, unit: str = "") -> list[dict[str, Any]]:
        return [
            figure
            for figure in self.figures["figures"]
            if (figure["workload"], figure["who"]) == (workload, who) and unit in figure["unit"]
        ]


@pytest.fixture(scope="module")
def ran(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("bench")
    figures = folder / "figures.json"
    command = [*BENCH, "--quick", "--dsn", server.dsn()]
    command += ["--json", str(figures), "--plots", str(folder / "plots")]
    run = subprocess.run(
        command, env=ENVIRONMENT, text=True, capture_output=True, check=False, timeout=PATIENCE
    )
    assert run.returncode == 0, run.stderr
    with psycopg.connect(server.dsn()) as conn:
        left = scalar(conn, MADE)
    return Ran(run.stdout, json.loads(figures.read_text()), folder / "plots", left)


def test_everything_is_measured(ran: Ran) -> None:
    measured = {figure["workload"] for figure in ran.figures["figures"]}
    assert measured == set(WORKLOADS)
    for figure in ran.figures["figures"]:
        value = figure["value"]
        assert value["min"] <= value["median"] <= value["max"]
        if figure["unit"].endswith("/s"):
            assert value["min"] > 0, figure
    for name in WORKLOADS:
        svg = ElementTree.parse(ran.plots / f"{name}.svg").getroot()
        assert svg.tag.endswith("svg")
        assert name in "".join(svg.itertext())
        assert re.search(rf"^{name}\b", ran.tables, re.MULTILINE)
    assert [aim["what"] for aim in ran.figures["aims"]] == [aim.what for aim in AIMS]


def test_every_aim_finds_its_figure(ran: Ran) -> None:
    """But those of 8 and 32 connections, of which a quick run has fewer, and of a procedure."""
    absent = {aim.what for aim in AIMS if "conn" in aim.case}
    measured = {aim["what"]: aim["measured"] for aim in ran.figures["aims"]}
    assert {what for what, value in measured.items() if value is None} <= absent


def test_who_is_right_keeps_the_limits(ran: Ran) -> None:
    recount = {one["who"]: one for one in ran.figures["soundness"]}
    assert set(recount) == {"bookingdb", *(peer.name for peer in PEERS)}
    right = ["bookingdb", *(peer.name for peer in PEERS if peer.is_correct)]
    for who in right:
        assert recount[who]["bookings"] > 0
        assert recount[who]["overbooked"] == 0, who
    for who, one in recount.items():
        if one["counted"] is not None:
            assert (one["counted"], one["wrong_counters"]) == (one["bookings"], 0), who


def test_overbooking_of_the_sale_is_that_of_the_recount(ran: Ran) -> None:
    """By how much depends on chance; that it is seen, test_contestants shows."""
    for one in ran.figures["soundness"]:
        for sale in ran.of("flash-sale", one["who"], "overbooked"):
            assert sum(sale["rounds"]) == one["overbooked"], one["who"]


def test_its_database_is_gone(ran: Ran) -> None:
    assert ran.databases_left == 0


def test_interrupted_it_cleans_up(server: EmbeddedServer) -> None:
    command = [*BENCH, "--only", "spread", "--dsn", server.dsn()]
    with subprocess.Popen(command, env=ENVIRONMENT, text=True, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.strip() == "spread":
                break
        with psycopg.connect(server.dsn()) as conn:
            assert scalar(conn, MADE) == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) != 0
        assert "Traceback" not in process.stderr.read()
    with psycopg.connect(server.dsn()) as conn:
        assert scalar(conn, MADE) == 0


@pytest.fixture
def poor_login(server: EmbeddedServer) -> Iterator[str]:
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute("create role poor login")
        yield server.dsn().replace("user=postgres", "user=poor")
        conn.execute("drop role poor")


def test_login_that_may_make_no_database_is_told(poor_login: str) -> None:
    ran = Cli("").run("bench", "--quick", "--dsn", poor_login, code=1)
    assert 'ALTER ROLE "poor" CREATEDB' in ran.stderr


@pytest.mark.parametrize("option", ["--only=sped", "--connections=many", "--growth=0"])
def test_wrong_option_is_refused(option: str) -> None:
    Cli("").run("bench", option, code=2)
