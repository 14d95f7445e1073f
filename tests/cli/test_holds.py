"""extend and expire."""

import datetime as dt
from uuid import uuid4

from tests.cli.conftest import ADA, DAY, OPEN, Cli, book
from tests.support import Database


def run_out(database: Database) -> None:
    """Let all holds run out."""
    with database.connect() as conn:
        conn.execute(
            "update bookingdb.bookings set hold_expires_at = now() - interval '1 minute'"
            " where status = 'held'"
        )


def test_extend_counts_from_now(open_cli: Cli) -> None:
    held = book(open_cli, "10:00", 1, "--hold-for", "5min")
    extended = open_cli.json("extend", held["booking_id"], "1h30min", "--expected-version", "1")
    assert extended["status"] == "held"
    lasts = dt.datetime.fromisoformat(extended["hold_expires_at"]) - dt.datetime.now(dt.UTC)
    assert abs(lasts - dt.timedelta(minutes=90)) < dt.timedelta(minutes=1)
    assert "Held until " in open_cli.run("extend", held["booking_id"], "15min").stderr


def test_extend_takes_a_place_back_that_is_still_free(open_cli: Cli, database: Database) -> None:
    held = book(open_cli, "10:00", 6, "--hold-for", "5min")["booking_id"]
    run_out(database)
    open_cli.run("expire")
    assert open_cli.json("extend", held, "15min")["status"] == "held"
    run_out(database)
    book(open_cli, "10:00", 6)
    assert open_cli.error("extend", held, "15min")["code"] == "ZB010"


def test_only_holds_are_extended(open_cli: Cli) -> None:
    error = open_cli.error("extend", book(open_cli)["booking_id"], "15min")
    assert error["code"] == "ZB008"
    assert "confirmed" in error["detail"]
    assert "is no length of time" in open_cli.run("extend", str(uuid4()), "soon", code=2).stderr


def test_expire_offers_the_places_to_those_who_wait(open_cli: Cli, database: Database) -> None:
    held = [book(open_cli, "10:00", 3, "--hold-for", "5min")["booking_id"] for _ in range(3)]
    waits = open_cli.json("wait", DAY, "10:00", "2", *ADA)
    assert waits["status"] == "waiting"
    run_out(database)
    [done] = open_cli.json("expire")
    assert (done["name"], done["expired"]) == ("Bloom", 3)
    assert {open_cli.json("show", one)["status"] for one in held} == {"expired"}
    assert open_cli.json("show", waits["booking_id"])["status"] == "held"


def test_expire_for_all_businesses(open_cli: Cli, database: Database) -> None:
    other = str(uuid4())
    open_cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", other)
    book(open_cli, "10:00", 1, "--hold-for", "5min", "--business", other)
    run_out(database)
    assert [done["expired"] for done in open_cli.json("expire")] == [0]
    done = open_cli.json("expire", "--all")
    assert [(one["name"], one["expired"]) for one in done] == [("Aster", 1), ("Bloom", 0)]
    assert open_cli.run("expire", "--all").words.endswith("Aster 0 Bloom 0")
