"""A dispatcher without a network: relays, claims, and records the answer that it is told."""

import datetime as dt

from bookingdb import ClaimedDelivery, WebhookError, claim_deliveries, record_attempt, relay_events
from tests.support import Database

__all__ = ["PAST_MONTH", "dispatch", "make_past_month"]

DURATION = dt.timedelta(milliseconds=215)
PAST_MONTH = "2025-01"


def dispatch(
    database: Database, status: int | None = 200, answer: str = "Accepted"
) -> list[ClaimedDelivery]:
    """Send all that is due once; every receiver answers the same, or with None not at all."""
    if status is None:
        error: WebhookError | None = WebhookError.TIMEOUT
    else:
        error = None if 200 <= status <= 299 else WebhookError.STATUS
    with database.connect() as conn:
        while relay_events(conn):
            pass
        claimed = claim_deliveries(conn)
        for one in claimed:
            record_attempt(
                conn,
                one.webhook_id,
                one.claim_id,
                one.attempt_number,
                dt.datetime.now(dt.UTC),
                DURATION,
                status=status,
                error=error,
                answer=answer,
                business_id=one.business_id,
            )
    return claimed


def make_past_month(database: Database) -> None:
    """Give the audit log a partition of PAST_MONTH."""
    with database.connect() as conn:
        conn.execute("set role bookingdb_owner")
        conn.execute(
            """create table bookingdb.booking_audit_log_2025_01
                 partition of bookingdb.booking_audit_log
                 for values from ('2025-01-01 00:00Z') to ('2025-02-01 00:00Z')"""
        )
        conn.execute("select bookingdb.guard_audit_partitions()")
