"""plan and apply."""

from uuid import uuid4

import pytest

from tests.cli.conftest import ADA, BOOKINGDB, DAY, OPEN, Cli, book, on_a_terminal

LESS = "daily 09:00-17:00 every 1h 1 booking 4 bouquets"


@pytest.fixture
def closing(open_cli: Cli) -> tuple[Cli, str]:
    """A business that is about to close on a date with a booking; and the booking."""
    booking = book(open_cli)["booking_id"]
    open_cli.run("close", DAY)
    return open_cli, booking


def test_plan_lists_slots_and_affected_bookings_and_does_nothing(closing: tuple[Cli, str]) -> None:
    cli, booking = closing
    plan = cli.json("plan")
    assert plan["affected_bookings"] == 1
    actions = {change["time"]: change["action"] for change in plan["changes"]}
    assert actions.pop("10:00:00") == "make_legacy"
    assert set(actions.values()) == {"delete"}
    [change] = [change for change in plan["changes"] if change["affected_bookings"]]
    assert (change["affected_bookings"], change["effect"]) == ([booking], "kept_on_legacy")
    assert {change["plan_id"] for change in plan["changes"]} == {plan["plan_id"]}
    assert cli.json("plan") == plan
    assert len(cli.json("slots", DAY)) == 8


def test_plan_for_people_ends_with_how_to_apply_it(closing: tuple[Cli, str]) -> None:
    cli, booking = closing
    ran = cli.run("plan")
    assert ran.stdout.count("delete") == 7
    [line] = [line for line in ran.stdout.splitlines() if line.startswith(booking)]
    assert "ada@example.com" in line
    assert line.endswith("kept on legacy")
    assert "Slots that would change: 8. Bookings affected: 1; customers" in ran.stderr
    assert ran.stderr.endswith(f"bookingdb apply {cli.json('plan')['plan_id']}\n")


def test_plan_with_nothing_to_do(open_cli: Cli) -> None:
    assert open_cli.json("plan") == {"plan_id": None, "affected_bookings": 0, "changes": []}
    ran = open_cli.run("plan")
    assert ran.stdout == ""
    assert "nothing to do" in ran.stderr


def test_plan_shows_limits_before_and_after(open_cli: Cli) -> None:
    for customer in ("1", "2"):
        book(open_cli, "10:00", 1, "--name", customer, "--email", f"{customer}@b.cd")
    assert open_cli.json("hours", "--from", DAY, "--open", LESS)["refresh"]["over_capacity"] == 1
    other = str(uuid4())
    open_cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", other)
    open_cli.run("open-on", DAY, "--open", LESS.removeprefix("daily "), "--business", other)
    ran = open_cli.run("plan", "--business", other)
    assert ran.stdout.count("3 → 1") == ran.stdout.count("10 → 4") == 8
    assert ran.stderr.endswith(f" --business {other}\n")


def test_apply_keeps_the_bookings_unless_told_otherwise(closing: tuple[Cli, str]) -> None:
    cli, booking = closing
    counts = cli.json("apply", cli.json("plan")["plan_id"])
    assert (counts["made_legacy"], counts["deleted"], counts["proposed"]) == (1, 7, 0)
    assert cli.json("show", booking)["proposed_slots"] is None
    assert cli.json("slots", DAY) == []


def test_apply_may_refuse_to_affect_bookings(closing: tuple[Cli, str]) -> None:
    cli, booking = closing
    error = cli.error("apply", cli.json("plan")["plan_id"], "--policy", "refuse")
    assert error["code"] == "ZB015"
    assert booking in error["detail"]
    assert len(cli.json("slots", DAY)) == 8


def test_apply_may_offer_other_slots(closing: tuple[Cli, str]) -> None:
    cli, booking = closing
    plan = cli.json("plan")["plan_id"]
    ran = cli.run("apply", plan, "--policy", "offer", "--reason", "inventory")
    assert "made legacy" in ran.stdout
    assert "bookingdb move" in ran.stderr
    proposed = cli.json("show", booking)["proposed_slots"]
    assert len(proposed) == 3
    shown = cli.run("show", booking).stderr
    assert shown.startswith("Proposed instead: ")
    assert f"bookingdb move {booking}" in shown
    assert cli.json("history", booking)[-1]["reason"] == "inventory"
    moved = cli.json("move", booking, *proposed[0].split("T"))
    assert moved["proposed_slots"] is None


def test_plan_that_is_out_of_date_is_not_applied(closing: tuple[Cli, str]) -> None:
    cli, _ = closing
    plan = cli.json("plan")["plan_id"]
    cli.run("book", DAY, "11:00", "1", *ADA)
    error = cli.error("apply", plan)
    assert (error["code"], error["hint"]) == ("ZB013", "Make a new plan.")
    assert len(cli.json("slots", DAY)) == 8
    assert "UUID" in cli.run("apply", "latest", code=2).stderr


def test_terminal_shows_that_something_is_being_done(open_cli: Cli) -> None:
    shown = on_a_terminal([*BOOKINGDB, "plan"], open_cli)
    assert "comparing slots and schedule" in shown
    assert "nothing to do" in shown
