"""init and hours."""

import datetime as dt
from uuid import UUID, uuid4

from bookingdb import DEFAULT_BUSINESS_ID
from tests.cli.conftest import OPEN, Cli


def test_init_makes_a_business_with_hours_and_slots(cli: Cli) -> None:
    made = cli.json(
        "init", "Bloom", "--time-zone", "Europe/Amsterdam", "--horizon-days", "20",
        "--open", "mon-fri 09:00-17:00 every 30min 3 bookings 10 bouquets",
        "--open", "sat,sun 20:00-24:00 every 2h 1 booking 4 bouquets",
    )  # fmt: skip
    assert made["business"]["business_id"] == str(DEFAULT_BUSINESS_ID)
    assert made["business"]["time_zone"] == "Europe/Amsterdam"
    assert made["business"]["lead_time"] == "PT0S"
    weekdays = {rule["weekday"]: rule for rule in made["opening_hours"]}
    assert sorted(weekdays) == [1, 2, 3, 4, 5, 6, 7]
    assert weekdays[5]["opens"] == "09:00:00"
    assert weekdays[5]["slot_interval"] == "PT1800S"
    assert (weekdays[7]["max_bookings"], weekdays[7]["max_bouquets"]) == (1, 4)
    assert weekdays[1]["in_force"]["before"] is None
    assert made["refresh"]["created"] > 0


def test_init_for_people_shows_the_hours_and_what_comes_next(cli: Cli) -> None:
    rule = "sat 20:00-24:00 every 1h 1 booking 4 bouquets"
    ran = cli.run("init", "Bloom", "--time-zone", "UTC", "--open", rule)
    assert "sat   20:00   24:00" in ran.stdout
    assert "Next: bookingdb slots" in ran.stderr


def test_second_business_has_its_own_id(open_cli: Cli) -> None:
    other = str(uuid4())
    made = open_cli.json(
        "init", "Petals", "--time-zone", "UTC", "--open", OPEN, "--business", other
    )
    assert UUID(made["business"]["business_id"]) == UUID(other)
    open_cli.run("hours", "--business", other)


def test_init_of_what_is_there_changes_nothing(open_cli: Cli) -> None:
    error = open_cli.error("init", "Petals", "--time-zone", "UTC", "--open", OPEN)
    assert error["code"] == "ZB012"
    assert "is there already" in error["detail"]


def test_init_with_an_unknown_time_zone_leaves_nothing_behind(cli: Cli) -> None:
    assert cli.error("init", "Bloom", "--time-zone", "CET+1", "--open", OPEN)["code"] == "ZB012"
    assert "There is no business" in cli.error("hours")["message"]


def test_rules_that_cannot_be_read_are_wrong_usage() -> None:
    for rule, said in {
        "whenever": "is no rule",
        "mon-fry 9:00-17:00 every 1h 3 bookings 10 bouquets": "'mon-fry' is no weekday",
        "mon 9:00-17:00 every 1min30 3 bookings 10 bouquets": "is no length of time",
    }.items():
        ran = Cli("").run("init", "Bloom", "--time-zone", "UTC", "--open", rule, code=2)
        assert said in ran.stderr


def test_days_may_run_over_the_weekend(cli: Cli) -> None:
    made = cli.json(
        "init", "Bloom", "--time-zone", "UTC",
        "--open", "fri-mon, wed 9:00-10:00 every 1h 3 bookings 10 bouquets",
    )  # fmt: skip
    assert sorted(rule["weekday"] for rule in made["opening_hours"]) == [1, 3, 5, 6, 7]


def test_hours_shows_what_is_in_force(open_cli: Cli) -> None:
    shown = open_cli.json("hours")
    assert len(shown["opening_hours"]) == 7
    assert shown["refresh"] is None
    assert "daily" not in open_cli.run("hours").stdout
    assert "sun" in open_cli.run("hours").stdout


def test_new_hours_begin_when_told_and_the_slots_follow(open_cli: Cli) -> None:
    rule = "daily 10:00-12:00 every 1h 3 bookings 10 bouquets"
    changed = open_cli.json("hours", "--from", "+7", "--open", rule)
    assert len(changed["opening_hours"]) == 14
    assert changed["refresh"]["deleted"] > 0
    begins = dt.date.fromisoformat(changed["opening_hours"][-1]["in_force"]["from"])
    day_before = str(begins - dt.timedelta(days=1))
    assert len(open_cli.json("slots", day_before)) == 8
    assert [slot["time"] for slot in open_cli.json("slots", str(begins))] == [
        "10:00:00",
        "11:00:00",
    ]


def test_hours_from_a_day_needs_new_hours(open_cli: Cli) -> None:
    assert "--from needs --open" in open_cli.run("hours", "--from", "+7", code=2).stderr
