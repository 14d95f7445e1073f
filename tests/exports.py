"""What has to be done before a month of the audit log may go, without files."""

import datetime as dt
from typing import Any

import psycopg

import bookingdb
from tests.support import scalar
from tests.webhooks.queue_steps import deliver

__all__ = ["finish", "partition", "pretend_exported"]


def partition(month: dt.date) -> str:
    """Name of the partition of a month."""
    return f"bookingdb.booking_audit_log_{month:%Y_%m}"


def pretend_exported(conn: psycopg.Connection[Any], month: dt.date) -> None:
    """Register an export of a month whose file nobody wrote."""
    row = conn.execute(
        "select row_count, digest from bookingdb.partition_digest(%s::regclass)", [partition(month)]
    ).fetchone()
    assert row
    bookingdb.record_audit_export(conn, month, row[0], row[1], "/nowhere.jsonl.gz")


def finish(conn: psycopg.Connection[Any], *months: dt.date) -> None:
    """Send, seal and export: then these months may go."""
    bookingdb.seal_audit(conn)
    deliver(conn)
    for month in months:
        if scalar(conn, "select to_regclass(%s) is not null", [partition(month)]):
            pretend_exported(conn, month)
