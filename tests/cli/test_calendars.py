"""calendar: bookings as a file that calendar programs read."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from icalendar import Calendar

from tests.cli.conftest import BOOKINGDB, ROOT, Cli, environment

ADA = ("--name", "Äda", "--email", "ada@example.com")


def test_calendar_file(open_cli: Cli, tmp_path: Path) -> None:
    booking = open_cli.json("book", "+9", "10:00", "1", *ADA)
    open_cli.json("book", "+12", "10:00", "1", *ADA)
    file = tmp_path / "shop.ics"
    ran = open_cli.run("calendar", "--from", "+9", "--to", "+10", "--output", str(file))
    assert ran.stdout == ""
    assert f"{file} has 1 event." in ran.stderr
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n")
    (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert booking["booking_id"] in str(event["uid"])
    assert "Äda" in str(event["summary"])


def test_pipe_gets_utf8_and_crlf_whatever_the_terminal(open_cli: Cli) -> None:
    booking = open_cli.json("book", "+9", "10:00", "1", *ADA)["booking_id"]
    env = environment(open_cli, PYTHONIOENCODING="latin-1")
    command = [*BOOKINGDB, "calendar", booking]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=True)
    assert "Äda".encode() in done.stdout
    assert done.stdout.endswith(b"END:VCALENDAR\r\n")
    assert done.stderr == b""


def test_events_as_json(open_cli: Cli) -> None:
    booking = open_cli.json("book", "+9", "10:00", "1", *ADA)["booking_id"]
    open_cli.run("cancel", booking)
    (event,) = open_cli.json("calendar")
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)
    assert open_cli.json("calendar", "--from", "+10") == []


def test_what_cannot_be(open_cli: Cli) -> None:
    assert open_cli.error("calendar", str(uuid4()))["code"] == "ZB006"
    assert open_cli.error("calendar", "--from", "+3", "--to", "today")["code"] == "ZB012"
    error = open_cli.error("calendar", "--output", "/nonexistent/shop.ics")
    assert "Cannot write" in error["message"]


def test_without_icalendar_it_says_what_to_install(open_cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "icalendar.py").write_text("raise ImportError('gone')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "bookingdb.cli", "calendar"],
        env=environment(open_cli, PYTHONPATH=path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install 'bookingdb[calendar]'" in done.stderr
    assert "Traceback" not in done.stderr
