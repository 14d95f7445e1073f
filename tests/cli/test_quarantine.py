"""quarantine, adopt and discard."""

from typing import Any
from uuid import uuid4

import pytest

from tests.cli.conftest import Cli, plain


@pytest.fixture
def full(open_cli: Cli) -> Cli:
    """A shop with a full slot at 10:00, and two imported bookings in quarantine for it."""
    day = open_cli.json("slots", "+9")[0]["date"]
    rows = "".join(f"{day},10:00,1,Row {n},row{n}@example.com\n" for n in range(1, 6))
    header = "date,time,bouquets,customer_name,customer_email\n"
    open_cli.run("import", "-", "--source", "old.csv", answer=header + rows, code=1)
    return open_cli


def held(cli: Cli) -> list[Any]:
    found: list[Any] = cli.json("quarantine")
    return found


def test_list(full: Cli) -> None:
    assert [(q["row_number"], q["source"], q["code"]) for q in held(full)] == [
        (4, "old.csv", "ZB002"),
        (5, "old.csv", "ZB002"),
    ]
    assert held(full)[0]["request"]["customer_name"] == "Row 4"
    shown = full.run("quarantine").stdout
    assert "Row 4" in shown
    assert "3 of 3 bookings" in shown
    assert held(full)[0]["quarantine_id"] in shown


def test_nothing_in_quarantine(open_cli: Cli) -> None:
    ran = open_cli.run("quarantine")
    assert ran.stdout == ""
    assert "No imported booking waits" in ran.stderr
    assert held(open_cli) == []


def test_adopt_elsewhere(full: Cli) -> None:
    first, second = (q["quarantine_id"] for q in held(full))
    assert full.error("adopt", first)["code"] == "ZB002"
    booking = full.json(
        "adopt", first, "--time", "11:00", "--bouquets", "4", "--reason", "rang them"
    )
    assert (booking["time"], booking["bouquets"]) == ("11:00:00", 4)
    assert booking["customer_name"] == "Row 4"
    (created,) = full.json("history", booking["booking_id"])
    assert (created["performed_by"], created["reason"]) == ("admin", "rang them")
    assert full.error("adopt", first)["code"] == "ZB008"
    moved = full.json("adopt", second, "--date", "+10")
    assert (moved["time"], moved["date"] > booking["date"]) == ("10:00:00", True)
    assert held(full) == []
    assert full.json("check") == []


def test_discard(full: Cli) -> None:
    first, second = (q["quarantine_id"] for q in held(full))
    assert "--reason" in plain(full.run("discard", first, code=2).stderr)
    assert full.error("discard", first, "--reason", " ")["code"] == "ZB012"
    row = full.json("discard", first, "--reason", "called off")
    assert (row["resolution"], row["booking_id"]) == ("called off", None)
    ran = full.run("discard", second, "--reason", "called off")
    assert "Row 5 of old.csv is discarded: called off" in ran.stderr
    assert held(full) == []
    assert full.error("discard", first, "--reason", "again")["code"] == "ZB008"
    assert full.error("adopt", first, "--time", "11:00")["code"] == "ZB008"


def test_unknown_id(open_cli: Cli) -> None:
    unknown = str(uuid4())
    for arguments in (["adopt", unknown], ["discard", unknown, "--reason", "x"]):
        error = open_cli.error(*arguments)
        assert (error["code"], unknown in error["detail"]) == ("ZB006", True)
