"""schedule, close, open-on and reopen."""

import datetime as dt

from tests.cli.conftest import DAY, Cli, book
from tests.support import Database, scalar

HOURS = "20:00-24:00 every 2h 1 booking 4 bouquets"


def day_of(cli: Cli) -> dt.date:
    return dt.date.fromisoformat(cli.json("schedule", DAY)["date"])


def test_schedule_as_it_is_was_or_will_be(open_cli: Cli) -> None:
    open_cli.run("hours", "--from", "+7", "--open", f"mon {HOURS}")
    assert len(open_cli.json("schedule")["opening_hours"]) == 7
    later = open_cli.json("schedule", "+7")
    assert [rule["opens"] for rule in later["opening_hours"]] == ["20:00:00"]
    assert later["exceptions"] == []
    shown = open_cli.run("schedule", "+7").words
    assert "mon 20:00 24:00" in shown
    assert "sun" not in shown
    assert open_cli.json("schedule", "2020-01-01")["opening_hours"] == []
    assert "No weekly hours" in open_cli.run("schedule", "2020-01-01").stderr


def test_closed_dates_have_no_slots_after_a_refresh(open_cli: Cli) -> None:
    closed = open_cli.json("close", DAY, "+10", "--reason", "inventory")
    day = day_of(open_cli)
    assert [date["date"] for date in closed] == [str(day), str(day + dt.timedelta(days=1))]
    assert {date["reason"] for date in closed} == {"inventory"}
    assert len(open_cli.json("slots", DAY, "+11")) == 24
    open_cli.run("refresh")
    assert len(open_cli.json("slots", DAY, "+11")) == 8
    assert "closed" in open_cli.run("schedule").stdout


def test_close_tells_what_stays_as_it_was(open_cli: Cli, database: Database) -> None:
    open_cli.run("open-on", DAY, "--open", HOURS)
    ran = open_cli.run("close", DAY, "+10")
    assert ran.stdout.count("closed") == 1
    assert ran.stderr.startswith("1 date left as before: ")
    assert "bookingdb refresh" in ran.stderr
    assert open_cli.json("close", DAY, "+10") == []
    assert len(open_cli.json("close", DAY, "+10", "--replace", "--reason", "ill")) == 2
    assert "2 dates left as before: they are past.\n" in open_cli.run(
        "close", "2020-01-01", "2020-01-02", "--replace"
    ).stderr.replace("\n\n", "\n")
    with database.connect() as conn:
        query = "select count(*) from bookingdb.settings_audit_log where reason = 'ill'"
        assert scalar(conn, query) == 4


def test_close_backwards_is_refused(open_cli: Cli) -> None:
    assert open_cli.error("close", "+10", DAY)["code"] == "ZB012"
    assert open_cli.error("close", DAY, "--reason", " ")["code"] == "ZB012"


def test_date_with_its_own_hours_and_back(open_cli: Cli) -> None:
    opened = open_cli.json(
        "open-on", DAY, "--open", HOURS, "--open", "9:00-10:00 every 30min 2 bookings 3 bouquets",
        "--reason", "party",
    )  # fmt: skip
    assert sorted(date["opens"] for date in opened) == ["09:00:00", "20:00:00"]
    open_cli.run("refresh")
    times = [slot["time"] for slot in open_cli.json("slots", DAY)]
    assert times == ["09:00:00", "09:30:00", "20:00:00", "22:00:00"]
    assert len(open_cli.json("schedule")["exceptions"]) == 2
    assert open_cli.json("reopen", DAY) == {"date": str(day_of(open_cli)), "was_exception": True}
    open_cli.run("refresh")
    assert len(open_cli.json("slots", DAY)) == 8


def test_open_on_and_reopen_for_people(open_cli: Cli) -> None:
    ran = open_cli.run("open-on", DAY, "--open", HOURS, "--reason", "party")
    assert "20:00 24:00 2:00:00 1 4 party" in ran.words
    assert "bookingdb plan" in ran.stderr
    ran = open_cli.run("reopen", DAY)
    assert "hold again" in ran.stderr
    assert "bookingdb plan" in ran.stderr
    assert "as before" in open_cli.run("reopen", DAY).stderr


def test_why_a_date_departs_from_the_schedule_is_in_the_log(
    open_cli: Cli, database: Database
) -> None:
    open_cli.run("open-on", DAY, "--open", HOURS, "--reason", "party")
    open_cli.run("reopen", DAY, "--reason", "no party")
    with database.connect() as conn:
        found = conn.execute(
            """select reason from bookingdb.settings_audit_log
                where table_name = 'schedule_exceptions' order by created_at"""
        ).fetchall()
    assert found == [("party",), ("no party",)]


def test_hours_of_a_date_that_cannot_be(open_cli: Cli) -> None:
    for hours, said in {
        f"mon {HOURS}": "names days",
        "late": "is no rule",
        HOURS.replace("2h", "2x"): "is no rule",
    }.items():
        assert said in open_cli.run("open-on", DAY, "--open", hours, code=2).stderr
    assert "--open" in open_cli.run("open-on", DAY, code=2).stderr
    error = open_cli.error("open-on", DAY, "--open", HOURS, "--open", HOURS)
    assert error["code"] == "ZB012"
    assert open_cli.error("open-on", "2020-01-01", "--open", HOURS)["code"] == "ZB012"


def test_weekly_rule_needs_its_days(open_cli: Cli) -> None:
    assert "names no days" in open_cli.run("hours", "--open", HOURS, code=2).stderr


def test_booking_on_a_closed_date_stays(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    open_cli.run("close", DAY)
    open_cli.run("refresh")
    assert open_cli.json("show", booking)["status"] == "confirmed"
    assert open_cli.json("why", DAY, "10:00")[0]["code"] == "ZB004"
