"""What each endpoint must have received, judged by the audit log and not by the queue."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

import bookingdb
from tests.support import scalar
from tests.webhooks.custody.endpoints import Endpoint, Receipt

__all__ = ["Findings", "altered", "changes_of", "collected", "findings", "judged"]

Connection = psycopg.Connection[Any]
Findings = dict[str, list[str]]
"""What is wrong, by kind; empty: nothing."""

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Change:
    """A row of the audit log."""

    event_id: UUID
    booking_id: UUID
    version: int
    action: str

    @property
    def event_type(self) -> str:
        return f"booking.{self.action}"


def changes_of(conn: Connection) -> list[Change]:
    """Every change that is committed, each booking's in their order."""
    query = (
        "select id, booking_id, booking_version, action_type::text"
        " from bookingdb.booking_audit_log order by booking_id, booking_version"
    )
    return [Change(*row) for row in conn.execute(query)]


def webhook_id_of(endpoint: Endpoint, change: Change) -> UUID:
    """The id that a change must have wherever and however often it is sent."""
    digest = hashlib.sha256(endpoint.endpoint_id.bytes + change.event_id.bytes)
    return UUID(bytes=digest.digest()[:16])


def findings(conn: Connection, endpoints: Sequence[Endpoint]) -> Findings:
    """All that is wrong with what the endpoints received, and with what the database says of it."""
    changes = changes_of(conn)
    found: list[tuple[str, str]] = []
    for endpoint in endpoints:
        receipts = endpoint.receipts
        found += judged(changes, endpoint, receipts)
        found += _trails(conn, changes, endpoint, receipts)
    found += [("not reconciled", str(row)) for row in bookingdb.reconcile(conn, LONG_AGO)]
    found += [("not sound", str(row)) for row in bookingdb.check_integrity(conn)]
    return collected(found)


def judged(
    changes: Sequence[Change], endpoint: Endpoint, receipts: Sequence[Receipt]
) -> Iterator[tuple[str, str]]:
    """What is wrong with what one endpoint received, kind and detail."""
    expected = {webhook_id_of(endpoint, c): c for c in changes if endpoint.wants(c.event_type)}
    seen: set[UUID] = set()
    newest: dict[UUID, int] = defaultdict(int)
    open_: dict[UUID, int] = {}
    for receipt in receipts:
        change, is_first = expected.get(receipt.webhook_id), receipt.webhook_id not in seen
        seen.add(receipt.webhook_id)
        if not _is_signed(receipt, endpoint.secret):
            yield "not signed", str(receipt)
        if change is None:
            yield "never committed", str(receipt)
            continue
        if not _says(receipt, change):
            yield "not what was changed", f"{change} {receipt}"
        if change.version > newest[change.booking_id]:
            newest[change.booking_id] = change.version
            if change.booking_id in open_:
                yield "out of order", f"{change} before {open_[change.booking_id]} was accepted"
            open_[change.booking_id] = change.version
        elif is_first:
            yield "out of order", f"{change} after {newest[change.booking_id]}"
        if receipt.status == 200 and open_.get(change.booking_id) == change.version:
            del open_[change.booking_id]
    for webhook_id in expected.keys() - seen:
        yield "lost", f"{expected[webhook_id]} to {endpoint.url}"
    yield from altered(receipts)


def altered(receipts: Iterable[Receipt]) -> Iterator[tuple[str, str]]:
    """What came again, and was not the same."""
    first: dict[UUID, bytes] = {}
    for receipt in receipts:
        body = first.setdefault(receipt.webhook_id, receipt.request.body)
        if body != receipt.request.body:
            yield "not the same bytes", f"{body!r} {receipt.request.body!r}"


def collected(found: Iterable[tuple[str, str]]) -> Findings:
    by_kind: Findings = defaultdict(list)
    for kind, detail in found:
        by_kind[kind].append(detail)
    return dict(by_kind)


def _is_signed(receipt: Receipt, secret: str) -> bool:
    try:
        Webhook(secret).verify(receipt.request.body, dict(receipt.request.headers))
    except WebhookVerificationError:
        return False
    return True


def _says(receipt: Receipt, change: Change) -> bool:
    event = receipt.request.json()
    told = event["type"], event["data"]["version"], event["data"]["booking"]["booking_id"]
    return bool(told == (change.event_type, change.version, str(change.booking_id)))


def _trails(
    conn: Connection, changes: Sequence[Change], endpoint: Endpoint, receipts: Sequence[Receipt]
) -> Iterator[tuple[str, str]]:
    """Where the chain of custody has a gap, by what this endpoint received and answered."""
    statuses: dict[UUID, list[int]] = defaultdict(list)
    for receipt in receipts:
        statuses[receipt.webhook_id].append(receipt.status)
    attempts: dict[UUID, list[tuple[int, int | None]]] = defaultdict(list)
    delivered = set()
    for booking_id in {change.booking_id for change in changes}:
        for row in bookingdb.delivery_trail(conn, booking_id):
            if row.endpoint_id == endpoint.endpoint_id and row.webhook_id and row.attempt_number:
                attempts[row.webhook_id].append((row.attempt_number, row.status))
                if row.state == bookingdb.DeliveryState.DELIVERED:
                    delivered.add(row.webhook_id)
    for change in changes:
        if not endpoint.wants(change.event_type):
            continue
        webhook_id = webhook_id_of(endpoint, change)
        numbers = [number for number, _ in attempts[webhook_id]]
        if not (
            webhook_id in delivered
            and numbers == list(range(1, len(numbers) + 1))
            and len(statuses[webhook_id]) <= len(numbers)
            and 200 in (status for _, status in attempts[webhook_id])
        ):
            trail = f"{attempts[webhook_id]}, received: {statuses[webhook_id]}"
            yield "gap in the trail", f"{change} to {endpoint.url}: {trail}"
    queued = scalar(
        conn,
        "select count(*) from bookingdb.webhook_deliveries where endpoint_id = %s",
        [endpoint.endpoint_id],
    )
    if queued != sum(endpoint.wants(change.event_type) for change in changes):
        yield "gap in the trail", f"{queued} deliveries to {endpoint.url}"
