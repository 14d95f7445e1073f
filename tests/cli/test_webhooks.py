"""The commands about endpoints: webhooks add, list, update, pause, resume, rotate, remove, test."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.cli.conftest import Cli, book, plain
from tests.cli.dispatcher import dispatch
from tests.support import Database

URL = "https://shop.example/hook"
SECRET = "whsec_" + "QUJD" * 10


def added(cli: Cli, *more: str, url: str = URL) -> str:
    """The id of a new endpoint."""
    return str(cli.json("webhooks", "add", url, *more)["endpoint_id"])


def updated(cli: Cli, endpoint: str, *changes: str) -> Any:
    return cli.json("webhooks", "update", endpoint, *changes)


def test_add_shows_the_secret_once(open_cli: Cli) -> None:
    ran = open_cli.run("webhooks", "add", URL, "--description", "The till")
    secret = re.search(r"whsec_\S+", ran.stdout)
    assert secret
    assert "not shown again" in ran.stderr
    listed = open_cli.run("webhooks", "list").stdout
    assert URL in listed
    assert "The till" in listed
    for command in (["list"], ["list", "--json"], ["events"]):
        assert secret[0] not in open_cli.run("webhooks", *command).stdout


def test_add_with_everything(open_cli: Cli, database: Database) -> None:
    made = open_cli.json(
        "webhooks", "add", URL, "--events", "booking.created,booking.cancelled", "--events",
        "endpoint.paused", "--fields", "date,time", "--fields", "customer_email", "--header",
        "X-Shop: bloom", "--make", "--rate-limit", "7", "--timeout", "4s", "--retry",
        "5s,1min,1h30min", "--pause-after", "2d", "--description", "All", "--secret", SECRET,
        "--reason", "tried",
    )  # fmt: skip
    assert made["secret"] == SECRET
    endpoint = updated(open_cli, made["endpoint_id"], "--description", "Everything")
    assert endpoint["event_types"] == ["booking.created", "booking.cancelled", "endpoint.paused"]
    assert endpoint["fields"] == ["date", "time", "customer_email"]
    assert endpoint["header_names"] == ["X-Shop"]
    assert (endpoint["profile"], endpoint["rate_limit"]) == ("make", 7)
    assert (endpoint["timeout"], endpoint["pause_after"]) == ("PT4S", "PT172800S")
    assert endpoint["retry_schedule"] == ["PT5S", "PT60S", "PT5400S"]
    assert endpoint["description"] == "Everything"
    book(open_cli)
    (delivery,) = dispatch(database)
    assert (delivery.headers, delivery.secrets) == ({"X-Shop": "bloom"}, [SECRET])
    with database.connect() as conn:
        reasons = conn.execute(
            "select reason from bookingdb.settings_audit_log where table_name = 'webhook_endpoints'"
        ).fetchall()
    assert ("tried",) in reasons


def test_values_that_need_not_be_in_the_history_of_a_shell(
    open_cli: Cli, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKE_KEY", "of the environment")
    monkeypatch.setenv("BOOKINGDB_WEBHOOK_SECRET", SECRET)
    kept = tmp_path / "headers"
    kept.write_text("x-one: of: a file\n\nx-two: 2\n")
    made = open_cli.json(
        "webhooks", "add", URL, "--header", f"@{kept}", "--header-env", "x-make-apikey: MAKE_KEY"
    )
    assert made["secret"] == SECRET
    book(open_cli)
    (delivery,) = dispatch(database)
    assert delivery.headers == {
        "x-one": "of: a file",
        "x-two": "2",
        "x-make-apikey": "of the environment",
    }


def test_update_changes_what_is_given_and_nothing_else(open_cli: Cli) -> None:
    endpoint = added(open_cli, "--header", "X-Shop: bloom", "--make")
    before = updated(open_cli, endpoint, "--timeout", "15s")
    after = updated(open_cli, endpoint, "--rate-limit", "3", "--retry", "none")
    assert after == before | {"rate_limit": 3, "retry_schedule": []}
    after = updated(open_cli, endpoint, "--no-headers", "--standard", "--url", f"{URL}/2")
    assert (after["header_names"], after["profile"], after["url"]) == ([], "standard", f"{URL}/2")
    ran = open_cli.run(
        "webhooks", "update", endpoint, "--events", "booking.*", "--pause-after", "1d"
    )
    assert "pause after 1 day, 0:00:00" in ran.words
    assert "Give a setting" in plain(open_cli.run("webhooks", "update", endpoint, code=2).stderr)


def test_list_tells_how_each_does(open_cli: Cli, database: Database) -> None:
    assert "Events go nowhere" in open_cli.run("webhooks", "list").stderr
    assert open_cli.json("webhooks", "list") == []
    endpoint = added(open_cli)
    assert " well " in open_cli.run("webhooks", "list").words
    book(open_cli)
    dispatch(database, 500, "Oops")
    assert " fails since 20" in open_cli.run("webhooks", "list").words
    with database.connect() as conn:
        conn.execute(
            "update bookingdb.webhook_endpoint_health set resting_until = now() + interval '1 hour'"
        )
    assert " rests it asked to, until 20" in open_cli.run("webhooks", "list").words
    open_cli.run("webhooks", "pause", endpoint, "--reason", "on holiday")
    assert " paused on holiday 1 20" in open_cli.run("webhooks", "list").words
    (listed,) = open_cli.json("webhooks", "list")
    assert (listed["endpoint_id"], listed["pause_reason"]) == (endpoint, "on holiday")
    assert (listed["pending_count"], listed["dead_count"]) == (1, 0)


def test_paused_endpoint_gets_what_waits_when_it_is_resumed(
    open_cli: Cli, database: Database
) -> None:
    endpoint = added(open_cli)
    paused = open_cli.json("webhooks", "pause", endpoint)
    assert paused["pause_reason"] == "Paused by staff"
    assert "Nothing is lost" in open_cli.run("webhooks", "pause", endpoint).stderr
    book(open_cli)
    assert dispatch(database) == []
    resumed = open_cli.json("webhooks", "resume", endpoint, "--reason", "back")
    assert (resumed["paused_at"], resumed["pause_reason"]) == (None, None)
    assert len(dispatch(database)) == 1
    assert URL in open_cli.run("webhooks", "resume", endpoint).stdout


def test_rotated_secrets_sign_together_for_a_while(open_cli: Cli, database: Database) -> None:
    first = open_cli.json("webhooks", "add", URL)
    endpoint = first["endpoint_id"]
    second = open_cli.json("webhooks", "rotate", endpoint, "--overlap", "2h")
    assert second["endpoint_id"] == endpoint
    book(open_cli)
    (delivery,) = dispatch(database)
    assert delivery.secrets == [second["secret"], first["secret"]]
    third = open_cli.run("webhooks", "rotate", endpoint, "--overlap", "0s", "--secret", SECRET)
    assert SECRET in third.stdout
    assert "not shown again" in third.stderr
    book(open_cli)
    (delivery,) = dispatch(database)
    assert delivery.secrets == [SECRET]


def test_removing_asks(open_cli: Cli, database: Database) -> None:
    endpoint = added(open_cli)
    open_cli.run("webhooks", "test", endpoint)
    ran = open_cli.run("webhooks", "remove", endpoint, answer="n\n", code=1)
    assert f"Remove {endpoint}" in ran.stderr
    assert len(open_cli.json("webhooks", "list")) == 1
    assert open_cli.json("webhooks", "remove", endpoint, "--yes") == {"discarded": 1}
    assert open_cli.json("webhooks", "list") == []
    assert dispatch(database) == []
    assert open_cli.error("webhooks", "remove", endpoint, "--yes")["code"] == "ZB016"
    other = added(open_cli)
    ran = open_cli.run("webhooks", "remove", other, answer="y\n")
    assert "deliveries discarded: 0" in ran.stderr


def test_test_event(open_cli: Cli, database: Database) -> None:
    endpoint = added(open_cli, "--events", "booking.created")
    webhook = open_cli.json("webhooks", "test", endpoint)["webhook_id"]
    assert f"--endpoint {endpoint}" in open_cli.run("webhooks", "test", endpoint).stderr
    sent = dispatch(database)
    assert {one.event_type for one in sent} == {"webhook.test"}
    assert webhook in {str(one.webhook_id) for one in sent}
    data = json.loads(sent[0].payload)["data"]
    assert (data["endpoint_id"], data["performed_by"]) == (endpoint, "admin")


def test_events_and_fields(open_cli: Cli) -> None:
    offered = open_cli.json("webhooks", "events")
    assert "booking.cancelled" in offered["event_types"]
    assert {"field": "customer_email", "is_personal": True} in offered["fields"]
    assert "field customer_email personal" in open_cli.run("webhooks", "events").words


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--events", "booking.creatd"], "booking.creatd"),
        (["--fields", "date,customer"], "customer"),
        (["--header", "Host: x"], "Host"),
        (["--secret", "hunter2"], "p_secret"),
        (["--rate-limit", "1001"], "rate_limit_in_range"),
        (["--timeout", "1h"], "timeout_in_range"),
        (["--retry", "8d"], "retry_schedule_valid"),
        (["--pause-after", "1s"], "pause_after_in_range"),
    ],
)
def test_setting_that_the_database_refuses(open_cli: Cli, options: list[str], named: str) -> None:
    for command in (["add", URL], ["update", added(open_cli)]):
        if command[0] == "update" and options[0] == "--secret":
            continue
        error = open_cli.error("webhooks", *command, *options)
        assert error["code"] == "ZB012"
        assert named in error["message"] + error["detail"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--retry", "5s,soon"], "'soon' is no length of time"),
        (["--timeout", "5"], "'5' is no length of time"),
        (["--header", "hunter2"], "has no colon"),
        (["--header", "@nowhere"], "'nowhere' cannot be read"),
        (["--header", "x-a: 1", "--header", "X-A: 2"], "'X-A' is given twice"),
        (["--header-env", "x-make-apikey"], "'x-make-apikey': write"),
        (["--header-env", "x-a: NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE"),
    ],
)
def test_setting_that_cannot_be_read(open_cli: Cli, options: list[str], named: str) -> None:
    shown = plain(open_cli.run("webhooks", "add", URL, *options, code=2).stderr)
    assert named in shown
    assert "hunter2" not in shown


def test_unknown_endpoint_and_url(open_cli: Cli) -> None:
    unknown = str(uuid4())
    for command in (["update", unknown, "--timeout", "5s"], ["pause", unknown],
                    ["resume", unknown], ["rotate", unknown], ["test", unknown]):  # fmt: skip
        error = open_cli.error("webhooks", *command)
        assert (error["code"], unknown in error["detail"]) == ("ZB016", True)
    error = open_cli.error("webhooks", "add", "ftp://shop.example")
    assert (error["code"], "ftp://shop.example" in error["detail"]) == ("ZB012", True)
