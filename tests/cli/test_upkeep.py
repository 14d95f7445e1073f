"""refresh, check and drop-audit."""

import datetime as dt
import json
from uuid import uuid4

from psycopg import sql
from psycopg.conninfo import make_conninfo

from bookingdb import DEFAULT_BUSINESS_ID
from tests.cli.conftest import OPEN, Cli, plain
from tests.cli.dispatcher import PAST_MONTH, dispatch, make_past_month
from tests.exports import finish
from tests.support import Database

NOTHING = dict.fromkeys(
    ("created", "updated", "restored", "made_legacy", "deleted", "over_capacity"), 0
)


def test_refresh_counts_what_it_did(open_cli: Cli, database: Database) -> None:
    done = open_cli.json("refresh")
    assert done == {
        "audit_partitions_created": 0,
        "businesses": [
            {"business_id": str(DEFAULT_BUSINESS_ID), "name": "Bloom", "counts": NOTHING}
        ],
    }
    with database.connect() as conn:
        conn.execute("delete from bookingdb.time_slots")
    assert open_cli.json("refresh")["businesses"][0]["counts"]["created"] > 200
    assert "over capacity" in open_cli.run("refresh").stdout


def test_refresh_makes_audit_partitions(open_cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        [(last,)] = conn.execute(
            """select relname from pg_class
                where relname like 'booking\\_audit\\_log\\_20%' and relkind = 'r'
                order by 1 desc limit 1"""
        ).fetchall()
        conn.execute("drop view bookingdb.booking_audit_log_partitions")  # it keeps them
        conn.execute(sql.SQL("drop table bookingdb.{}").format(sql.Identifier(last)))
    assert open_cli.json("refresh")["audit_partitions_created"] == 1


def test_refresh_of_all_businesses(open_cli: Cli) -> None:
    other = str(uuid4())
    open_cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", other)
    assert [b["name"] for b in open_cli.json("refresh", "--all")["businesses"]] == [
        "Aster",
        "Bloom",
    ]
    assert [b["name"] for b in open_cli.json("refresh", "--business", other)["businesses"]] == [
        "Aster"
    ]


def test_business_that_fails_does_not_stop_the_others(open_cli: Cli, database: Database) -> None:
    other = str(uuid4())
    open_cli.run("init", "Aster", "--time-zone", "UTC", "--open", OPEN, "--business", other)
    with database.connect(autocommit=False) as conn:
        conn.execute("delete from bookingdb.time_slots where date > current_date + 3")
        conn.commit()
        conn.execute("select bookingdb.refresh_future_schedule(%s)", [other])
        impatient = Cli(make_conninfo(open_cli.dsn, options="-c lock_timeout=200ms"))
        ran = impatient.run("refresh", "--all", "--json", code=1)
        conn.rollback()
    [done] = json.loads(ran.stdout)["businesses"]
    assert done["name"] == "Bloom"
    assert done["counts"]["created"] > 100
    error = json.loads(ran.stderr)
    assert error["code"] == "55P03"
    assert f"Aster, business {other}" in error["detail"]
    assert "run the command again" in error["hint"]


def test_check_of_a_sound_database(open_cli: Cli) -> None:
    assert open_cli.json("check") == []
    ran = open_cli.run("check")
    assert ran.stdout == ""
    assert "Sound" in ran.stderr


def test_check_finds_a_guard_that_is_switched_off(open_cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        conn.execute("alter table bookingdb.bookings disable trigger user")
    ran = open_cli.run("check", "--json", code=1)
    assert ran.stderr == ""
    assert {f["check_name"] for f in json.loads(ran.stdout)} == {"trigger_disabled"}
    assert "trigger_disabled" in open_cli.run("check", code=1).stdout


def test_check_after_bookings_by_the_command_line(cli: Cli) -> None:
    cli.run("init", "Bloom", "--time-zone", "Asia/Tokyo", "--open", OPEN)
    booking = cli.json("book", "+9", "10:00", "2", "--name", "Ada", "--email", "ada@example.com")
    cli.run("history", booking["booking_id"])
    cli.run("cancel", booking["booking_id"])
    assert cli.json("check") == []


def test_drop_of_a_month_of_the_audit_log(open_cli: Cli, database: Database) -> None:
    make_past_month(database)
    with database.connect() as conn:
        conn.execute(
            """insert into bookingdb.booking_audit_log
                 (business_id, booking_id, booking_version, action_type, performed_by, created_at,
                  hash)
               values (%s, %s, 1, 'created', 'system', '2025-01-05', '\\x00')""",
            [DEFAULT_BUSINESS_ID, uuid4()],
        )
    ran = open_cli.run("drop-audit", PAST_MONTH, answer="n\n", code=1)
    assert f"says of {PAST_MONTH}" in ran.stderr
    error = open_cli.error("drop-audit", PAST_MONTH, "--yes")
    assert (error["code"], error["detail"][:21]) == ("ZB018", "1 changes not relayed")
    dispatch(database)
    with database.connect() as conn:
        finish(conn, dt.date(2025, 1, 1))
    assert open_cli.json("drop-audit", PAST_MONTH, "--yes") == {"dropped": 1}
    error = open_cli.error("drop-audit", PAST_MONTH, "--yes")
    assert (error["code"], PAST_MONTH in error["detail"]) == ("ZB012", True)
    shown = plain(open_cli.run("drop-audit", "Christmas", code=2).stderr)
    assert "'Christmas' is no month" in shown
