"""What callers saw is counted, timed and traced, where an application asks for it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CollectorRegistry

import bookingdb
from bookingdb import _call, aio, telemetry
from tests.shop import DAY, NINE, Shop
from tests.support import Database

BOOK = "create_booking_safe"


@pytest.fixture
def registry() -> Iterator[CollectorRegistry]:
    """Calls are counted here."""
    made = CollectorRegistry()
    telemetry.count_calls(made)
    yield made
    telemetry.stop()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Spans of calls come here."""
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.trace_calls(provider)
    yield exporter
    telemetry.stop()


def counted(registry: CollectorRegistry, outcome: str, function: str = BOOK) -> float | None:
    return registry.get_sample_value(
        "bookingdb_call_duration_seconds_count", {"function": function, "outcome": outcome}
    )


def failed(registry: CollectorRegistry, sqlstate: str, function: str = BOOK) -> float | None:
    return registry.get_sample_value(
        "bookingdb_call_errors_total", {"function": function, "sqlstate": sqlstate}
    )


def test_calls_by_outcome(shop: Shop, registry: CollectorRegistry) -> None:
    for _ in range(2):
        shop.book()
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.book(bouquets=11)
    assert (counted(registry, "ok"), counted(registry, "refused")) == (2, 1)
    assert failed(registry, "ZB003") == 1
    seconds = registry.get_sample_value(
        "bookingdb_call_duration_seconds_sum", {"function": BOOK, "outcome": "ok"}
    )
    assert seconds is not None
    assert seconds > 0


def test_conflicts_and_other_errors(
    shop: Shop, database: Database, registry: CollectorRegistry
) -> None:
    with database.connect(autocommit=False) as other:
        other.execute("update bookingdb.time_slots set created_at = created_at")
        shop.conn.execute("set lock_timeout = '1ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            shop.book()
    lost = database.connect()
    lost.close()
    with pytest.raises(psycopg.OperationalError):
        Shop(lost).book()
    assert (counted(registry, "conflict"), counted(registry, "error")) == (1, 1)
    assert (failed(registry, "55P03"), failed(registry, "OperationalError")) == (1, 1)


def test_procedure_is_counted_once(shop: Shop, registry: CollectorRegistry) -> None:
    bookingdb.book_hot_slot(shop.conn, DAY, NINE, 1, "Ada", "ada@example.org")
    assert counted(registry, "ok", "book_hot_slot") == 1
    names = {s.labels.get("function") for m in registry.collect() for s in m.samples}
    assert names == {"book_hot_slot"}


def test_spans(shop: Shop, spans: InMemorySpanExporter) -> None:
    shop.book(notes="no lilies please")
    with pytest.raises(bookingdb.MaximumBouquetsReached):
        shop.book(bouquets=11, customer_name="Zebedee")
    with pytest.raises(psycopg.DataError):
        shop.book(customer_email="not an address \x00")
    booked, refused, wrong = spans.get_finished_spans()
    assert (booked.name, booked.kind) == (f"SELECT bookingdb.{BOOK}", SpanKind.CLIENT)
    assert attributes(booked) == {
        "db.system.name": "postgresql",
        "db.namespace": shop.conn.info.dbname,
        "db.operation.name": "SELECT",
        "db.stored_procedure.name": f"bookingdb.{BOOK}",
        "server.address": shop.conn.info.host,
    }
    assert booked.status.status_code is StatusCode.UNSET
    assert refused.status.status_code is wrong.status.status_code is StatusCode.ERROR
    assert refused.status.description == "ZB003"
    assert attributes(refused)["db.response.status_code"] == "ZB003"
    assert attributes(refused)["error.type"] == "ZB003"
    assert attributes(wrong)["error.type"] == "DataError"
    told = "".join(span.to_json() for span in (booked, refused, wrong))
    for secret in ("Ada", "ada@example.org", "lilies", "Zebedee", "not an address"):
        assert secret not in told


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_async_calls_too(
    shop: Shop, database: Database, registry: CollectorRegistry, spans: InMemorySpanExporter
) -> None:
    async def story() -> None:
        async with await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as conn:
            await aio.create_booking(conn, DAY, NINE, 1, "Ada", "ada@example.org")
            with pytest.raises(bookingdb.SlotNotFound):
                await aio.create_booking(conn, DAY, NINE.replace(3), 1, "Ada", "a@example.org")
            await aio.book_hot_slot(conn, DAY, NINE, 1, "Ada", "ada@example.org")

    asyncio.run(story())
    assert (counted(registry, "ok"), failed(registry, "ZB001")) == (1, 1)
    assert [(s.name, s.status.description) for s in spans.get_finished_spans()] == [
        (f"SELECT bookingdb.{BOOK}", None),
        (f"SELECT bookingdb.{BOOK}", "ZB001"),
        ("CALL bookingdb.book_hot_slot", None),
    ]


def test_nothing_unless_asked_for(shop: Shop, registry: CollectorRegistry) -> None:
    telemetry.stop()
    assert _call.watch is _call.unwatched
    shop.book()
    assert counted(registry, "ok") is None
