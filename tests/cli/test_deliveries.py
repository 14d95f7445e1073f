"""deliveries, replay, trail, reconcile, confirm-processed and purge-deliveries."""

import datetime as dt
import json
from uuid import uuid4

import pytest
import typer

from bookingdb.cli.moments import Moment, Schedule, parse_month
from tests.cli.conftest import Cli, book, plain
from tests.cli.dispatcher import dispatch
from tests.support import Database

URL = "https://shop.example/hook"


@pytest.fixture
def endpoint(open_cli: Cli) -> str:
    """An endpoint that gets one retry, at once."""
    return str(open_cli.json("webhooks", "add", URL, "--retry", "1s")["endpoint_id"])


def exhaust(database: Database, status: int | None = 503) -> None:
    """Let all retries fail."""
    dispatch(database, status, "Queue\nis full")
    with database.connect() as conn:
        conn.execute("update bookingdb.webhook_deliveries set due_at = now() - interval '1 min'")
    dispatch(database, status, "Queue\nis full")


def test_deliveries(open_cli: Cli, database: Database, endpoint: str) -> None:
    assert open_cli.json("deliveries") == []
    assert "no such delivery" in open_cli.run("deliveries").stderr
    ada, bob = (book(open_cli)["booking_id"] for _ in range(2))
    dispatch(database)
    listed = open_cli.json("deliveries")
    assert {one["booking_id"] for one in listed} == {ada, bob}
    assert {(one["state"], one["status"], one["answer"]) for one in listed} == {
        ("delivered", 200, "Accepted")
    }
    assert len(open_cli.json("deliveries", "--limit", "1")) == 1
    (one,) = open_cli.json("deliveries", "--booking", ada, "--endpoint", endpoint)
    assert one["event_type"] == "booking.created"
    assert open_cli.json("deliveries", "--state", "dead") == []
    assert open_cli.json("deliveries", "--endpoint", str(uuid4())) == []
    assert f"booking.created {one['event_at'][:10]}" in open_cli.run("deliveries").words
    assert f" 200, Accepted {URL}" in open_cli.run("deliveries").words
    assert open_cli.error("deliveries", "--limit", "0")["code"] == "ZB012"
    assert "gone" in plain(open_cli.run("deliveries", "--state", "gone", code=2).stderr)


def test_delivery_that_waits_for_a_retry(open_cli: Cli, database: Database, endpoint: str) -> None:
    book(open_cli)
    dispatch(database, None, "no answer\x1b[31m")
    shown = open_cli.run("deliveries").words
    assert " pending, due 20" in shown
    assert " timeout, no answer\N{REPLACEMENT CHARACTER}" in shown


def test_replay_of_what_is_dead(open_cli: Cli, database: Database, endpoint: str) -> None:
    ada, bob = (book(open_cli)["booking_id"] for _ in range(2))
    exhaust(database)
    (one, _) = open_cli.json("deliveries", "--state", "dead")
    assert (one["attempt_count"], one["status"]) == (2, 503)
    assert open_cli.json("replay", "--booking", ada, "--state", "dead") == {"replayed": 1}
    ran = open_cli.run("replay", "--from", "1h", "--to", "2999-01-01", "--reason", "it is back")
    assert "To be sent again: 1." in ran.stderr
    sent = dispatch(database)
    assert {str(one.booking_id) for one in sent} == {ada, bob}
    assert one["webhook_id"] in {str(other.webhook_id) for other in sent}
    assert open_cli.json("replay", "--endpoint", endpoint) == {"replayed": 2}


def test_replay_needs_to_know_what(open_cli: Cli, endpoint: str) -> None:
    assert open_cli.error("replay")["code"] == "ZB012"
    assert open_cli.error("replay", "--state", "dead")["code"] == "ZB012"
    error = open_cli.error("replay", "--endpoint", endpoint, "--state", "pending")
    assert "pending" in error["detail"]
    error = open_cli.error("replay", "--from", "2026-12-02", "--to", "2026-12-01")
    assert "2026-12-02" in error["detail"]
    assert "'soon' is no point" in plain(open_cli.run("replay", "--from", "soon", code=2).stderr)


def test_trail(open_cli: Cli, database: Database) -> None:
    booking = book(open_cli)["booking_id"]
    nobody = open_cli.run("trail", booking).stdout
    assert "1 created" in nobody
    assert "nobody was to be told" in nobody
    open_cli.run("webhooks", "add", URL, "--retry", "1s")
    open_cli.run("pay", booking)
    open_cli.run("cancel", booking)
    dispatch(database, None, "")
    with database.connect() as conn:
        conn.execute("update bookingdb.webhook_deliveries set due_at = now() - interval '1 min'")
    (paid,) = dispatch(database)
    open_cli.run("confirm-processed", str(paid.webhook_id))
    shown = open_cli.run("trail", booking).stdout
    lines = [line.strip(" │├└─") for line in shown.splitlines()]
    starts = (
        f"booking {booking}", "1 created, 20", "nobody was", "2 payment_succeeded, 20",
        f"{URL}: delivered 20", "attempt 1, 20", "attempt 2, 20", "3 cancelled, 20",
        f"{URL}: pending, due 20", "not tried yet",
    )  # fmt: skip
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [
        True
    ] * 10
    assert "by admin " in lines[3]
    assert ", processed 20" in lines[4]
    assert f"webhook-id {paid.webhook_id}" in lines[4]
    assert lines[5].endswith("timeout in 0.215 s")
    assert lines[6].endswith("200 in 0.215 s “Accepted”")
    entries = open_cli.json("trail", booking)
    assert [(e["booking_version"], e["attempt_number"]) for e in entries] == [
        (1, None), (2, 1), (2, 2), (3, None),
    ]  # fmt: skip
    assert open_cli.error("trail", str(uuid4()))["code"] == "ZB006"


def test_reconcile(open_cli: Cli, database: Database, endpoint: str) -> None:
    complete = open_cli.run("reconcile", "--from", "1d")
    assert (complete.stdout, "Complete" in complete.stderr) == ("", True)
    booking = book(open_cli)["booking_id"]
    ran = open_cli.run("reconcile", "--from", "1d", code=1)
    assert "Not relayed yet" in ran.stdout
    exhaust(database)
    (missing,) = json.loads(open_cli.run("reconcile", "--from", "1d", "--json", code=1).stdout)
    assert (missing["booking_id"], missing["state"]) == (booking, "dead")
    assert missing["problem"] == "All retries failed"
    assert open_cli.json("reconcile", "--from", "2026-01-01 10:00", "--to", "1h") == []
    open_cli.run("replay", "--booking", booking)
    dispatch(database)
    assert open_cli.json("reconcile", "--from", "1d") == []
    assert "--from" in plain(open_cli.run("reconcile", code=2).stderr)
    error = open_cli.error("reconcile", "--from", "2026-12-02", "--to", "2026-12-01")
    assert error["code"] == "ZB012"


def test_confirm_processed(open_cli: Cli, database: Database, endpoint: str) -> None:
    book(open_cli)
    (sent,) = dispatch(database)
    webhook = str(sent.webhook_id)
    confirmed = open_cli.json("confirm-processed", webhook)
    assert (confirmed["state"], bool(confirmed["processed_at"])) == ("delivered", True)
    ran = open_cli.run("confirm-processed", webhook)
    assert "booking.created: processed at 20" in ran.stderr
    assert " delivered, processed " in open_cli.run("deliveries").words
    error = open_cli.error("confirm-processed", str(uuid4()))
    assert error["code"] == "ZB017"


def test_purge(open_cli: Cli, database: Database, endpoint: str) -> None:
    for _ in range(3):
        book(open_cli)
    dispatch(database)
    book(open_cli, "11:00")
    assert open_cli.json("purge-deliveries") == {"purged": 0}
    with database.connect() as conn:
        conn.execute(
            "update bookingdb.webhook_deliveries"
            " set created_at = created_at - interval '3 days',"
            " finished_at = finished_at - interval '3 days'"
        )
    ran = open_cli.run("purge-deliveries", "--older-than", "2d")
    assert "Deliveries purged: 3." in ran.stderr
    assert open_cli.json("deliveries") == []
    assert len(dispatch(database)) == 1
    assert "1 day" in open_cli.error("purge-deliveries", "--older-than", "1h")["detail"]


def test_moments() -> None:
    at = dt.datetime(2026, 12, 1, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert Moment.parse("2026-12-01 14:30").at("Europe/Berlin") == at
    assert Moment.parse("2026-12-01T13:30Z").at("Asia/Tokyo") == at
    ago = dt.datetime.now(dt.UTC) - Moment.parse("1h30min").at("UTC")
    assert dt.timedelta(hours=1.4) < ago < dt.timedelta(hours=1.6)
    assert Moment.parse("900000d").at("UTC").year == 1
    with pytest.raises(typer.BadParameter, match="'soon' is no point in time"):
        Moment.parse("soon")
    assert Schedule.parse("5s, 1h") == Schedule((dt.timedelta(seconds=5), dt.timedelta(hours=1)))
    assert Schedule.parse("none").waits == ()
    assert parse_month("2026-12") == dt.date(2026, 12, 1)
    for text in ("2026-13", "December", "2026-12-01"):
        with pytest.raises(typer.BadParameter, match=f"'{text}' is no month"):
            parse_month(text)
