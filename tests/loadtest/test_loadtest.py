"""`bookingdb loadtest` on a real server: what it does and finds, and that it leaves nothing."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb.loadtest import Plan, Profile, drive, ground
from bookingdb.loadtest.client import Bookings, Client
from bookingdb.loadtest.tally import Tally
from bookingdb.loadtest.verdict import judge
from tests.audit.history import as_superuser
from tests.cli.conftest import BOOKINGDB, Cli, environment
from tests.support import Database, scalar

EVEN = "browse=1,book=2,cancel=1,reschedule=1,pay=1"
TESTS = "select count(*) from bookingdb.businesses where bookingdb.is_test_business(business_id)"
BOOKED = "select count(*) from bookingdb.bookings"
WORKERS = "select count(*) from pg_stat_activity where application_name = 'bookingdb loadtest'"
BOOK_UNCOUNTED = """
insert into bookingdb.bookings
  (business_id, date, time, bouquets, customer_name, customer_email, confirmed_at, updated_at)
select s.business_id, s.date, s.time, 1, 'Eve', 'eve@example.org', now(), now()
  from bookingdb.time_slots s, generate_series(1, 5)
 where bookingdb.is_test_business(s.business_id) and (s.date, s.time) = (
   select min(date), min(time) from bookingdb.time_slots)
"""


@pytest.fixture
def cli(database: Database) -> Cli:
    return Cli(database.dsn)


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """In the end no load test may have left anything, nor harmed anything."""
    with database.connect() as connection:
        yield connection
        assert scalar(connection, TESTS) == scalar(connection, BOOKED) == 0
        assert bookingdb.check_integrity(connection) == []


def until(conn: psycopg.Connection[Any], query: str, holds: Callable[[int], bool]) -> None:
    for _ in range(3000):
        if holds(scalar(conn, query)):
            return
        time.sleep(0.01)
    raise AssertionError(query)


def test_every_call_is_made(cli: Cli, conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    picture = tmp_path / "load.svg"
    ran = cli.run("loadtest", "--for", "1s", "--rate", "100", "--mix", EVEN, "--slots", "30",
                  "--clients", "4", "--plot", str(picture))  # fmt: skip
    for line in ran.stdout.splitlines()[2:7]:
        name, calls, *_, accepted, ok = line.split()
        assert name in EVEN, line
        assert (ok, int(calls) >= int(accepted) > 0) == ("ok", True), line
    assert "100 calls" in ran.words
    assert "Sound: " in ran.words
    assert "calls a second" in picture.read_text()


@pytest.mark.parametrize("profile", [Profile.RAMP, Profile.FLASH_SALE])
def test_the_profiles(profile: Profile, cli: Cli, conn: psycopg.Connection[Any]) -> None:
    bookingdb.create_business(conn, "Bloom", "UTC")
    ran = cli.run("loadtest", "--for", "1s", "--rate", "80", "--profile", profile, "--yes",
                  "--places", "2", "--clients", "3", "--mix", "book=8,cancel=1",
                  "--json")  # fmt: skip
    assert "WARNING: 1 other businesses are in database" in ran.stderr
    found = json.loads(ran.stdout)
    assert (found["sound"], found["findings"], found["unsent"]) == (True, [], 0)
    assert found["calls"] == len(list(Plan(1, 80, profile=profile).due()))
    outcomes = found["operations"]["book"]["outcomes"]
    assert "ok" in outcomes
    if profile is Profile.FLASH_SALE:
        assert outcomes.keys() & {"ZB002", "ZB003"}  # sold out
    assert set(found["operations"]["book"]["latency_ms"]) == {"p50", "p95", "p99", "max"}
    assert sum(second["calls"] for second in found["timeline"]) == found["calls"]


def test_an_overbooking_in_mid_run_is_found(
    cli: Cli, database: Database, conn: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is planted with all triggers off, while the clients go on."""
    original = drive.drive

    def planting(dsn: str, where: Any, plan: Plan, _: Any) -> list[Tally]:
        planted: list[int] = []

        def plant(_: Tally) -> None:
            if not planted:
                planted.append(as_superuser(conn, BOOK_UNCOUNTED))

        return original(dsn, where, plan, plant)

    monkeypatch.setattr(drive, "drive", planting)
    ran = cli.run("loadtest", "--for", "2s", "--rate", "20", "--places",
                  "2", "--clients", "2", "--json", code=1)  # fmt: skip
    found = json.loads(ran.stdout)
    assert not found["sound"]
    assert {"overbooked", "slot_counters", "told_and_stored"} <= {
        finding["check"] for finding in found["findings"]
    }


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("update bookingdb.bookings set bouquets = bouquets + 1", "told_and_stored"),
        ("update bookingdb.bookings set payment_status = 'paid'", "told_and_stored"),
        ("delete from bookingdb.bookings", "told_and_stored"),
        ("delete from bookingdb.booking_audit_log", "audit_log"),
        ("update bookingdb.time_slots set booked_count = booked_count + 1", "slot_counters"),
    ],
)
def test_what_is_not_as_it_should_be_is_found(
    conn: psycopg.Connection[Any], database: Database, damage: str, check: str
) -> None:
    plan = Plan(slots=2, places=4)  # room for three customers with three bouquets each
    with ground.open_ground(conn, plan) as here:
        client = Client(database.dsn, here.business_id, here.slots, Bookings(), time.monotonic)
        whole = Tally()
        for operation, slot in (("book", 0), ("pay", 0), ("book", 0), ("reschedule", 1)):
            answer = client.call(operation, slot)
            whole.record(answer.operation, answer.outcome, 0, 0, 0)
            whole.told += [answer.told] if answer.told else []
        client.close()
        assert judge(conn, here, plan, whole).findings == []
        with conn.transaction(force_rollback=True):
            assert as_superuser(conn, damage)
            assert check in {found.check for found in judge(conn, here, plan, whole).findings}
        whole.outcomes["book", "XX000"] = 1
        assert [f.check for f in judge(conn, here, plan, whole).findings] == ["unexpected_answer"]


@contextmanager
def running(cli: Cli, conn: psycopg.Connection[Any]) -> Iterator[subprocess.Popen[str]]:
    """A load test that would go on for long, once it has booked."""
    command = [*BOOKINGDB, "loadtest", "--for", "1h", "--rate", "50", "--clients", "2"]
    with subprocess.Popen(
        command, env=environment(cli), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            until(conn, BOOKED, bool)
            yield process
        finally:
            process.kill()


def test_it_cleans_up_when_it_is_interrupted(cli: Cli, conn: psycopg.Connection[Any]) -> None:
    with running(cli, conn) as process:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert "Interrupted" in stderr
    assert scalar(conn, TESTS) == 0


def test_what_a_killed_one_left_is_cleaned(cli: Cli, conn: psycopg.Connection[Any]) -> None:
    """Its processes end by themselves; one that still runs is left alone."""
    with running(cli, conn) as process:
        assert cli.json("loadtest", "--clean") == {"removed": []}
        process.kill()
        until(conn, WORKERS, lambda count: count == 0)
    assert scalar(conn, TESTS) == 1
    assert len(cli.json("loadtest", "--clean")["removed"]) == 1


def test_it_asks_when_others_would_feel_it(cli: Cli, conn: psycopg.Connection[Any]) -> None:
    bookingdb.create_business(conn, "Bloom", "UTC")
    ran = cli.run("loadtest", "--for", "1s", answer="n\n", code=1)
    assert "Go on?" in ran.stderr
    for bad in (["--mix", "steal=1"], ["--for", "soon"], ["--plot", "/no/folder/x.svg"]):
        cli.run("loadtest", *bad, code=2)
