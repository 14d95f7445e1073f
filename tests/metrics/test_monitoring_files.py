"""Alerts and dashboard know the metrics that there are, and the alerts fire when they should."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from prometheus_client import CollectorRegistry

import bookingdb
from bookingdb import telemetry
from bookingdb.exporter import DatabaseCollector
from tests.support import require
from tools import dashboard

ROOT = Path(__file__).parents[2]
RULES = ROOT / "monitoring/bookingdb.rules.yml"
UNIT_TESTS = Path(__file__).parent / "alerts.test.yml"
NAME = re.compile(r"\bbookingdb_[a-z_]+")


@pytest.fixture(scope="module")
def exported(scratch: psycopg.Connection[Any]) -> dict[str, set[str]]:
    """The names that metrics, exporter and telemetry have, and their labels."""
    query = "select name, labels from bookingdb.metric_catalog()"
    found = {name: set(labels) for name, labels in scratch.execute(query)}
    registry = CollectorRegistry()
    telemetry.count_calls(registry)
    telemetry.stop()
    for family in registry.collect():
        if family.type == "histogram":
            names, labels = [f"{family.name}_{x}" for x in ("bucket", "count", "sum")], {"outcome"}
        else:
            names, labels = [f"{family.name}_total"], {"sqlstate"}
        found |= {name: {"function", *labels} for name in names}
    families = DatabaseCollector("host=127.0.0.1 port=1").collect()
    return found | {family.name: set() for family in families}


def rules() -> list[dict[str, Any]]:
    """All alerts."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    """What the dashboard asks Prometheus."""
    panels = json.loads(dashboard.FILE.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def test_alerts_and_panels_ask_for_what_there_is(exported: dict[str, set[str]]) -> None:
    asked = " ".join([*queries(), *(rule["expr"] for rule in rules())])
    assert set(NAME.findall(asked)) <= set(exported)
    assert not set(NAME.findall("bookingdb_helth_severity > 0")) <= set(exported)


def test_everything_has_a_panel(exported: dict[str, set[str]]) -> None:
    shown = set(NAME.findall(" ".join(queries())))
    assert set(exported) - shown == {"bookingdb_call_duration_seconds_sum"}


def test_each_check_of_health_has_an_alert(scratch: psycopg.Connection[Any]) -> None:
    checks = [check.name for check in bookingdb.health_checks(scratch)]
    alerts = {rule["alert"]: rule for rule in rules()}
    assert len(alerts) == len(rules())
    for check in checks:
        rule = alerts["Bookingdb" + "".join(part.capitalize() for part in check.split("_"))]
        assert rule["expr"] == f'bookingdb_health_severity{{check="{check}"}} > 0'
        page = f"docs/runbook/{check.replace('_', '-')}.md"
        assert rule["annotations"]["runbook_url"] == page


def test_alerts_say_what_to_do_and_where_to_read_on() -> None:
    for rule in rules():
        assert rule["labels"]["severity"]
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        page = ROOT / rule["annotations"]["runbook_url"]
        if (ROOT / "docs/runbook").exists() or page.parent.name != "runbook":
            assert page.exists()


def test_dashboard_is_grafanas() -> None:
    """It is what the sources say, and Grafana's own types read all of it."""
    text = dashboard.FILE.read_text(encoding="utf-8")
    assert text == dashboard.text()
    read = Dashboard.from_json(json.loads(text))
    assert JSONEncoder(sort_keys=True, indent=2).encode(read) + "\n" == text
    ids = [panel["id"] for panel in json.loads(text)["panels"]]
    assert len(ids) == len(set(ids))


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    assert promtool("check", "rules", str(RULES)) == 0
    broken = tmp_path / "broken.yml"
    broken.write_text(RULES.read_text(encoding="utf-8").replace("absent(", "absence("))
    assert promtool("check", "rules", str(broken)) != 0


def test_alerts_fire_and_stay_silent(tmp_path: Path) -> None:
    text = UNIT_TESTS.read_text(encoding="utf-8").replace("RULES", str(RULES))
    tests = tmp_path / "tests.yml"
    tests.write_text(text)
    assert promtool("test", "rules", str(tests)) == 0
    tests.write_text(text.replace(str(RULES), str(tmp_path / "deaf.yml")))
    deaf = RULES.read_text(encoding="utf-8").replace("_severity{", "_severity{job='another',")
    (tmp_path / "deaf.yml").write_text(deaf)
    assert promtool("test", "rules", str(tests)) != 0


def promtool(*arguments: str) -> int:
    program = shutil.which("promtool")
    require(program, "promtool")
    return subprocess.run([str(program), *arguments], capture_output=True, check=False).returncode
