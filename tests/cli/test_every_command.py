"""What all commands have in common: the business, the version that is expected, the reason."""

import shlex
from uuid import uuid4

import pytest

from tests.cli.conftest import ADA, DAY, OPEN, Cli, book

CHANGES = [
    "confirm", "extend BOOKING 1h", "pay", "edit BOOKING --bouquets 1", f"move BOOKING {DAY} 11:00",
    "cancel", "unwait", "complete", "no-show",
]  # fmt: skip
OTHERS = [
    f"slots {DAY}", f"why {DAY} 10:00", f"waiting {DAY}", "settings", "settings --lead-time 2h",
    "hours", "schedule", f"close {DAY}", "plan", f"reopen {DAY}",
    f"open-on {DAY} --open '9:00-17:00 every 1h 1 booking 9 bouquets'", f"adjust {DAY} 10:00",
    "refresh", "expire", "webhooks list", "deliveries", "reconcile --from 0s",
    "audit-patterns --from 1d", "replay --from 1d",
    f"was-free {DAY} 10:00 --at 0s", "report",
]  # fmt: skip


@pytest.fixture
def other(cli: Cli) -> str:
    """The only business of the database, which is not the default one."""
    business = str(uuid4())
    cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", business)
    return business


@pytest.mark.parametrize("command", CHANGES)
def test_change_of_a_booking(command: str, cli: Cli, other: str) -> None:
    name, _, more = command.partition(" BOOKING ")
    hold = () if name in ("complete", "no-show") else ("--hold-for", "30min")
    booking = book(cli, "10:00", 2, *ADA, *hold, "--business", other)["booking_id"]
    change = [name, booking, *more.split(), "--business", other, "--expected-version"]
    assert cli.error(*change, "7")["code"] == "ZB007"
    assert cli.json(*change, "1", "--reason", "called")["version"] == 2
    entry = cli.json("history", booking, "--business", other)[-1]
    assert (entry["booking_version"], entry["reason"]) == (2, "called")
    assert cli.json("show", booking, "--business", other)["version"] == 2


def test_business_that_is_not_the_default_one(cli: Cli, other: str) -> None:
    waits = cli.json("wait", DAY, "10:00", "1", *ADA, "--business", other)["booking_id"]
    cli.json("alternatives", waits, "--business", other)
    for command in OTHERS:
        cli.json(*shlex.split(command), "--business", other)
    assert cli.json("why", DAY, "11:00", "--business", other) == []
    cli.run("close", DAY, "--business", other, "--replace")
    assert len(cli.json("schedule", "--business", other)["exceptions"]) == 1
    assert waits in cli.run("plan", "--business", other).stdout
    plan = cli.json("plan", "--business", other)
    assert cli.json("apply", plan["plan_id"], "--business", other)["made_legacy"] == 1


def test_webhooks_of_a_business_that_is_not_the_default_one(cli: Cli, other: str) -> None:
    url, of = "https://shop.example/hook", ("--business", other)
    endpoint = cli.json("webhooks", "add", url, *of)["endpoint_id"]
    assert cli.error("webhooks", "list")["code"] == "ZB012"
    assert cli.json("webhooks", "update", endpoint, "--timeout", "5s", *of)["timeout"] == "PT5S"
    cli.json("webhooks", "pause", endpoint, *of)
    cli.json("webhooks", "resume", endpoint, *of)
    cli.json("webhooks", "rotate", endpoint, *of)
    webhook = cli.json("webhooks", "test", endpoint, *of)["webhook_id"]
    assert cli.json("confirm-processed", webhook, *of)["business_id"] == other
    assert [one["webhook_id"] for one in cli.json("deliveries", *of)] == [webhook]
    booking = book(cli, "10:00", 2, *ADA, *of)["booking_id"]
    assert cli.json("show", booking, "--at", "0s", *of)["version"] == 1
    assert cli.json("dispute", booking, *of)["business"]["business_id"] == other
    assert cli.json("trail", booking, *of)[0]["action_type"] == "created"
    assert cli.json("webhooks", "remove", endpoint, "--yes", *of) == {"discarded": 0}
