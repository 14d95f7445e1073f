"""import: a CSV file of another system, however it was written; nothing in it is lost."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookingdb import import_bookings
from tests.cli.conftest import BOOKINGDB, Cli, on_a_terminal, plain
from tests.support import Database, scalar

HEADER = ("date", "time", "bouquets", "customer_name", "customer_email")
Writer = Callable[..., str]


@pytest.fixture
def day(open_cli: Cli) -> str:
    return str(open_cli.json("slots", "+9")[0]["date"])


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write a file of rows, and give its path."""

    def write(
        *rows: Sequence[str],
        header: Sequence[str] = HEADER,
        delimiter: str = ",",
        encoding: str = "utf-8",
        name: str = "old.csv",
    ) -> str:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as out:
            csv.writer(out, delimiter=delimiter).writerows([header, *rows])
        return str(path)

    return write


def ada(day: str, time: str = "10:00", bouquets: str = "1", *more: str) -> tuple[str, ...]:
    return (day, time, bouquets, "Ada", "ada@example.com", *more)


def left_out(cli: Cli, *arguments: str) -> Any:
    """What an import says that leaves rows out."""
    return json.loads(cli.run("import", *arguments, "--json", code=1).stdout)


def test_all_taken_over(open_cli: Cli, write: Writer, day: str, database: Database) -> None:
    header = (*HEADER, "customer_phone", "payment_method", "payment_status", "notes", "status")
    more = ("+31 6", "pay_now", "paid", "tulips, please", "confirmed")
    file = write(ada(day, "10:00", "2", *more), ada(day, "11:00", "1"), header=header)
    done = open_cli.json("import", file, "--reason", "moving in")
    assert done == {
        "source": "old.csv",
        "dry_run": False,
        "counts": {"imported": 2, "present": 0, "quarantined": 0, "rejected": 0},
        "left_out": [],
        "ignored_columns": [],
    }
    with database.connect() as conn:
        query = "select to_jsonb(b) from bookingdb.bookings b where bouquets = 2"
        booking = scalar(conn, query)
        assert {key: booking[key] for key in header[5:]} == dict(zip(header[5:], more, strict=True))
    created, _paid = open_cli.json("history", booking["booking_id"])
    assert (created["performed_by"], created["reason"]) == ("admin", "moving in")
    assert open_cli.json("import", file)["counts"]["present"] == 2
    assert open_cli.json("import", file, "--source", "new.csv")["counts"]["imported"] == 2
    shown = open_cli.run("import", file).stdout.split()
    assert shown[:4] == ["imported", "present", "quarantined", "rejected"]
    assert shown[-4:] == ["0", "2", "0", "0"]


def test_rows_that_are_left_out(open_cli: Cli, write: Writer, day: str, tmp_path: Path) -> None:
    bad = (day, "10:00", "many", "Äda", "ada@example.com")
    file = write(*[ada(day)] * 4, bad)
    report = tmp_path / "report.csv"
    done = left_out(open_cli, file, "--report", str(report))
    assert done["counts"] == {"imported": 3, "present": 0, "quarantined": 1, "rejected": 1}
    quarantined, rejected = done["left_out"]
    assert (quarantined["row"], quarantined["outcome"]) == (4, "quarantined")
    assert (quarantined["code"], "3 of 3 bookings" in quarantined["detail"]) == ("ZB002", True)
    assert (rejected["row"], rejected["outcome"], rejected["code"]) == (5, "rejected", "ZB012")
    assert 'type integer: "many"' in rejected["detail"]
    with report.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert header == [*HEADER, "row", "outcome", "code", "detail"]
    assert rows[0][:8] == [*ada(day), "4", "quarantined", "ZB002"]
    assert rows[1] == [*bad, "5", "rejected", "ZB012", rejected["detail"]]
    ran = open_cli.run("import", file, code=1)
    assert "3 of 3 bookings" in ran.stdout
    assert 'type integer: "many"' in ran.stdout
    assert "bookingdb quarantine" in ran.stderr
    assert [q["row_number"] for q in open_cli.json("quarantine")] == [4]


def test_first_twenty_for_people_and_all_as_json(open_cli: Cli, write: Writer, day: str) -> None:
    file = write(*[ada(day, "12:34")] * 25)
    ran = open_cli.run("import", file, "--dry-run", code=1)
    assert ran.stdout.count("ZB001") == 20
    assert "5 more rows were left out; --report or --json gives all" in ran.stderr
    assert len(left_out(open_cli, file)["left_out"]) == 25


def test_trial_changes_nothing(open_cli: Cli, write: Writer, day: str) -> None:
    file = write(*[ada(day)] * 4)
    trial = left_out(open_cli, file, "--dry-run")
    assert (trial["dry_run"], trial["counts"]["imported"]) == (True, 3)
    assert open_cli.json("quarantine") == []
    assert len(open_cli.json("slots", day, "--bouquets", "10")) == 8
    assert "nothing was changed" in open_cli.run("import", file, "--dry-run", code=1).stderr
    real = left_out(open_cli, file)
    assert real["counts"] == trial["counts"]


def test_chunks(
    open_cli: Cli, write: Writer, day: str, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    """Each is committed as it goes; what fails later is repeated, and books nothing twice."""
    monkeypatch.setattr("bookingdb.cli.imports.CHUNK", 2)
    file = write(*[ada(day, time) for time in ("10:00", "09:00", "10:00", "10:00", "10:00")])
    trial = left_out(open_cli, file, "--dry-run")
    assert [row["row"] for row in trial["left_out"]] == [5]

    def fail_at_the_second(conn: Any, rows: Any, source: str, **more: Any) -> Any:
        if more["first_row"] > 2:
            raise psycopg.errors.DeadlockDetected("deadlock detected")
        return import_bookings(conn, rows, source, **more)

    with monkeypatch.context() as patch:
        patch.setattr("bookingdb.cli.imports.import_bookings", fail_at_the_second)
        error = open_cli.error("import", file)
    assert "Rows 1 to 2 are done." in error["detail"]
    assert "books nothing twice" in error["hint"]
    with database.connect() as conn:
        assert scalar(conn, "select count(*) from bookingdb.bookings") == 2
    done = left_out(open_cli, file)
    assert done["counts"] == {"imported": 2, "present": 2, "quarantined": 1, "rejected": 0}
    assert [row["row"] for row in done["left_out"]] == [5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_guessed(open_cli: Cli, write: Writer, day: str, delimiter: str) -> None:
    odd = ("Ada, Countess; of | Lovelace", "ada@example.com", 'a "quoted"\nnote; and, so\ton')
    file = write((day, "10:00", "1", *odd), header=(*HEADER, "notes"), delimiter=delimiter)
    open_cli.json("import", file)
    assert open_cli.json("import", file, "--delimiter", delimiter)["counts"]["present"] == 1
    if delimiter == "\t":
        assert open_cli.json("import", file, "--delimiter", "tab")["counts"]["present"] == 1


def test_as_spreadsheets_write_it(open_cli: Cli, day: str, tmp_path: Path) -> None:
    """A byte order mark, CRLF, other case, spaces, empty lines, short rows, empty cells."""
    file = tmp_path / "old.csv"
    file.write_bytes(
        "\ufeffDate; TIME ;bouquets;customer_name;customer_email;notes;status\r\n"
        f"{day};9:00; 2 ; Äda ;ada@example.com;;\r\n"
        "\r\n"
        f"{day};10:00;1;Bob;bob@example.com\r\n"
        f"{day};10:00;1;Eve;eve@example.com;;;too;much\r\n".encode()
    )
    done = left_out(open_cli, str(file))
    assert done["counts"] == {"imported": 2, "present": 0, "quarantined": 0, "rejected": 1}
    assert done["left_out"][0]["row"] == 3
    assert "'cells beyond the header'" in done["left_out"][0]["detail"]


def test_from_stdin(open_cli: Cli, day: str) -> None:
    text = ",".join(HEADER) + "\n" + ",".join(ada(day)) + "\n"
    ran = open_cli.run("import", "-", "--json", answer=text)
    assert json.loads(ran.stdout)["source"] == "stdin"
    assert json.loads(ran.stdout)["counts"]["imported"] == 1


def test_columns_of_other_names(open_cli: Cli, write: Writer, day: str) -> None:
    header = ("Tag", "time", "Anzahl", "customer_name", "customer_email", "Farbe", "date")
    file = write((*ada(day), "rot", "31.12."), header=header)
    error = open_cli.error("import", file)
    assert error["message"].endswith("old.csv has no column bouquets")
    assert "'Anzahl'" in error["detail"]
    assert "--map" in error["hint"]
    mapped = ("--map", "date=Tag", "--map", "bouquets = anzahl")
    ran = open_cli.run("import", file, *mapped)
    assert "Ignored: 'Farbe', 'date'." in ran.stderr
    assert open_cli.json("import", file, *mapped)["ignored_columns"] == ["Farbe", "date"]
    error = open_cli.error("import", file, *mapped, "--map", "notes=Notiz")
    assert "has no column Notiz" in error["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column date, time, bouquets, customer_name, customer_email"),
        (b"date,time\n", "has no column bouquets, customer_name, customer_email"),
        (b"date,date,time,bouquets,customer_name,customer_email\n", "2 columns 'date'"),
        (b'date,time\n2030-01-01,"10:00\n2030-01-01,11:00\n', "unexpected end of data"),
        (b'date,time\n2030-01-01,"10:00"x\n', "Line 2"),
        ("date,time\nÄda".encode("latin-1"), "utf-8"),
        ("date,time\n".encode("utf-16"), "utf-8"),
        (b"date,time\0\n", "NUL"),
    ],
)
def test_file_that_cannot_be_read(content: bytes, said: str, tmp_path: Path) -> None:
    """Said before anything is booked: without a database."""
    file = tmp_path / "old.csv"
    file.write_bytes(content)
    error = Cli("host=/nonexistent").error("import", str(file))
    assert said in f"{error['message']} {error['detail']}"
    assert error["hint"]


def test_wrong_usage(write: Writer) -> None:
    nowhere = Cli("host=/nonexistent")
    file = write()
    for arguments, said in {
        (file, "--map", "name=Tag"): "the fields are date, time",
        (file, "--map", "date"): "is no FIELD=COLUMN",
        (file, "--delimiter", "ab"): "is no delimiter",
        (file, "--report", file): "would overwrite",
    }.items():
        stderr = plain(nowhere.run("import", *arguments, code=2).stderr)
        assert said in " ".join(stderr.replace("│", " ").split())
    for nothing in ("nothing.csv", str(Path(file).parent)):
        assert "Cannot read" in nowhere.error("import", nothing)["message"]
    error = nowhere.error("import", file, "--report", "/nonexistent/report.csv")
    assert "Cannot write /nonexistent/report.csv" in error["message"]


def test_unknown_business_and_blank_source(open_cli: Cli, write: Writer, day: str) -> None:
    file = write(ada(day))
    assert "p_source" in open_cli.error("import", file, "--source", " ")["message"]
    unknown = "5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11"
    assert "no business" in open_cli.error("import", file, "--business", unknown)["message"]


def test_progress_on_a_terminal(open_cli: Cli, write: Writer, day: str) -> None:
    file = write(ada(day, "10:00"), ada(day, "11:00"))
    shown = on_a_terminal([*BOOKINGDB, "import", file], open_cli)
    assert "2/2" in shown
    assert "imported" in shown
