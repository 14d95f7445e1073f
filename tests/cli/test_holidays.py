"""holidays list and holidays import."""

import datetime as dt

from tests.cli.conftest import OPEN, Cli, plain

NOWHERE = Cli("host=/nonexistent")
YEAR = dt.date.today().year + 1


def test_list_needs_no_database() -> None:
    found = {h["date"]: h["name"] for h in NOWHERE.json("holidays", "list", "DE-BY", "2027")}
    assert found["2027-01-06"] == "Heilige Drei Könige"  # not in all of Germany
    assert found["2027-10-03"] == "Tag der Deutschen Einheit"
    country = {h["date"] for h in NOWHERE.json("holidays", "list", "de", "2027")}
    assert country < found.keys()
    shown = NOWHERE.run("holidays", "list", "de-by", "2027", "--language", "en_US").stdout
    assert "Wed 2027-01-06   Epiphany" in shown


def test_list_of_several_years() -> None:
    found = [h["date"] for h in NOWHERE.json("holidays", "list", "NL", "2028", "2027")]
    assert found == sorted(found)
    assert {date[:4] for date in found} == {"2027", "2028"}


def test_unknown_region() -> None:
    error = NOWHERE.error("holidays", "list", "DE-BX", "2027")
    assert error["message"] == "DE has no 'BX'"
    assert all(name in error["hint"] for name in ("BY", "BW", "TH"))
    error = NOWHERE.error("holidays", "list", "NLD2", "2027")
    assert error["message"] == "There is no country 'NLD2'"
    assert "NL" in error["hint"]
    assert "has no names in 'xx'" in NOWHERE.error(
        "holidays", "list", "DE", "2027", "--language", "xx"
    )["message"]  # fmt: skip
    assert "1900" in plain(NOWHERE.run("holidays", "list", "DE", "27", code=2).stderr)


def test_import_closes(open_cli: Cli) -> None:
    done = open_cli.json("holidays", "import", "DE-BY", str(YEAR), str(YEAR + 1))
    assert {h["outcome"] for h in done} == {"closed"}
    assert len(done) > 20
    again = open_cli.json("holidays", "import", "DE-BY", str(YEAR))
    assert {h["outcome"] for h in again} == {"stays: it departs from the schedule already"}
    ran = open_cli.run("holidays", "import", "DE-BY", str(YEAR), "--replace")
    assert f"{len(again)} closed. Next: `bookingdb refresh`" in ran.stderr
    assert "Neujahr" in ran.stdout


def test_dates_that_have_passed_stay(open_cli: Cli) -> None:
    done = open_cli.json("holidays", "import", "NL", "2020")
    assert {h["outcome"] for h in done} == {"has passed"}


def test_slots_follow_with_a_refresh(cli: Cli) -> None:
    cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN, "--horizon-days", "800")
    new_year = f"{YEAR}-01-01"
    assert len(cli.json("slots", new_year)) == 8
    trial = cli.run("holidays", "import", "NL", str(YEAR), "--dry-run")
    assert "nothing was changed" in trial.stderr
    cli.run("refresh")
    assert len(cli.json("slots", new_year)) == 8
    cli.run("holidays", "import", "NL", str(YEAR), "--reason", "by law")
    cli.run("refresh")
    assert cli.json("slots", new_year) == []


def test_booking_on_a_holiday_stays(cli: Cli) -> None:
    cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN, "--horizon-days", "800")
    ada = ("--name", "Ada", "--email", "ada@example.com")
    booking = cli.json("book", f"{YEAR}-01-01", "10:00", "1", *ada)
    cli.run("holidays", "import", "NL", str(YEAR))
    cli.run("refresh")
    assert len(cli.json("history", booking["booking_id"])) == 1
    assert cli.json("check") == []
