"""A dump that was made in the middle, restored: what was not sent yet is sent there."""

import datetime as dt
import logging
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import wait_until
from tests.shop import DAY, Shop
from tests.support import Database, scalar
from tests.webhooks.custody.conftest import SETTINGS
from tests.webhooks.custody.dispatchers import hired, killed_at, settle
from tests.webhooks.custody.endpoints import Endpoint, subscribed
from tests.webhooks.custody.guards import RESTORE, Guard
from tests.webhooks.custody.obstacles import spend_ids
from tests.webhooks.custody.verdict import (
    LONG_AGO,
    Findings,
    altered,
    changes_of,
    collected,
    judged,
)
from tests.webhooks.custody.writers import Writers, writing

log = logging.getLogger(__name__)

Connection = psycopg.Connection[Any]
UNRELAYED = """
select count(*) from bookingdb.booking_audit_log l
 where not exists (select from bookingdb.webhook_deliveries d where d.event_id = l.id)"""
DELIVERED = "select webhook_id from bookingdb.webhook_deliveries where state = 'delivered'"
LOWEST = "select min(xid)::text::bigint from bookingdb.booking_audit_log"
NEXT = "select pg_current_xact_id()::text::bigint"


@dataclass(frozen=True)
class Copy:
    """A restored dump: what it knows to have been delivered, and what has come by then."""

    database: Database
    delivered: set[UUID]
    marks: Sequence[int]


@pytest.fixture
def dump(
    own_server: EmbeddedServer, own_database: Database, big_shop: Connection
) -> Iterator[tuple[Path, list[Endpoint]]]:
    """Made while everybody was at work and the relay was late; then the old database stood still.

    With the endpoints, and what they have received until then.
    """
    spend_ids(big_shop, 10_000)  # so that another server has lower ones for long
    writers = Writers(own_database)
    with subscribed(big_shop) as endpoints, tempfile.TemporaryDirectory() as folder:
        with writing(writers, 8), hired(own_database):
            killed_at(own_database, "sent", 8)
            with own_database.connect() as holder, holder.transaction():
                holder.execute("select from bookingdb.relay_cursor for update")
                wait_until(lambda: scalar(big_shop, UNRELAYED) >= 20, "changes not relayed")
                path = Path(folder, "dump")
                run(own_server, "pg_dump", "--format=custom", f"--file={path}", own_database.dsn)
        yield path, endpoints


@contextmanager
def restored(server: EmbeddedServer, dump: Path, endpoints: Sequence[Endpoint]) -> Iterator[Copy]:
    dbname = f"copy_{uuid.uuid4().hex[:12]}"
    database, name = Database(server.dsn(dbname)), sql.Identifier(dbname)
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute(sql.SQL("create database {}").format(name))
        run(server, "pg_restore", "--single-transaction", f"--dbname={database.dsn}", str(dump))
        with database.connect() as copy:
            delivered = {webhook_id for (webhook_id,) in copy.execute(DELIVERED)}
            assert delivered
            assert scalar(copy, UNRELAYED) >= 20
        yield Copy(database, delivered, [len(endpoint.receipts) for endpoint in endpoints])
        conn.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture(scope="module")
def fresh_server() -> Iterator[EmbeddedServer]:
    """Another server, that has made few transactions yet, with the roles that a dump refers to."""
    with EmbeddedServer(settings=SETTINGS) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            for role in ("owner", "app", "admin", "auditor", "dispatcher", "tenant", "claims"):
                conn.execute(f"create role bookingdb_{role}".encode())
        yield server


@pytest.mark.long
def test_on_another_server(fresh_server: EmbeddedServer, dump: tuple[Path, list[Endpoint]]) -> None:
    path, endpoints = dump
    with restored(fresh_server, path, endpoints) as copy:
        with copy.database.connect() as conn:
            assert scalar(conn, NEXT) < scalar(conn, LOWEST), "its ids start low"
        assert go_on(copy, endpoints) == {}
    with restored(fresh_server, path, endpoints) as copy:
        found = go_on(copy, endpoints, RESTORE)
        log.info("%s: %d %s", RESTORE.name, len(found.get(RESTORE.sees, [])), RESTORE.sees)
        assert RESTORE.sees in found, "the control"


def test_on_the_same_server(own_server: EmbeddedServer, dump: tuple[Path, list[Endpoint]]) -> None:
    path, endpoints = dump
    with restored(own_server, path, endpoints) as copy:
        assert go_on(copy, endpoints) == {}


def go_on(copy: Copy, endpoints: Sequence[Endpoint], guard: Guard | None = None) -> Findings:
    """Write and dispatch in the copy; what the endpoints received then is judged by its log."""
    found: list[tuple[str, str]] = []
    with copy.database.connect() as conn:
        if guard:
            guard.take_out(conn)
        with copy.database.connect(autocommit=False) as slow, hired(copy.database):
            Shop(slow).book(date=DAY + dt.timedelta(days=1))  # committed at the end
            settle(conn)
            Writers(copy.database, "copy").run(3)
            slow.commit()
            settle(conn)
        changes = changes_of(conn)
        found += [("not reconciled", str(row)) for row in bookingdb.reconcile(conn, LONG_AGO)]
        found += [("not sound", str(row)) for row in bookingdb.check_integrity(conn)]
    for endpoint, mark in zip(endpoints, copy.marks, strict=True):
        before, after = endpoint.receipts[:mark], endpoint.receipts[mark:]
        again = [r for r in after if r.webhook_id in {b.webhook_id for b in before}]
        log.info(
            "%d changes, %d requests before, %d in the copy, %d of them known already",
            len(changes), len(before), len(after), len(again),
        )  # fmt: skip
        delivered = [r for r in before if r.webhook_id in copy.delivered]
        found += judged(changes, endpoint, delivered + after)
        found += altered(endpoint.receipts)
        found += [("sent again", str(r)) for r in after if r.webhook_id in copy.delivered]
    return collected(found)


def run(server: EmbeddedServer, program: str, *arguments: str) -> None:
    """Run one of the server's client programs; fails with what it has to say, warnings too."""
    done = subprocess.run(
        [server.bindir / program, *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
