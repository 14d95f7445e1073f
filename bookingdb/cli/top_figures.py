"""What `bookingdb top` shows, as the database tells it; only rates of counters are worked out."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from bookingdb import ChangeRate, Metric, WaitingSession, current_changes, metrics, waiting_sessions

__all__ = ["Figures", "Reader"]

WINDOW = dt.timedelta(seconds=10)
SEVERITIES = "ok", "warning", "critical"
OUTCOMES = "committed", "rolled_back"
HEAVY = 10.0
"""Metrics are read no more often than this (seconds): they look at an hour of everything."""


@dataclass(frozen=True)
class Figures:
    """One look at the database."""

    at: dt.datetime
    database: str
    changes: list[ChangeRate]
    """Over the last ten seconds."""
    waits: list[WaitingSession]
    metrics: list[Metric]
    transactions: dict[str, float]
    """Per second since the look before; empty at the first."""

    def value(self, name: str, **labels: str) -> float:
        """The sum of the metric's samples that have these labels."""
        return sum(
            one.value
            for one in self.metrics
            if one.name == f"bookingdb_{name}" and labels.items() <= one.labels.items()
        )

    def by(self, name: str, label: str) -> dict[str, float]:
        """The metric's values by one of its labels, where there are any; the largest first."""
        found: dict[str, float] = {}
        for one in self.metrics:
            if one.name == f"bookingdb_{name}" and label in one.labels:
                key = str(one.labels[label])
                found[key] = found.get(key, 0) + one.value
        counted = ((key, value) for key, value in found.items() if value)
        return dict(sorted(counted, key=lambda item: -item[1]))

    @property
    def status(self) -> str:
        """Of the health: ok, warning or critical."""
        worst = max(self.by("health_severity", "check").values(), default=0)
        return SEVERITIES[int(worst)]

    @property
    def troubles(self) -> dict[str, str]:
        """The checks that are not well, the worst first, with their figures."""
        figures = {
            one.labels["check"]: f"{one.value:g} {one.labels['unit']}"
            for one in self.metrics
            if one.name == "bookingdb_health_figure"
        }
        return {name: figures.get(name, "?") for name in self.by("health_severity", "check")}

    def json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "at": self.at,
            "database": self.database,
            "status": self.status,
            "troubles": self.troubles,
            "window_seconds": WINDOW.total_seconds(),
            "changes": self.changes,
            "transactions_per_second": self.transactions,
            "waits": self.waits,
            "metrics": [
                {"name": one.name, "labels": one.labels, "value": one.value} for one in self.metrics
            ],
        }


class Reader:
    """Looks again and again."""

    def __init__(self) -> None:
        self._metrics: list[Metric] = []
        self._read_at = -HEAVY
        self._before: tuple[float, dict[str, float]] | None = None
        self._rates: dict[str, float] = {}

    def read(self, conn: psycopg.Connection[Any]) -> Figures:
        """Look once; `conn` is in autocommit mode."""
        now = time.monotonic()
        if now - self._read_at >= HEAVY:
            self._metrics, self._read_at = metrics(conn), now
            self._rate(now)
        return Figures(
            dt.datetime.now().astimezone(),
            conn.info.dbname,
            current_changes(conn, window=WINDOW),
            waiting_sessions(conn),
            self._metrics,
            self._rates,
        )

    def _rate(self, now: float) -> None:
        """Transactions a second, from the counters of this look and the one before."""
        totals = {
            str(one.labels["outcome"]): one.value
            for one in self._metrics
            if one.name == "bookingdb_transactions_total"
        }
        if self._before:
            then, before = self._before
            self._rates = {
                outcome: max(0.0, totals[outcome] - before[outcome]) / (now - then)
                for outcome in OUTCOMES
            }
        self._before = now, totals
