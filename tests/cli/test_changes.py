"""move, alternatives, edit, complete, no-show and show."""

from tests.cli.conftest import ADA, DAY, Cli, book
from tests.support import Database, scalar


def left(cli: Cli, time: str) -> int:
    [slot] = [s for s in cli.json("slots", DAY, "--full") if s["time"] == f"{time}:00"]
    return int(slot["remaining_bouquets"])


def test_move_takes_the_place_along(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    moved = open_cli.json(
        "move", booking, DAY, "11:00", "--bouquets", "4", "--reason", "she called",
        "--expected-version", "1",
    )  # fmt: skip
    assert (moved["time"], moved["bouquets"], moved["version"]) == ("11:00:00", 4, 2)
    assert (left(open_cli, "10:00"), left(open_cli, "11:00")) == (10, 6)
    entry = open_cli.json("history", booking)[-1]
    assert (entry["action_type"], entry["reason"]) == ("rescheduled", "she called")
    assert "12:00" in open_cli.run("move", booking, DAY, "12:00").stdout


def test_move_to_a_full_slot_leaves_all_as_it_is(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    for _ in range(3):
        book(open_cli, "11:00", 1)
    assert open_cli.error("move", booking, DAY, "11:00")["code"] == "ZB002"
    assert open_cli.json("show", booking)["time"] == "10:00:00"


def test_alternatives_are_the_nearest_with_room(open_cli: Cli) -> None:
    booking = book(open_cli, "10:00", 6)["booking_id"]
    book(open_cli, "11:00", 6)
    found = open_cli.json("alternatives", booking, "--limit", "2")
    assert [slot["time"] for slot in found] == ["09:00:00", "12:00:00"]
    ran = open_cli.run("alternatives", booking)
    assert "bouquets left" in ran.stdout
    assert f"bookingdb move {booking}" in ran.stderr
    assert open_cli.error("alternatives", booking, "--limit", "0")["code"] == "ZB012"


def test_no_alternative_is_no_error(open_cli: Cli, database: Database) -> None:
    booking = book(open_cli)["booking_id"]
    with database.connect() as conn:
        conn.execute("update bookingdb.time_slots set is_legacy = true")
    ran = open_cli.run("alternatives", booking)
    assert ran.stdout == ""
    assert "No other slot" in ran.stderr


def test_edit_changes_what_is_given(open_cli: Cli) -> None:
    booking = book(open_cli, "10:00", 2, *ADA, "--phone", "+31 6", "--notes", "tulips")
    edited = open_cli.json("edit", booking["booking_id"], "--bouquets", "3", "--email", "a@b.cd")
    assert (edited["bouquets"], edited["customer_email"]) == (3, "a@b.cd")
    assert (edited["customer_name"], edited["customer_phone"]) == ("Ada", "+31 6")
    edited = open_cli.json("edit", booking["booking_id"], "--phone", "", "--notes", "")
    assert (edited["customer_phone"], edited["notes"]) == (None, None)
    edited = open_cli.json("edit", booking["booking_id"], "--name", "Ida", "--notes", "roses")
    assert (edited["customer_name"], edited["notes"], edited["version"]) == ("Ida", "roses", 4)


def test_edit_that_cannot_be(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    assert "Give --bouquets, --name" in open_cli.run("edit", booking, code=2).stderr
    assert open_cli.error("edit", booking, "--name", "")["code"] == "ZB012"
    assert open_cli.error("edit", booking, "--bouquets", "11")["code"] == "ZB003"
    open_cli.run("cancel", booking)
    assert open_cli.error("edit", booking, "--bouquets", "1")["code"] == "ZB008"


def test_complete_and_no_show_correct_each_other(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    assert open_cli.json("complete", booking)["status"] == "completed"
    assert open_cli.json("no-show", booking, "--reason", "mixed up")["status"] == "no_show"
    assert open_cli.json("history", booking)[-1]["reason"] == "mixed up"
    assert "completed" in open_cli.run("complete", booking, "--expected-version", "3").stdout
    assert open_cli.error("no-show", booking, "--expected-version", "3")["code"] == "ZB007"
    assert open_cli.error("cancel", booking)["code"] == "ZB008"


def test_show_has_what_staff_needs_to_know(open_cli: Cli) -> None:
    booking = book(open_cli, "10:00", 2, *ADA, "--phone", "+31 6", "--notes", "tulips")
    assert open_cli.json("show", booking["booking_id"]) == booking
    ran = open_cli.run("show", booking["booking_id"])
    for shown in ("Ada", "ada@example.com, +31 6", "“tulips”", "pending, pay_on_arrival"):
        assert shown in ran.stdout
    assert ran.stderr == ""


def test_show_tells_that_money_is_to_be_given_back(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    open_cli.run("pay", booking)
    ran = open_cli.run("cancel", booking, "--reason", "ill")
    assert "“ill”" in ran.stdout
    assert f"bookingdb pay {booking} refunded" in ran.stderr
    assert open_cli.run("pay", booking, "refunded").stderr == ""


def test_history_tells_what_staff_waived(open_cli: Cli, database: Database) -> None:
    open_cli.run("settings", "--cancellation-window", "30d", "--customer-limit", "1")
    book(open_cli)
    booking = book(open_cli, "11:00")["booking_id"]
    open_cli.run("cancel", booking)
    made, cancelled = open_cli.json("history", booking)
    assert made["waived"] == ["customer_limit"]
    assert cancelled["waived"] == ["cancellation_window"]
    shown = open_cli.run("history", booking).stdout
    assert "waived customer limit" in shown
    assert "waived cancellation window" in shown
    with database.connect() as conn:
        query = "select count(*) from bookingdb.booking_audit_log where waived is not null"
        assert scalar(conn, query) == 2
