"""Write the dashboard for Grafana, monitoring/bookingdb.dashboard.json.

python -m tools.dashboard            write it
python -m tools.dashboard --check    fail if it is not what this file says
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

__all__ = ["text"]

FILE = Path(__file__).resolve().parent.parent / "monitoring/bookingdb.dashboard.json"
SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
HERE = 'instance="$instance"'
OF_ENDPOINT = f"* on (endpoint_id) group_left (host) bookingdb_endpoint_info{{{HERE}}}"
ENDPOINT = "{{host}} {{endpoint_id}}"
CALLS = "sum by (function, outcome) (rate(bookingdb_call_duration_seconds_count[$__rate_interval]))"
SLOWEST = (
    "histogram_quantile({}, sum by (function, le)"
    " (rate(bookingdb_call_duration_seconds_bucket[$__rate_interval])))"
)
WIDTH, HEIGHT = 24, 8
Query = tuple[str, str]  # expression and legend
Panel = Any  # the builders have no type in common


def here(name: str, labels: str = "") -> str:
    """A metric of the database that the dashboard shows."""
    return f"{name}{{{HERE}{labels and ', '}{labels}}}"


def of_endpoint(name: str) -> str:
    """A metric of endpoints, with their hosts."""
    return f"{here(name)} {OF_ENDPOINT}"


def seconds_since(name: str) -> str:
    return f"time() - {here(name)}"


def rate_of(name: str) -> str:
    """So many in a minute, of what is counted over the window that the database chose."""
    window = here("bookingdb_recent_window_seconds", 'of="changes"')
    return f"sum by (action) ({here(name)}) / on () group_left () {window} * 60 > 0"


ROWS: dict[str, list[tuple[str, str, str, list[Query]]]] = {  # title, kind, unit, queries
    "Is all well?": [
        ("Database", "state", "short", [(here("bookingdb_up"), "")]),
        ("Checks that are not well", "table", "short", [
            (f"{here('bookingdb_health_severity')} > 0", "")]),
        ("What to do", "table", "short", [(here("bookingdb_health_remedy_info"), "")]),
        ("Seconds that things wait", "time", "s", [
            (here("bookingdb_health_figure", 'unit="seconds"'), "{{check}}")]),
        ("Things that are wrong", "time", "short", [
            (here("bookingdb_health_figure", 'unit!~"seconds|transactions"'), "{{check}}: {{unit}}")]),
        ("Findings of the last integrity check", "time", "short", [
            (here("bookingdb_integrity_findings"), "{{check}}")]),
    ],
    "Bookings": [
        ("Changes a minute", "time", "short", [(rate_of("bookingdb_recent_changes"), "{{action}}")]),
        ("Occupancy of the next seven days", "time", "percentunit", [
            (f"{here(f'bookingdb_upcoming_booked_{x}')} / {here(f'bookingdb_upcoming_max_{x}')}", x)
            for x in ("bookings", "bouquets")]),
        ("Slots of the next seven days", "time", "short", [
            (f"sum by (state) ({here('bookingdb_upcoming_slots')})", "{{state}}")]),
        ("Holds and waiting customers", "time", "short", [
            (f"sum by (state) ({here('bookingdb_holds')})", "held, {{state}}"),
            (f"sum({here('bookingdb_upcoming_waiting')})", "waiting")]),
    ],
    "Calls of the applications": [
        ("Calls a second", "time", "reqps", [(CALLS, "{{function}} {{outcome}}")]),
        ("Errors a second", "time", "reqps", [
            ("sum by (function, sqlstate) (rate(bookingdb_call_errors_total[$__rate_interval]))",
             "{{function}} {{sqlstate}}")]),
        ("Duration of calls, median", "time", "s", [(SLOWEST.format("0.5"), "{{function}}")]),
        ("Duration of calls, 95th percentile", "time", "s", [
            (SLOWEST.format("0.95"), "{{function}}")]),
    ],
    "Webhooks": [
        ("Attempts that succeed", "bars", "percentunit", [
            (of_endpoint("bookingdb_recent_attempt_success_ratio"), ENDPOINT)]),
        ("Attempts by answer", "time", "short", [
            (f"sum by (status) ({here('bookingdb_recent_attempts')})", "{{status}}")]),
        ("Deliveries by state", "time", "short", [
            (f"sum by (state) ({here('bookingdb_recent_deliveries')})", "{{state}}")]),
        ("From change to answer", "time", "s", [
            (of_endpoint("bookingdb_recent_delivery_lag_seconds"), f"{ENDPOINT} {{{{statistic}}}}")]),
        ("Deliveries that wait", "time", "short", [
            (of_endpoint("bookingdb_endpoint_pending_deliveries"), ENDPOINT)]),
        ("Dead deliveries", "time", "short", [
            (of_endpoint("bookingdb_endpoint_dead_deliveries"), ENDPOINT)]),
        ("Overdue, failing", "time", "s", [
            (of_endpoint("bookingdb_endpoint_overdue_seconds"), f"{ENDPOINT} overdue"),
            (of_endpoint("bookingdb_endpoint_failing_seconds"), f"{ENDPOINT} failing")]),
        ("Paused", "time", "short", [(of_endpoint("bookingdb_endpoint_paused"), ENDPOINT)]),
    ],
    "Maintenance": [
        ("Since a task last succeeded", "bars", "s", [
            (seconds_since("bookingdb_maintenance_success_timestamp_seconds"), "{{task}}"),
            (seconds_since("bookingdb_integrity_check_timestamp_seconds"), "check_integrity()")]),
        ("Tasks that met with a problem", "time", "short", [
            (here("bookingdb_maintenance_problem"), "{{task}}")]),
        ("What the last round did", "time", "short", [
            (here("bookingdb_maintenance_done"), "{{task}}")]),
        ("Duration of tasks", "time", "s", [
            (here("bookingdb_maintenance_duration_seconds"), "{{task}}")]),
    ],
    "Server": [
        ("Sessions that wait for a lock", "time", "short", [(here("bookingdb_lock_waiters"), "")]),
        ("Deadlocks", "time", "short", [
            (f"increase({here('bookingdb_deadlocks_total')}[$__rate_interval])", "")]),
        ("Transactions a second", "time", "reqps", [
            (f"rate({here('bookingdb_transactions_total')}[$__rate_interval])", "{{outcome}}")]),
        ("Rows, estimated", "bars", "short", [
            (f"topk(8, {here('bookingdb_table_rows')})", "{{table}}")]),
        ("Reading these metrics took", "time", "s", [
            (here("bookingdb_scrape_duration_seconds"), "")]),
    ],
}  # fmt: skip


def panel_of(title: str, kind: str, unit: str, queries: Sequence[Query]) -> Panel:
    panel: Panel
    latest = common.ReduceDataOptions().calcs(["lastNotNull"])
    if kind == "time":
        legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST)
        panel = timeseries.Panel().legend(legend.placement(LegendPlacement.BOTTOM)).min(0)
    elif kind == "table":
        panel = table.Panel().show_header(True)
    elif kind == "bars":
        panel = bargauge.Panel().reduce_options(latest).min(0)
    else:
        words = [_value("0", "down", "red"), _value("1", "up", "green")]
        panel = stat.Panel().reduce_options(latest).mappings(words)
    panel = panel.title(title).unit(unit).datasource(SOURCE)
    for ref_id, (expression, legend_text) in zip("ABCD", queries, strict=False):
        query = (
            prometheus.Dataquery()
            .expr(expression)
            .legend_format(legend_text or "__auto")
            .ref_id(ref_id)
        )
        if kind == "table":
            query = query.instant().format(PromQueryFormat.TABLE)
        panel = panel.with_target(query.datasource(SOURCE))
    return panel


def _value(value: str, shown: str, color: str) -> Any:  # as the builder's lists are invariant
    return models.ValueMap(options={value: models.ValueMappingResult(text=shown, color=color)})


def text() -> str:
    """The dashboard as JSON."""
    instances = (
        builders.QueryVariable("instance")
        .label("Database")
        .query("label_values(bookingdb_up, instance)")
        .datasource(SOURCE)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )
    sources = builders.DatasourceVariable("datasource").label("Prometheus").type("prometheus")
    dashboard = (
        builders.Dashboard("bookingdb")
        .uid("bookingdb")
        .tags(["bookingdb", "postgresql"])
        .time("now-6h", "now")
        .refresh("1m")
        .readonly()
        .with_variable(sources)
        .with_variable(instances)
    )
    ids = count(1)
    for row, panels in ROWS.items():
        dashboard = dashboard.with_row(builders.Row(row).id(next(ids)))
        columns = 4 if len(panels) % 3 else 3
        for panel in panels:
            made = panel_of(*panel).id(next(ids)).span(WIDTH // columns).height(HEIGHT)
            dashboard = dashboard.with_panel(made)
    return JSONEncoder(sort_keys=True, indent=2).encode(dashboard.build()) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    is_stale = not FILE.exists() or FILE.read_text(encoding="utf-8") != text()
    if parser.parse_args().check:
        return int(is_stale)
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
