"""repair-counters, release-leases, rebuild-relay and requeue: first dry, then for real."""

from typing import Any

import pytest

from tests.cli.conftest import Cli, book
from tests.cli.dispatcher import dispatch
from tests.support import Database

URL = "https://shop.example/hook"
MISCOUNT = "update bookingdb.time_slots set booked_count = 2 where booked_count = 1"
CLAIM = """
update bookingdb.webhook_deliveries
   set claim_id = gen_random_uuid(), claimed_at = now() - interval '1 hour', attempt_count = 1
"""


@pytest.fixture
def queue(open_cli: Cli, database: Database) -> Cli:
    """One endpoint, one booking."""
    open_cli.run("webhooks", "add", URL, "--retry", "none")
    book(open_cli)
    return open_cli


def change(database: Database, statement: str) -> None:
    with database.connect() as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute(statement.encode())


def test_repair_counters(queue: Cli, database: Database) -> None:
    change(database, MISCOUNT)
    ran = queue.run("repair-counters", "--dry-run")
    assert "Would be set right: 1 counters." in ran.stderr
    assert "booked_count 2 1" in ran.words
    (business,) = queue.json("repair-counters", "--all", "--reason", "alarm")
    assert [one["counter"] for one in business["counters"]] == ["booked_count"]
    assert "Set right: 0 counters." in queue.run("repair-counters").stderr
    queue.run("check")


def test_release_leases(queue: Cli, database: Database) -> None:
    with database.connect() as conn:
        conn.execute("select bookingdb.relay_events()")
    change(database, f"{CLAIM}, due_at = now() + interval '1 minute'")
    assert queue.json("release-leases") == []
    ran = queue.run("release-leases", "--older-than", "1h", "--dry-run")
    assert "Would be released: 1." in ran.stderr
    assert URL in ran.stdout
    (lease,) = queue.json("release-leases", "--older-than", "1h")
    assert lease["attempt_number"] == 1
    assert len(dispatch(database)) == 1


def test_rebuild_relay(queue: Cli, database: Database) -> None:
    change(database, "delete from bookingdb.relay_cursor")
    ran = queue.run("rebuild-relay", "--dry-run")
    assert "Would be queued: 1." in ran.stderr
    assert f"{URL} 1 " in ran.words
    assert queue.json("rebuild-relay", "--settled-before", "30d")[0]["missing_count"] == 1
    assert queue.error("rebuild-relay", "--settled-before", "1h")["code"] == "ZB012"
    assert len(dispatch(database)) == 1
    assert "will queue: 0." in queue.run("rebuild-relay").stderr


def test_requeue(queue: Cli, database: Database) -> None:
    dispatch(database, 500)
    ran = queue.run("requeue", "--from", "1h", "--dry-run")
    assert "Would be sent again: 1." in ran.stderr
    letters: Any = queue.json("requeue", "--all", "--limit", "5")
    assert [one["url"] for one in letters] == [URL]
    assert queue.json("requeue") == []
    assert "p_limit" in queue.run("requeue", "--limit", "0", code=1).stderr
    assert len(dispatch(database)) == 1
