"""slots, book, confirm, pay, cancel and history."""

import datetime as dt
import getpass

from tests.cli.conftest import ADA, DAY, Cli, book


def test_slots_of_a_day(open_cli: Cli) -> None:
    slots = open_cli.json("slots", DAY)
    assert len(slots) == 8
    assert slots[0]["time"] == "09:00:00"
    assert (slots[0]["remaining_bookings"], slots[0]["remaining_bouquets"]) == (3, 10)
    assert dt.datetime.fromisoformat(slots[0]["starts_at"]).tzinfo is not None
    day = dt.date.fromisoformat(slots[0]["date"])
    again = open_cli.json("slots", str(day))
    assert [slot | {"as_of": None} for slot in again] == [slot | {"as_of": None} for slot in slots]
    assert open_cli.run("slots", DAY).stdout.count(f"{day:%a %Y-%m-%d}") == 8


def test_slots_of_a_range_with_room_for_many(open_cli: Cli) -> None:
    book(open_cli, "10:00", 8)
    assert len(open_cli.json("slots", "tomorrow", "+10")) == 80
    assert len(open_cli.json("slots", "tomorrow", "+10", "--bouquets", "3")) == 79
    assert len(open_cli.json("slots", "tomorrow", "+10", "--bouquets", "3", "--full")) == 80


def test_no_slot_is_no_error(open_cli: Cli) -> None:
    ran = open_cli.run("slots", "+31")
    assert ran.stdout == ""
    assert "No slot can be booked" in ran.stderr
    assert open_cli.json("slots", "+31") == []


def test_slots_backwards_are_refused_by_the_database(open_cli: Cli) -> None:
    assert open_cli.error("slots", "+3", "tomorrow")["code"] == "ZB012"


def test_book(open_cli: Cli) -> None:
    booking = book(
        open_cli, "10:00", 2, *ADA, "--phone", "+31 6", "--notes", "tulips",
        "--payment-method", "pay_now",
    )  # fmt: skip
    assert booking["date"] == open_cli.json("slots", DAY)[0]["date"]
    assert (booking["time"], booking["bouquets"], booking["status"]) == ("10:00:00", 2, "confirmed")
    assert (booking["customer_phone"], booking["notes"]) == ("+31 6", "tulips")
    assert (booking["payment_method"], booking["payment_status"]) == ("pay_now", "pending")
    shown = open_cli.run("book", DAY, "9:00", "1", *ADA).stdout
    assert "Ada" in shown
    assert "confirmed" in shown


def test_book_logs_why(open_cli: Cli) -> None:
    booking = book(open_cli, "10:00", 2, *ADA, "--reason", "called")["booking_id"]
    assert open_cli.json("history", booking)[0]["reason"] == "called"


def test_book_takes_the_place(open_cli: Cli) -> None:
    book(open_cli)
    [slot] = [s for s in open_cli.json("slots", DAY) if s["time"] == "10:00:00"]
    assert (slot["remaining_bookings"], slot["remaining_bouquets"]) == (2, 8)


def test_idempotency_key_books_once(open_cli: Cli) -> None:
    first = book(open_cli, "10:00", 2, *ADA, "--idempotency-key", "k1")
    assert book(open_cli, "10:00", 2, *ADA, "--idempotency-key", "k1") == first
    error = open_cli.error("book", DAY, "10:00", "3", *ADA, "--idempotency-key", "k1")
    assert error["code"] == "ZB009"


def test_sold_out_slot(open_cli: Cli) -> None:
    for _ in range(3):
        book(open_cli)
    error = open_cli.error("book", DAY, "10:00", "1", *ADA)
    assert (error["code"], error["message"]) == ("ZB002", "Maximum bookings reached")
    assert "3 of 3 bookings" in error["detail"]
    assert error["hint"]
    ran = open_cli.run("book", DAY, "10:00", "1", *ADA, code=1)
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: Maximum bookings reached (ZB002)\n  The slot on ")
    assert "\n  hint: " in ran.stderr


def test_hold_and_confirm(open_cli: Cli) -> None:
    held = book(open_cli, "11:00", 1, "--hold-for", "1h30min")
    assert (held["status"], held["customer_name"]) == ("held", None)
    lasts = dt.datetime.fromisoformat(held["hold_expires_at"]) - dt.datetime.fromisoformat(
        held["created_at"]
    )
    assert abs(lasts - dt.timedelta(minutes=90)) < dt.timedelta(seconds=5)
    confirmed = open_cli.json("confirm", held["booking_id"], *ADA, "--bouquets", "3")
    assert (confirmed["status"], confirmed["bouquets"]) == ("confirmed", 3)
    assert confirmed["customer_email"] == "ada@example.com"


def test_hold_tells_how_to_confirm_it(open_cli: Cli) -> None:
    ran = open_cli.run("book", DAY, "11:00", "1", "--hold-for", "15min")
    assert "held" in ran.stdout
    assert "bookingdb confirm " in ran.stderr


def test_pay_and_refund(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    assert open_cli.json("pay", booking)["payment_status"] == "paid"
    assert open_cli.json("pay", booking, "refunded")["payment_status"] == "refunded"
    assert open_cli.error("pay", booking, "paid")["code"] == "ZB008"


def test_cancel_frees_the_place_and_keeps_the_reason(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    cancelled = open_cli.json("cancel", booking, "--reason", "called in sick")
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "called in sick")
    assert len(open_cli.json("slots", DAY, "--bouquets", "10")) == 8
    assert open_cli.error("cancel", booking)["code"] == "ZB008"


def test_expected_version(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    open_cli.json("pay", booking, "--expected-version", "1")
    error = open_cli.error("cancel", booking, "--expected-version", "1")
    assert (error["code"], error["message"]) == ("ZB007", "Version conflict")
    assert error["detail"] == "Expected version 1, found version 2."
    assert open_cli.json("cancel", booking, "--expected-version", "2")["version"] == 3


def test_history_tells_who_did_what_and_why(open_cli: Cli) -> None:
    booking = book(open_cli)["booking_id"]
    open_cli.run("pay", booking, "--reason", "cash")
    open_cli.run("cancel", booking, "--reason", "called in sick")
    created, paid, cancelled = open_cli.json("history", booking)
    assert [e["action_type"] for e in (created, paid, cancelled)] == [
        "created",
        "payment_succeeded",
        "cancelled",
    ]
    assert {e["performed_by"] for e in (created, paid, cancelled)} == {"admin"}
    assert {e["performed_by_id"] for e in (created, paid, cancelled)} == {getpass.getuser()}
    assert [e["reason"] for e in (created, paid, cancelled)] == [None, "cash", "called in sick"]
    assert created["changes"]["customer_name"] == {"old": None, "new": "Ada"}
    assert paid["changes"] == {"payment_status": {"old": "pending", "new": "paid"}}
    assert cancelled["changes"]["status"] == {"old": "confirmed", "new": "cancelled"}
    assert cancelled["old_values"]["status"] == "confirmed"
    shown = open_cli.run("history", booking).stdout
    assert "payment_status pending → paid" in shown
    assert f"admin {getpass.getuser()}" in shown
    assert "called in sick" in shown


def test_what_customers_write_does_not_steer_the_terminal(open_cli: Cli) -> None:
    evil = "[red]\x1b]0;owned\x07"
    booking = book(open_cli, "10:00", 1, "--name", "Ada", "--email", "a@b.cd", "--notes", evil)
    shown = open_cli.run("history", booking["booking_id"]).stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[red]" in shown
    assert open_cli.json("history", booking["booking_id"])[0]["new_values"]["notes"] == evil
