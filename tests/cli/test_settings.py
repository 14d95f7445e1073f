"""settings, and those of init."""

from tests.cli.conftest import OPEN, Cli
from tests.support import Database, scalar


def test_settings_shows_them(open_cli: Cli) -> None:
    settings = open_cli.json("settings")
    assert (settings["name"], settings["time_zone"]) == ("Bloom", "UTC")
    assert settings["hold_time_to_live"] == "PT900S"
    ran = open_cli.run("settings")
    assert "customer limit 0 " in ran.words
    assert ran.stderr == ""


def test_settings_changes_what_is_given(open_cli: Cli, database: Database) -> None:
    changed = open_cli.json(
        "settings", "--name", "Blossom", "--lead-time", "2h", "--cancellation-window", "1d",
        "--hold-time-to-live", "30min", "--customer-limit", "2", "--reason", "spring",
    )  # fmt: skip
    assert open_cli.json("settings") == changed
    assert (changed["name"], changed["customer_limit"]) == ("Blossom", 2)
    assert (changed["lead_time"], changed["cancellation_window"]) == ("PT7200S", "PT86400S")
    assert (changed["hold_time_to_live"], changed["horizon_days"]) == ("PT1800S", 30)
    with database.connect() as conn:
        query = """select reason from bookingdb.settings_audit_log
                    where table_name = 'businesses' and old_values is not null"""
        assert scalar(conn, query) == "spring"


def test_slots_follow_another_horizon_after_a_refresh(open_cli: Cli) -> None:
    assert "bookingdb refresh" in open_cli.run("settings", "--horizon-days", "40").stderr
    assert open_cli.json("slots", "+31", "+40") == []
    open_cli.run("refresh")
    assert len(open_cli.json("slots", "+31", "+40")) == 80


def test_settings_that_cannot_be(open_cli: Cli) -> None:
    assert open_cli.error("settings", "--time-zone", "CET+1")["code"] == "ZB012"
    assert open_cli.error("settings", "--customer-limit", "-1")["code"] == "ZB012"
    assert "needs a setting" in open_cli.run("settings", "--reason", "x", code=2).stderr
    assert open_cli.json("settings")["time_zone"] == "UTC"


def test_init_takes_all_settings(cli: Cli) -> None:
    made = cli.json(
        "init", "Bloom", "--time-zone", "UTC", "--open", OPEN, "--horizon-days", "5",
        "--lead-time", "2h", "--cancellation-window", "1d", "--hold-time-to-live", "1h",
        "--customer-limit", "1",
    )["business"]  # fmt: skip
    assert made == cli.json("settings")
    assert (made["horizon_days"], made["customer_limit"]) == (5, 1)
    assert (made["lead_time"], made["hold_time_to_live"]) == ("PT7200S", "PT3600S")
    assert made["cancellation_window"] == "PT86400S"
