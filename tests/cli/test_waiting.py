"""wait, waiting and unwait."""

from typing import Any

from tests.cli.conftest import ADA, DAY, Cli, book

BOB = ("--name", "Bob", "--email", "bob@example.com")


def sell_out(cli: Cli) -> list[str]:
    return [book(cli, "10:00", 3)["booking_id"] for _ in range(3)]


def wait(cli: Cli, *who: str) -> Any:
    return cli.json("wait", DAY, "10:00", "2", *who)


def test_place_that_becomes_free_is_offered_to_the_first_in_line(open_cli: Cli) -> None:
    booked = sell_out(open_cli)
    ada = wait(open_cli, *ADA, "--phone", "+31 6", "--notes", "tulips", "--reason", "called")
    bob = wait(open_cli, *BOB)
    assert {ada["status"], bob["status"]} == {"waiting"}
    assert (ada["customer_phone"], ada["notes"]) == ("+31 6", "tulips")
    assert open_cli.json("history", ada["booking_id"])[0]["reason"] == "called"
    line = open_cli.json("waiting", DAY)
    assert [(w["place"], w["booking_id"]) for w in line] == [
        (1, ada["booking_id"]),
        (2, bob["booking_id"]),
    ]
    open_cli.run("cancel", booked[0])
    offered = open_cli.run("show", ada["booking_id"])
    assert "held" in offered.stdout
    assert f"bookingdb confirm {ada['booking_id']}" in offered.stderr
    assert open_cli.json("unwait", ada["booking_id"], "--reason", "no")["status"] == "cancelled"
    assert open_cli.json("show", bob["booking_id"])["status"] == "held"
    assert open_cli.json("confirm", bob["booking_id"])["status"] == "confirmed"
    assert open_cli.json("waiting", "today", "+30") == []


def test_wait_tells_whether_a_place_is_offered(open_cli: Cli) -> None:
    ran = open_cli.run("wait", DAY, "09:00", "1", *ADA)
    assert "held" in ran.stdout
    assert ran.stderr.startswith("There is room: a place is offered at once.\nHeld until ")
    sell_out(open_cli)
    ran = open_cli.run("wait", DAY, "10:00", "1", *ADA)
    assert "waiting" in ran.stdout
    assert ran.stderr.startswith("Waits for a place. The line: bookingdb waiting 2")


def test_waiting_for_people(open_cli: Cli) -> None:
    sell_out(open_cli)
    wait(open_cli, *ADA)
    shown = open_cli.run("waiting", DAY).stdout
    assert "ada@example.com" in shown
    ran = open_cli.run("waiting", "today")
    assert ran.stdout == ""
    assert "Nobody waits" in ran.stderr


def test_what_cannot_wait(open_cli: Cli) -> None:
    assert "--name" in open_cli.run("wait", DAY, "10:00", "1", code=2).stderr
    assert open_cli.error("wait", DAY, "10:00", "11", *ADA)["code"] == "ZB003"
    sell_out(open_cli)
    wait(open_cli, *ADA)
    error = open_cli.error("wait", DAY, "10:00", "2", *ADA)
    assert error["code"] == "ZB012"
    assert "already" in error["detail"]
    assert open_cli.error("unwait", book(open_cli, "11:00")["booking_id"])["code"] == "ZB008"
    assert open_cli.error("waiting", "+3", "+2")["code"] == "ZB012"
