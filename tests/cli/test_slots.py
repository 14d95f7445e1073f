"""why and adjust."""

from tests.cli.conftest import ADA, DAY, OPEN, Cli, book
from tests.support import Database, scalar


def test_why_names_every_reason(open_cli: Cli) -> None:
    for _ in range(3):
        book(open_cli, "10:00", 3)
    refusals = open_cli.json("why", DAY, "10:00", "--bouquets", "2")
    assert [refusal["code"] for refusal in refusals] == ["ZB002", "ZB003"]
    ran = open_cli.run("why", DAY, "10:00")
    assert "ZB002 Maximum bookings reached: " in ran.words
    assert "bookingdb wait" in ran.stderr


def test_why_of_a_slot_that_can_be_booked(open_cli: Cli) -> None:
    assert open_cli.json("why", DAY, "10:00") == []
    ran = open_cli.run("why", DAY, "10:00")
    assert ran.stdout == ""
    assert ran.stderr.endswith(" at 10:00 can be booked.\n")


def test_why_for_nothing_is_refused(open_cli: Cli) -> None:
    assert open_cli.error("why", DAY, "10:00", "--bouquets", "0")["code"] == "ZB012"


def test_adjusted_slot_keeps_its_limits_until_it_is_given_back(open_cli: Cli) -> None:
    book(open_cli)
    slot = open_cli.json("adjust", DAY, "10:00", "--bookings", "1")
    assert (slot["max_bookings"], slot["max_bouquets"], slot["is_adjusted"]) == (1, 10, True)
    open_cli.run("refresh")
    assert open_cli.error("book", DAY, "10:00", "1", *ADA)["code"] == "ZB002"
    slot = open_cli.json("adjust", DAY, "10:00")
    assert (slot["max_bookings"], slot["max_bouquets"], slot["is_adjusted"]) == (3, 10, False)
    book(open_cli)


def test_adjust_tells_what_is_booked_and_who_set_the_limits(open_cli: Cli) -> None:
    book(open_cli)
    ran = open_cli.run("adjust", DAY, "10:00", "--bouquets", "1")
    assert "1 of 3" in ran.stdout
    assert "2 of 1" in ran.stdout
    assert "set by hand" in ran.stdout
    assert "It holds more than that" in ran.stderr
    ran = open_cli.run("adjust", DAY, "10:00")
    assert "of the schedule" in ran.stdout
    assert ran.stderr == ""


def test_adjust_logs_why(open_cli: Cli, database: Database) -> None:
    open_cli.run("adjust", DAY, "10:00", "--bookings", "0", "--reason", "inventory")
    with database.connect() as conn:
        query = "select reason from bookingdb.settings_audit_log where table_name = 'time_slots'"
        assert scalar(conn, query) == "inventory"


def test_adjust_of_what_is_no_slot(open_cli: Cli) -> None:
    assert open_cli.error("adjust", DAY, "10:30", "--bookings", "1")["code"] == "ZB001"
    error = open_cli.error("adjust", DAY, "10:00", "--bookings", "-1")
    assert error["code"] == "ZB012"


def test_more_places_go_to_those_who_wait(open_cli: Cli) -> None:
    open_cli.run("adjust", DAY, "10:00", "--bookings", "0")
    waits = open_cli.json("wait", DAY, "10:00", "1", *ADA)
    open_cli.run("adjust", DAY, "10:00", "--bookings", "1")
    assert open_cli.json("show", waits["booking_id"])["status"] == "held"


def test_times_are_those_of_the_business(cli: Cli) -> None:
    cli.run("init", "Bloom", "--time-zone", "Asia/Tokyo", "--open", OPEN)
    assert all(slot["starts_at"].endswith("+09:00") for slot in cli.json("slots", DAY))
