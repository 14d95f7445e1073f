"""From a dead letter and an overbooked slot to a firing alert, through a real Prometheus."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, start_http_server

import bookingdb
from bookingdb.exporter import DatabaseCollector
from tests.cli.dispatcher import dispatch
from tests.metrics.test_monitoring_files import RULES, queries
from tests.shop import DAY, NINE, open_shop
from tests.support import Database, require

CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 300ms}}
rule_files: [{rules}]
scrape_configs:
  - job_name: bookingdb
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
PATIENCE = 60  # seconds


@dataclass
class Prometheus:
    """A server, and what it is asked."""

    url: str

    def ask(self, path: str, **arguments: str) -> Any:
        query = urllib.parse.urlencode(arguments)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as answer:
            return json.load(answer)["data"]

    def wait_for(self, names: set[str]) -> dict[str, Any]:
        """The firing alerts by name, once these are among them."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            alerts = {
                alert["labels"]["alertname"]: alert
                for alert in self.ask("alerts")["alerts"]
                if alert["state"] == "firing"
            }
            if names <= set(alerts):
                return alerts
            time.sleep(0.05)
        raise AssertionError(f"firing: {set(alerts)}")

    def wait_until_asked(self) -> None:
        """Until it has scraped the exporter once."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if self.ask("query", query="bookingdb_up == 1")["result"]:
                    return
            except OSError:
                pass  # it starts
            time.sleep(0.05)
        raise AssertionError("Prometheus does not scrape")


@pytest.fixture
def prometheus(database: Database, tmp_path: Path) -> Iterator[Prometheus]:
    """Prometheus with our alerts, which need not last, and our exporter."""
    program = shutil.which("prometheus")
    require(program, "Prometheus")
    registry = CollectorRegistry()
    collector = DatabaseCollector(database.dsn)
    registry.register(collector)
    with ExitStack() as stack:
        server, thread = start_http_server(0, "127.0.0.1", registry)
        stack.callback(collector.close)
        stack.callback(thread.join)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        rules = tmp_path / "rules.yml"
        rules.write_text(re.sub(r"\n +for: \w+", "", RULES.read_text(encoding="utf-8")))
        configuration = tmp_path / "prometheus.yml"
        configuration.write_text(CONFIGURATION.format(rules=rules, port=server.server_port))
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        process = stack.enter_context(
            subprocess.Popen(
                [
                    str(program),
                    f"--config.file={configuration}",
                    f"--storage.tsdb.path={tmp_path / 'data'}",
                    f"--web.listen-address={address}",
                ],
                stderr=subprocess.DEVNULL,
            )
        )
        stack.callback(process.terminate)
        yield Prometheus(f"http://{address}")


def overbook(database: Database) -> None:
    """Four bookings where three fit, past all guards, as a superuser can."""
    with database.connect() as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute(
            "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)"
            " select %s, %s, 1, 'Ada', 'ada@example.org' from generate_series(1, 4)",
            [DAY, NINE],
        )
        conn.execute("reset session_replication_role")
        assert bookingdb.watch_overbooking(conn) == 1


def test_from_trouble_to_alert(database: Database, prometheus: Prometheus) -> None:
    expected = {"BookingdbOverbooked", "BookingdbDeadLetters"}
    with database.connect() as conn:
        shop = open_shop(conn)
        bookingdb.add_webhook_endpoint(conn, "https://hook.example/", retry_schedule=[])
        shop.book(NINE.replace(11))
    prometheus.wait_until_asked()
    assert not expected & set(prometheus.wait_for(set()))
    overbook(database)
    dispatch(database, 500)
    firing = prometheus.wait_for(expected)
    overbooked = firing["BookingdbOverbooked"]
    assert overbooked["labels"]["severity"] == "critical"
    assert "What to do: " in overbooked["annotations"]["description"]
    for query in queries():
        text = query.replace("$instance", overbooked["labels"]["instance"])
        prometheus.ask("query", query=text.replace("$__rate_interval", "1m"))
