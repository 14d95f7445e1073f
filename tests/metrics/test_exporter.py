"""`bookingdb metrics`: Prometheus text, also when the database is down, and again when it is up."""

import json
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bookingdb.embedded import EmbeddedServer
from bookingdb.exporter import DatabaseCollector
from tests.cli.conftest import BOOKINGDB, Cli, environment
from tests.shop import Shop
from tests.support import Database, require

NOBODY = "postgresql://ada:hunter2@127.0.0.1:1/nowhere"


def sample(text: str, name: str) -> float:
    (value,) = (
        s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
        if s.name == name
    )
    return value


def scrape(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


@pytest.fixture
def url(database: Database) -> Iterator[str]:
    """Where an exporter of the database serves its metrics."""
    command = [*BOOKINGDB, "metrics", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        command, env=environment(Cli(database.dsn)), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        (found,) = re.findall(r"http://\S+", process.stderr.readline())
        yield found
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_it_connects_again(shop: Shop, url: str) -> None:
    shop.book()
    assert sample(scrape(url), "bookingdb_upcoming_booked_bookings") == 1
    for _ in range(2):
        shop.conn.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
            " where application_name = 'bookingdb metrics'"
        )
        shop.book()
        assert sample(scrape(url), "bookingdb_up") == 1
    assert sample(scrape(url), "bookingdb_upcoming_booked_bookings") == 3


def test_database_that_comes_up(shop: Shop, database: Database, server: EmbeddedServer) -> None:
    """First there is no such database, then it is there, then it is away again."""
    registry = CollectorRegistry()
    collector = DatabaseCollector(server.dsn("not_yet"))
    registry.register(collector)
    assert registry.get_sample_value("bookingdb_up") == 0
    assert registry.get_sample_value("bookingdb_lock_waiters") is None
    collector._dsn = database.dsn
    assert registry.get_sample_value("bookingdb_up") == 1
    assert registry.get_sample_value("bookingdb_lock_waiters") == 0
    shop.conn.execute("alter function bookingdb.metrics rename to away")
    assert registry.get_sample_value("bookingdb_up") == 0
    collector.close()


def test_once(shop: Shop, database: Database) -> None:
    cli = Cli(database.dsn)
    shop.book()
    text = cli.run("metrics", "--once").stdout
    assert sample(text, "bookingdb_up") == 1
    assert sample(text, "bookingdb_upcoming_booked_bookings") == 1
    labelled = cli.run("metrics", "--once", "--per-business", "1").stdout
    assert 'bookingdb_upcoming_booked_bookings{business_id="00000000-' in labelled
    found = {m["name"]: m for m in cli.json("metrics")}
    assert found["bookingdb_upcoming_booked_bookings"]["value"] == 1


def test_once_while_it_is_down(caplog: pytest.LogCaptureFixture) -> None:
    ran = Cli(NOBODY).run("metrics", "--once", code=1)
    assert sample(ran.stdout, "bookingdb_up") == 0
    assert "cannot be asked" in caplog.text
    assert "hunter2" not in caplog.text + ran.stderr


def test_what_cannot_work_is_said() -> None:
    error = Cli("postgresql://ada:hunter2@[x").run("metrics", code=1).stderr
    assert "The DSN cannot be read" in error
    assert "hunter2" not in error
    for address in ("9187", "127.0.0.1:x", "127.0.0.1:70000"):
        assert "no address" in Cli(NOBODY).run("metrics", "--listen", address, code=2).stderr
    taken = Cli(NOBODY).run("metrics", "--listen", "192.0.2.1:9187", code=1)
    assert "Cannot listen on 192.0.2.1:9187" in taken.stderr


def test_promtool_finds_nothing_to_complain_about(shop: Shop, database: Database) -> None:
    promtool = shutil.which("promtool")
    require(promtool, "promtool")
    text = Cli(database.dsn).run("metrics", "--once").stdout
    for metrics, complaint in ((text, ""), (text + "# TYPE x_total gauge\nx_total 1\n", "x_total")):
        ran = subprocess.run(
            [str(promtool), "check", "metrics"], input=metrics, text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        assert complaint in ran.stdout + ran.stderr
        assert (ran.returncode == 0) == (complaint == "")


def test_files_are_printed() -> None:
    assert "groups:" in Cli(NOBODY).run("metrics", "--alerts").stdout
    assert json.loads(Cli(NOBODY).run("metrics", "--dashboard").stdout)["uid"] == "bookingdb"
