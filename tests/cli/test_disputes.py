"""Disputes on the command line: what was, whether there was room, and all of it on a page."""

import json
from pathlib import Path
from uuid import UUID

import pytest

import bookingdb
from tests.cli.conftest import ADA, DAY, OPEN, Cli, book
from tests.support import Database


@pytest.fixture
def moved(cli: Cli) -> str:
    """A booking that was moved, with notes that are no HTML."""
    cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN)
    cli.run("webhooks", "add", "https://shop.example/hook")
    booking: str = book(cli, "10:00", 2, *ADA, "--notes", "<b>roses</b>\x1b[31m")["booking_id"]
    cli.run("move", booking, DAY, "11:00", "--reason", "she rang")
    return booking


def test_booking_as_it_was(cli: Cli, moved: str, database: Database) -> None:
    with database.connect() as conn:
        first = bookingdb.booking_history(conn, UUID(moved))[0]
    was = cli.json("show", moved, "--at", first.created_at.isoformat())
    assert (was["version"], was["time"]) == (1, "10:00:00")
    assert cli.json("show", moved, "--at", "0s")["time"] == "11:00:00"
    assert cli.error("show", moved, "--at", "1h")["code"] == "ZB006"
    assert "bookingdb confirm" not in cli.run("show", moved, "--at", "0s").stderr


def test_whether_there_was_room(cli: Cli, moved: str) -> None:
    then = cli.json("was-free", DAY, "11:00", "--at", "0s", "--bouquets", "9")
    assert (then["booked_bouquets"], then["codes"]) == (2, ["ZB003"])
    shown = cli.run("was-free", DAY, "11:00", "--at", "0s", "--bouquets", "9")
    assert "1 of 3" in shown.stdout
    assert "It could not be booked" in shown.stderr
    assert "8 of 10 bouquets left, not 9" in shown.stderr
    assert "It could be booked at" in cli.run("was-free", DAY, "11:00", "--at", "0s").stderr
    assert cli.error("was-free", DAY, "11:00", "--at", "9d")["code"] == "ZB012"
    missing = cli.run("was-free", DAY, "03:00", "--at", "0s")
    assert missing.stdout == ""
    assert "Slot not found" in missing.stderr


def test_dispute_in_the_terminal(cli: Cli, moved: str) -> None:
    ran = cli.run("dispute", moved)
    for part in (
        "1 created",
        "2 rescheduled",
        "she rang",
        "time 10:00 → 11:00",
        "<b>roses</b>\ufffd",
    ):
        assert part in ran.stdout
    assert "\x1b" not in ran.stdout


def test_dispute_as_a_page(cli: Cli, moved: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = cli.run("dispute", moved, "--html", str(page))
    assert (ran.stdout, ran.stderr.strip().replace("\n", "")) == ("", f"Written: {page}")
    html = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;roses&lt;/b&gt;" in html
    assert "<b>roses" not in html
    printed = cli.run("dispute", moved, "--html", "-").stdout
    assert printed.startswith("<!doctype html>")
    assert printed.rstrip().endswith("</html>")


def test_dispute_as_json_and_page_at_once(cli: Cli, moved: str, tmp_path: Path) -> None:
    file = cli.json("dispute", moved, "--html", str(tmp_path / "page.html"))
    assert [change["action_type"] for change in file["timeline"]] == ["created", "rescheduled"]
    assert (tmp_path / "page.html").exists()
    assert "--html" in cli.run("dispute", moved, "--html", "-", "--json", code=2).stderr


def test_page_that_cannot_be_written(cli: Cli, moved: str, tmp_path: Path) -> None:
    error = cli.run("dispute", moved, "--html", str(tmp_path / "no" / "page.html"), code=1).stderr
    assert "cannot be written" in error
    assert json.loads(cli.run("dispute", moved, "--json").stdout)["booking_id"] == moved
