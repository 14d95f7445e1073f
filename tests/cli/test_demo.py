"""`bookingdb demo`, from its first line to its last, and what it does when a promise is broken."""

import json
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bookingdb.demo import story
from bookingdb.migration import migrate
from tests.cli.conftest import Cli

NO_DATABASE = Cli("host=/nonexistent")  # the demo has its own


def test_demo_as_json_holds_every_claim() -> None:
    report = NO_DATABASE.json("demo")
    assert report["ok"] is True
    assert len(report["acts"]) == 8
    claims = [claim for act in report["acts"] for claim in act["claims"]]
    assert len(claims) > 15
    assert all(claim["holds"] for claim in claims)
    race = report["acts"][1]["facts"]
    assert (race["customers"], race["won"], race["refused"]) == (64, 7, 57)
    assert race["counter"] == race["recount"] == 7
    history = report["acts"][5]["facts"]["history"]
    assert [entry["performed_by"] for entry in history] == ["customer", "admin", "system"]


def test_demo_tells_a_story() -> None:
    ran = NO_DATABASE.run("demo")
    assert ran.stderr == ""
    assert "\x1b" not in ran.stdout
    assert "✘" not in ran.stdout
    assert "What next" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 100


def migrate_and_break(dsn: str) -> list[Any]:
    """What the demo calls to migrate; afterwards neither counters nor log are kept."""
    changes = migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as conn:
        found = conn.execute(
            "select tgname from pg_trigger"
            " where tgfoid = 'bookingdb.tg_bookings__count_places'::regproc"
        ).fetchall()
        for (name,) in found:
            query = "alter table bookingdb.bookings disable trigger {}"
            conn.execute(sql.SQL(query).format(sql.Identifier(name)))
        conn.execute("alter table bookingdb.booking_audit_log disable trigger user")
    return changes


def test_demo_fails_when_promises_are_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "migrate", migrate_and_break)
    report = json.loads(NO_DATABASE.run("demo", "--json", code=1).stdout)
    assert report["ok"] is False
    assert report["acts"][1]["facts"]["won"] == 64
    broken = [claim for act in report["acts"] for claim in act["claims"] if not claim["holds"]]
    assert report["acts"][-1]["claims"][-1] in broken
    assert any("the log says" in claim["claim"] for claim in broken)
