"""Retention and the export of the audit log by the command line."""

import errno
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bookingdb import DEFAULT_BUSINESS_ID, seal_audit
from bookingdb.cli import audit_file
from tests.cli.conftest import ROOT, Cli, environment
from tests.cli.dispatcher import PAST_MONTH, dispatch, make_past_month
from tests.support import Database, scalar

ROWS = 1200
FIELDS = {
    "business_id", "id", "booking_id", "booking_version", "action_type", "old_values",
    "new_values", "performed_by", "performed_by_id", "ip_address", "user_agent", "reason",
    "waived", "created_at", "salt", "personal_digest", "previous_hash", "hash", "erasure_id",
}  # fmt: skip


@pytest.fixture
def past(open_cli: Cli, database: Database) -> Cli:
    """With changes of a month that is over."""
    make_past_month(database)
    with database.connect() as conn:
        conn.execute(
            """insert into bookingdb.booking_audit_log
                 (business_id, booking_id, booking_version, action_type, reason, performed_by,
                  created_at, hash)
               select %s, %s, n, 'modified', repeat(md5(n::text), 9), 'system', '2025-01-05',
                      sha256(n::text::bytea)
                 from generate_series(1, %s) n""",
            [DEFAULT_BUSINESS_ID, uuid4(), ROWS],
        )
    return open_cli


def registered(database: Database) -> int:
    with database.connect() as conn:
        return int(scalar(conn, "select count(*) from bookingdb.audit_exports"))


def export(cli: Cli, path: Path) -> Any:
    return cli.json("audit", "export", "--month", PAST_MONTH, "--output", str(path))


def test_policies(open_cli: Cli) -> None:
    assert open_cli.json("retention", "show") == []
    (held,) = open_cli.json("retention", "set", "audit", "400d", "--reason", "our terms")
    assert (held["kind"], held["keep"]) == ("audit", "PT3.456e+07S")
    assert "400 days" in open_cli.run("retention", "show").words
    assert open_cli.error("retention", "set", "audit", "1d")["code"] == "ZB012"
    assert open_cli.json("retention", "set", "audit", "forever") == []


def test_a_month_is_exported_and_goes(past: Cli, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    done = export(past, path)
    assert (done["row_count"], done["is_registered"]) == (ROWS, True)
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert [row["booking_version"] for row in rows] == list(range(1, ROWS + 1))
    assert set(rows[0]) == FIELDS
    assert registered(database) == 1
    assert "already" in past.error(
        "audit", "export", "--month", PAST_MONTH, "--output", str(path)
    )["message"]  # fmt: skip
    past.run("retention", "set", "audit", "400d")
    while dispatch(database):
        pass
    with database.connect() as conn:
        seal_audit(conn)
    while dispatch(database):
        pass
    (step,) = past.json("retention", "apply")
    assert (step["outcome"], step["row_count"]) == ("would_go", ROWS)
    (step,) = past.json("retention", "apply", "--yes")
    assert (step["outcome"], step["row_count"]) == ("gone", ROWS)
    assert past.json("check") == []


def test_a_period_is_exported_without_being_registered(
    past: Cli, database: Database, tmp_path: Path
) -> None:
    path = str(tmp_path / "log.jsonl.gz")
    done = past.json("audit", "export", "--from", "2025-01-05", "--to", "2025-01-06", "-o", path)
    assert (done["row_count"], done["is_registered"]) == (ROWS, False)
    assert registered(database) == 0
    past.run("audit", "export", "-o", path, code=2)


def truncate(data: bytes) -> bytes:
    return data[:-20]


def flip(data: bytes) -> bytes:
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def shorten(data: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1]))


def rewrite_line(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data).replace(b'"modified"', b'"created"', 1))


def empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [truncate, flip, shorten, rewrite_line, empty])
def test_a_damaged_file_is_refused(
    past: Cli,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes],
) -> None:
    written = audit_file.write_rows

    def write(conn: Any, path: Path, *more: Any) -> int:
        count = written(conn, path, *more)
        path.write_bytes(damage(path.read_bytes()))
        return count

    monkeypatch.setattr("bookingdb.cli.audit.write_rows", write)
    path = tmp_path / "log.jsonl.gz"
    error = past.error("audit", "export", "--month", PAST_MONTH, "--output", str(path))
    assert "does not hold what was exported" in error["message"]
    assert list(tmp_path.iterdir()) == []
    assert registered(database) == 0


def test_a_full_disk(
    past: Cli, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bookingdb.cli.audit_file.os.fsync", full)
    error = past.error(
        "audit", "export", "--month", PAST_MONTH, "--output", str(tmp_path / "log.jsonl.gz")
    )
    assert "No space left" in error["detail"]
    assert list(tmp_path.iterdir()) == []
    assert registered(database) == 0


KILLED = """
import os, signal, sys
from bookingdb.cli import audit_file
def die(place):
    def call(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return old(*arguments, **named)
    calls, old = [], getattr(audit_file, place)
    setattr(audit_file, place, call)
die(sys.argv.pop(1))
from bookingdb.cli.app import app
app()
"""


@pytest.mark.parametrize("place", ["differing_changes", "islice"])
def test_killed_in_the_middle(past: Cli, database: Database, tmp_path: Path, place: str) -> None:
    path = tmp_path / "log.jsonl.gz"
    command = [sys.executable, "-c", KILLED, place, "audit", "export", "--month", PAST_MONTH]
    ran = subprocess.run(
        [*command, "--output", str(path)], env=environment(past), cwd=ROOT, check=False
    )
    assert ran.returncode == -9
    assert not path.exists()
    assert registered(database) == 0
    (left,) = tmp_path.iterdir()
    assert left.name == "log.jsonl.gz.partial"
    left.unlink()
    assert export(past, path)["row_count"] == ROWS
