"""How calls of bookingdb do in this process: metrics for Prometheus, spans for OpenTelemetry.

What a refused call meant rolls back with it, and how long callers waited only they can tell. So
an application that wants to know asks for it once, when it starts::

    from bookingdb import telemetry

    telemetry.count_calls()  # needs prometheus-client: `bookingdb[metrics]`
    telemetry.trace_calls()  # needs opentelemetry-api

From then on each call of a wrapper, synchronous or not, is counted, timed and traced. No argument
and no text of an error is recorded, only names and codes: there are no personal data in them.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from bookingdb import _call
from bookingdb.errors import BookingError, is_retryable

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider
    from prometheus_client import CollectorRegistry

__all__ = ["count_calls", "stop", "trace_calls"]

Connection = psycopg.Connection[Any] | psycopg.AsyncConnection[Any]
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
QUERY = re.compile(r"(select|call)\b.*?\bbookingdb\.(\w+)\(")
POSTGRESQL_PORT = 5432


class Target(NamedTuple):
    """What a query calls."""

    operation: str
    function: str


Observer = Callable[[Connection, Target], AbstractContextManager[None]]
_observers: list[Observer] = []


def count_calls(registry: "CollectorRegistry | None" = None) -> None:
    """Count and time each call, for Prometheus, in `registry` or in the usual one.

    `bookingdb_call_duration_seconds` by function and outcome, which is ok, refused (an error of
    bookingdb), conflict (run it again) or error; and `bookingdb_call_errors_total` by function and
    SQLSTATE, or where there is none, as when the connection is lost, the class of the error.
    """
    prometheus = import_module("prometheus_client")
    registry = registry or prometheus.REGISTRY
    duration = prometheus.Histogram(
        "bookingdb_call_duration_seconds",
        "How long calls took, locks included: by function and outcome.",
        ["function", "outcome"],
        buckets=BUCKETS,
        registry=registry,
    )
    errors = prometheus.Counter(
        "bookingdb_call_errors_total",
        "Calls that failed, by function and SQLSTATE.",
        ["function", "sqlstate"],
        registry=registry,
    )

    @contextmanager
    def observe(_conn: Connection, target: Target) -> Iterator[None]:
        outcome = "ok"
        started = time.perf_counter()
        try:
            yield
        except BaseException as error:
            outcome = _outcome_of(error)
            errors.labels(target.function, _code_of(error)).inc()
            raise
        finally:
            duration.labels(target.function, outcome).observe(time.perf_counter() - started)

    _add(observe)


def trace_calls(tracer_provider: "TracerProvider | None" = None) -> None:
    """A span for each call, by OpenTelemetry's stable conventions for databases, from
    `tracer_provider` or the global one. Errors set its status, with the SQLSTATE.
    """
    trace = import_module("opentelemetry.trace")
    tracer = trace.get_tracer(
        "bookingdb",
        metadata.version("bookingdb"),
        tracer_provider,
        schema_url="https://opentelemetry.io/schemas/1.33.0",
    )

    @contextmanager
    def observe(conn: Connection, target: Target) -> Iterator[None]:
        procedure = f"bookingdb.{target.function}"
        with tracer.start_as_current_span(
            f"{target.operation} {procedure}",
            kind=trace.SpanKind.CLIENT,
            attributes={
                "db.system.name": "postgresql",
                "db.operation.name": target.operation,
                "db.stored_procedure.name": procedure,
                **_server_of(conn),
            },
            record_exception=False,  # its text may quote what customers wrote
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                code = _code_of(error)
                span.set_attribute("error.type", code)
                if getattr(error, "sqlstate", None):
                    span.set_attribute("db.response.status_code", code)
                span.set_status(trace.StatusCode.ERROR, code)
                raise

    _add(observe)


def stop() -> None:
    """Calls are neither counted nor traced any more; what was counted stays in its registry."""
    _observers.clear()
    _call.watch = _call.unwatched


def _add(observer: Observer) -> None:
    _observers.append(observer)
    _call.watch = _watch


@contextmanager
def _watch(conn: Connection, query: str) -> Iterator[None]:
    target = _target_of(query)
    with ExitStack() as stack:
        if target is not None:
            for observer in _observers:
                stack.enter_context(observer(conn, target))
        yield


@cache
def _target_of(query: str) -> Target | None:
    """What a wrapper's query calls; None for any other."""
    found = QUERY.match(query)
    return Target(found[1].upper(), found[2]) if found else None


def _outcome_of(error: BaseException) -> str:
    if isinstance(error, BookingError):
        return "refused"
    return "conflict" if is_retryable(error) else "error"


def _code_of(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or type(error).__name__


def _server_of(conn: Connection) -> dict[str, str | int]:
    if conn.closed:
        return {}
    info = conn.info
    port = {} if info.port == POSTGRESQL_PORT else {"server.port": info.port}
    return {"db.namespace": info.dbname, "server.address": info.host, **port}
