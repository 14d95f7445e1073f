"""A report on the command line: in words, as JSON, as a page."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bookingdb.cli import report as command
from bookingdb.report import Report, collect
from tests.cli.conftest import ADA, DAY, Cli, book
from tests.support import Database, scalar

HOSTILE = "<script>alert(1)</script> \x1b[31mBloom"


@pytest.fixture
def busy(open_cli: Cli, database: Database) -> Cli:
    open_cli.run("webhooks", "add", "https://shop.example/secret")
    booking = book(open_cli, "10:00", 2, *ADA)["booking_id"]
    book(open_cli, "10:00", 8, *ADA)
    open_cli.run("cancel", booking)
    with database.connect() as conn:
        conn.execute("update bookingdb.businesses set name = %s", [HOSTILE])
    return open_cli


def test_words_figures_and_page_say_the_same(busy: Cli, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    figures = busy.json("report", "--html", str(page))
    assert set(figures["summary"]) >= {"made_count", "cancelled_count", "coming_occupancy"}
    assert (figures["summary"]["made_count"], figures["summary"]["cancelled_count"]) == (2, 1)
    today = dt.date.fromisoformat(figures["summary"]["today"])
    assert figures["first"] == (today - dt.timedelta(weeks=8)).isoformat()
    assert figures["last"] == (today + dt.timedelta(weeks=4)).isoformat()
    assert [e["host"] for e in figures["endpoints"]] == ["shop.example"]
    assert {c["name"] for c in figures["health"]["checks"]} >= {"integrity", "overbooked"}
    html = page.read_text("utf-8")
    ran = busy.run("report")
    for word in ("2", "1", "Bookings made", "shop.example", figures["health"]["status"]):
        assert word in ran.words
        assert word in html
    assert "\x1b" not in ran.stdout
    assert HOSTILE[:8] not in html
    assert "&lt;script&gt;" in html
    assert not any("secret" in text or "Ada" in text for text in (html, ran.stdout, str(figures)))


def test_dates_are_what_is_asked_for(busy: Cli) -> None:
    of_a_day = busy.json("report", "--from", DAY, "--to", DAY)
    assert {o["since"] for o in of_a_day["occupancy"]} == {of_a_day["first"]}
    assert max(o["occupancy"] for o in of_a_day["occupancy"]) == 0.8
    assert busy.error("report", "--from", DAY, "--to", "today")["code"] == "ZB012"


def test_the_page_goes_to_stdout(busy: Cli) -> None:
    ran = busy.run("report", "--html", "-")
    assert ran.stdout.startswith("<!doctype html>")
    assert busy.run("report", "--html", "-", "--json", code=2).stdout == ""


def test_all_figures_are_of_one_moment(busy: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(conn: Any, *arguments: Any) -> Report:
        seen.append(scalar(conn, "show transaction_isolation"))
        return collect(conn, *arguments)

    monkeypatch.setattr(command, "collect", look)
    busy.run("report")
    assert seen == ["repeatable read"]


def test_what_is_missing_is_named(open_cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert "bookingdb[report]" in open_cli.error("report", "--html", "page.html")["hint"]
    open_cli.run("report")
