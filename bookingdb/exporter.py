"""What `metrics()` says, for Prometheus: a collector that asks the database at each scrape.

Needs prometheus-client: `bookingdb[metrics]`.
"""

import logging
import threading
import time
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import psycopg
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bookingdb import Metric as Sample
from bookingdb import metrics

__all__ = ["DatabaseCollector", "MetricsServer"]

log = logging.getLogger(__name__)

CONNECTION: dict[str, Any] = {
    "fallback_application_name": "bookingdb metrics",
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,  # milliseconds: a server that vanished is noticed
    "autocommit": True,
    "prepare_threshold": None,  # behind PgBouncer the next transaction may have another server
}
TIMEOUT = "10s"  # for the query; Prometheus itself gives up after as long


class DatabaseCollector(Collector):
    """The metrics of the database at `dsn`; `business_limit` as for `metrics()`.

    It keeps a connection, and makes another when that is lost. While the database cannot be
    asked, there is `bookingdb_up 0` and nothing else.
    """

    def __init__(self, dsn: str, *, business_limit: int = 0) -> None:
        self._dsn = dsn
        self._business_limit = business_limit
        self._conn: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()  # a second scrape waits for the first

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering it must not need the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All metrics as they are now."""
        started = time.perf_counter()
        with self._lock:
            try:
                samples: list[Sample] | None = self._read()
            except psycopg.Error as error:
                log.warning("The database cannot be asked: %s", error)
                self.close()
                samples = None
        yield GaugeMetricFamily(
            "bookingdb_up", "1 if the database answered, 0 if not.", samples is not None
        )
        yield GaugeMetricFamily(
            "bookingdb_scrape_duration_seconds",
            "How long it took to ask the database.",
            time.perf_counter() - started,
        )
        for _, group in groupby(samples or (), lambda sample: sample.name):
            yield _family(list(group))

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _read(self) -> list[Sample]:
        if self._conn is not None:
            try:
                return self._ask(self._conn)
            except psycopg.OperationalError:
                if not self._conn.closed:
                    raise
                self.close()  # lost since the last time
        self._conn = psycopg.connect(self._dsn, **CONNECTION)
        return self._ask(self._conn)

    def _ask(self, conn: psycopg.Connection[Any]) -> list[Sample]:
        with conn.transaction():
            conn.execute("select set_config('statement_timeout', %s, true)", [TIMEOUT])
            return metrics(conn, business_limit=self._business_limit)


class MetricsServer:
    """Serves the metrics of the database at `dsn`, at /metrics; a service for a `Worker`.

    It listens as soon as it is made; at port 0 on any. Raises OSError when it cannot.
    """

    def __init__(self, dsn: str, host: str, port: int, *, business_limit: int = 0) -> None:
        self._collector = DatabaseCollector(dsn, business_limit=business_limit)
        registry = CollectorRegistry()
        registry.register(self._collector)
        self._server, self._thread = start_http_server(port, host, registry)
        self._stopping = threading.Event()
        self.url = f"http://{host}:{self._server.server_port}/metrics"

    def run(self) -> None:
        """Serve until stop() is called."""
        self._stopping.wait()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._collector.close()

    def stop(self) -> None:
        """Make run() end."""
        self._stopping.set()


def _family(samples: list[Sample]) -> Metric:
    """Samples of one name."""
    first = samples[0]
    labels = sorted({label for sample in samples for label in sample.labels})
    family = CounterMetricFamily if first.kind == "counter" else GaugeMetricFamily
    metric = family(first.name, first.help, labels=labels)
    for sample in samples:
        metric.add_metric([str(sample.labels.get(label, "")) for label in labels], sample.value)
    return metric
