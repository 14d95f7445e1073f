"""Webhooks, health, maintenance and locks in metrics() are as they are."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from tests.cli.dispatcher import DURATION, dispatch
from tests.metrics.figures import figure, figures
from tests.shop import Shop
from tests.support import Database, rewrite

TOUCH = "update bookingdb.time_slots set created_at = created_at"
HOOK = "https://hook.example/secret-path?token=hunter2"


@pytest.fixture
def endpoint(shop: Shop) -> UUID:
    """An endpoint that gives up after one retry."""
    made = bookingdb.add_webhook_endpoint(
        shop.conn, HOOK, description="Bouquets", retry_schedule=[dt.timedelta(seconds=1)]
    )
    return made.endpoint_id


def at(shop: Shop, endpoint: UUID) -> Callable[..., float | None]:
    """Asks for figures of the endpoint."""
    now = figures(shop.conn)

    def ask(name: str, **labels: str) -> float | None:
        return now.get((name, frozenset({"endpoint_id": str(endpoint), **labels}.items())))

    return ask


def test_attempts_and_what_came_of_them(shop: Shop, database: Database, endpoint: UUID) -> None:
    for status in (200, 200, 200, 503, None):
        shop.book(dt.time(9 + (status != 200)), customer_email=f"{status}@example.org")
        dispatch(database, status)
    ask = at(shop, endpoint)
    assert ask("recent_attempts", status="200") == 3
    assert ask("recent_attempts", status="503") == 1
    assert ask("recent_attempts", status="timeout") == 1
    assert ask("recent_attempt_success_ratio") == 0.6
    assert ask("recent_deliveries", state="delivered") == 3
    assert ask("recent_deliveries", state="pending") == 2
    assert ask("endpoint_pending_deliveries") == 2
    failing = ask("endpoint_failing_seconds")
    assert failing is not None
    assert failing > 0
    median, most = (ask("recent_delivery_lag_seconds", statistic=s) for s in ("median", "max"))
    assert median is not None
    assert most is not None
    assert 0 < median <= most < 60


def test_dead_overdue_and_paused(shop: Shop, database: Database, endpoint: UUID) -> None:
    ask = at(shop, endpoint)
    for name in ("failing_seconds", "overdue_seconds", "dead_deliveries", "paused"):
        assert ask(f"endpoint_{name}") == 0
    shop.book()
    dispatch(database, 500)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    database.set_clock(str(later))
    overdue = at(shop, endpoint)("endpoint_overdue_seconds")
    assert overdue is not None
    assert 500 < overdue < 600
    dispatch(database, 500)
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason="Ada is on it")
    ask = at(shop, endpoint)
    assert ask("endpoint_dead_deliveries") == 1
    assert ask("endpoint_overdue_seconds") == 0
    assert ask("endpoint_paused") == 1
    assert ask("recent_deliveries", state="dead") == 1


def test_urls_are_not_shown(shop: Shop, endpoint: UUID) -> None:
    """What follows the host may be a password."""
    labels = {"host": "hook.example", "description": "Bouquets"}
    assert at(shop, endpoint)("endpoint_info", **labels) == 1
    assert "hunter2" not in str(figures(shop.conn))
    assert "secret-path" not in str(figures(shop.conn))


def test_removed_endpoint_is_gone(shop: Shop, endpoint: UUID) -> None:
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint)
    assert str(endpoint) not in str(figures(shop.conn))


def test_window_of_deliveries(shop: Shop, database: Database, endpoint: UUID) -> None:
    rewrite(shop.conn, "metrics_of_deliveries", "5000", "1")
    assert figure(shop.conn, "recent_window_seconds", of="deliveries") == 3600
    for _ in range(2):
        shop.book()
        dispatch(database)
    window = figure(shop.conn, "recent_window_seconds", of="deliveries")
    assert window is not None
    assert 0 < window < 3600
    assert at(shop, endpoint)("recent_attempts", status="200") == 1


def test_health_is_what_the_checks_found(shop: Shop, endpoint: UUID) -> None:
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason="Ada is on it")
    now = figures(shop.conn)
    found = {
        dict(labels)["check"]: value
        for (name, labels), value in now.items()
        if name == "health_severity"
    }
    grades = ["ok", "warning", "critical"]
    checks = bookingdb.health_checks(shop.conn)
    assert {c.name: grades.index(c.severity) for c in checks} == found
    assert found["paused_endpoints"] == 1
    (paused,) = (c for c in checks if c.name == "paused_endpoints")
    of_check = {"check": "paused_endpoints"}
    assert paused.remedy is not None
    assert figure(shop.conn, "health_figure", **of_check, unit=paused.unit) == 1
    assert figure(shop.conn, "health_remedy_info", **of_check, remedy=paused.remedy) == 1


def test_integrity_and_maintenance(scratch: psycopg.Connection[Any]) -> None:
    with scratch.transaction(force_rollback=True):
        bookingdb.create_business(scratch, "Flower shop", "UTC")
        scratch.execute('alter table bookingdb.bookings disable trigger "D_audit"')
        bookingdb.maintain(scratch)
        now = figures(scratch)
        tasks = {
            dict(labels)["task"]
            for (name, labels) in now
            if name == "maintenance_success_timestamp_seconds"
        }
        assert "slots_ahead" in tasks
        assert now["maintenance_problem", frozenset({("task", "integrity")})] == 0
        counts = Counter(finding.check_name for finding in bookingdb.check_integrity(scratch))
        assert counts
        for check, count in counts.items():
            assert figure(scratch, "integrity_findings", check=check) == count
        assert figure(scratch, "integrity_check_timestamp_seconds") is not None


def test_who_waits_for_a_lock(shop: Shop, database: Database) -> None:
    assert figure(shop.conn, "lock_waiters") == 0
    with database.connect(autocommit=False) as holder, database.connect() as waiter:
        holder.execute(TOUCH)
        blocked = threading.Thread(target=waiter.execute, args=[TOUCH])
        blocked.start()
        while not figure(shop.conn, "lock_waiters"):
            pass
        holder.rollback()
        blocked.join()
    assert figure(shop.conn, "lock_waiters") == 0


def test_transactions_are_counted(shop: Shop) -> None:
    assert (figure(shop.conn, "transactions_total", outcome="committed") or 0) > 0
    assert (figure(shop.conn, "transactions_total", outcome="rolled_back") or 0) >= 0
    shop.conn.execute("analyze bookingdb.time_slots")
    slots = figure(shop.conn, "table_rows", table="time_slots")
    assert slots is not None
    assert slots > 50


def test_it_concerns_all_businesses(shop: Shop, database: Database) -> None:
    for group in ("bookingdb_auditor", "bookingdb_admin"):
        with database.login(group) as conn:
            assert bookingdb.metrics(conn)
    for group in ("bookingdb_app", "bookingdb_dispatcher"):
        with (
            database.login(group) as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            bookingdb.metrics(conn)


def test_catalog_is_complete(shop: Shop, database: Database, endpoint: UUID) -> None:
    shop.book()
    dispatch(database)
    bookingdb.maintain(shop.conn)
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint)
    said: dict[str, set[str]] = {}
    for metric in bookingdb.metrics(shop.conn, business_limit=1):
        labels = said.setdefault(metric.name, set(metric.labels))
        assert labels == set(metric.labels)
    catalog = shop.conn.execute("select name, labels from bookingdb.metric_catalog()")
    expected = {name: set(labels) for name, labels in catalog}
    del expected["bookingdb_integrity_findings"]  # there are none
    assert said == expected


SCANNED = """
select relid::regclass::text
  from (select 'bookingdb.bookings'::regclass
        union all select 'bookingdb.webhook_deliveries'
        union all select 'bookingdb.webhook_attempts'
        union all select relid from pg_partition_tree('bookingdb.booking_audit_log')
                   where isleaf and relid <> 'bookingdb.booking_audit_log_default'::regclass
       ) t (relid)
 where pg_stat_get_xact_numscans(relid) > 0
"""


@pytest.mark.parametrize("is_guarded", [True, False])
def test_nothing_that_grows_is_read_whole(
    shop: Shop, database: Database, endpoint: UUID, is_guarded: bool
) -> None:
    shop.book(hold_for=DURATION * 100)
    dispatch(database)
    if not is_guarded:
        shop.conn.execute("alter function bookingdb.recent_changes reset all")
    with shop.conn.transaction():
        before = shop.conn.execute(SCANNED).fetchall()
        bookingdb.metrics(shop.conn)
        assert before == []
        assert (shop.conn.execute(SCANNED).fetchall() == []) is is_guarded
