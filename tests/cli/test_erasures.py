"""erase, export-customer and rewrite-erased."""

import json
from pathlib import Path

import pytest

from bookingdb.cli import erasures
from bookingdb.cli.failures import CommandError
from tests.cli.conftest import ADA, Cli, book
from tests.support import Database

EMAIL = "ada@example.com"


def test_a_customer_is_erased(open_cli: Cli) -> None:
    booking = book(open_cli, "10:00", 2, *ADA)["booking_id"]
    error = open_cli.error("erase", EMAIL, "--reason", "asked", "--yes")
    assert (error["code"], booking in error["detail"]) == ("ZB019", True)
    asked = ("erase", EMAIL, "--reason", "asked", "--open-bookings", "keep")
    ran = open_cli.run(*asked, answer="n\n", code=1)
    assert "bookings: 1, changes: 1, deliveries: 0" in ran.stderr
    assert open_cli.json("show", booking)["customer_name"] == "Ada"
    ran = open_cli.run(*asked, answer="y\n")
    assert "receipt" in ran.stdout
    assert open_cli.json("show", booking)["customer_name"] == "[erased]"
    assert open_cli.json(*asked, "--yes")["erasure_id"] is None
    assert "Nothing is kept" in open_cli.run(*asked, "--yes").stderr


def test_what_is_kept_is_told(open_cli: Cli) -> None:
    book(open_cli, "10:00", 1, *ADA)
    other = ("--name", "Bob", "--email", "bob@example.com", "--notes", f"ask {EMAIL}")
    book(open_cli, "10:00", 1, *other)
    ran = open_cli.run("erase", EMAIL, "--reason", "x", "--open-bookings", "cancel", "--yes")
    assert "still stands in rows of others" in ran.stderr


def test_export(open_cli: Cli, tmp_path: Path) -> None:
    book(open_cli, "10:00", 2, *ADA)
    shown = open_cli.json("export-customer", EMAIL)
    assert [b["customer_name"] for b in shown["bookings"]] == ["Ada"]
    file = tmp_path / "ada.json"
    assert open_cli.json("export-customer", EMAIL, "--output", str(file))["bookings"] == 1
    assert json.loads(file.read_text())["changes"] == shown["changes"]
    missing = str(tmp_path / "no" / "ada.json")
    assert open_cli.error("export-customer", EMAIL, "--output", missing)["code"] == "OSError"


def test_rewrite(open_cli: Cli, database: Database) -> None:
    book(open_cli, "10:00", 2, *ADA)
    assert open_cli.run("rewrite-erased", answer="n\n", code=1)
    done = open_cli.json("rewrite-erased", "--yes")["rewritten"]
    assert {"bookingdb.bookings", "bookingdb.booking_audit_log_default"} <= set(done)
    database.login("bookingdb_admin").close()
    with pytest.raises(CommandError, match="Not all tables"):
        erasures.rewrite(database.dsn.replace("user=postgres", "user=login_bookingdb_admin"))
