"""`bookingdb up`, as the process that a user starts."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import OPEN, Cli

UP = [sys.executable, "-m", "bookingdb.cli", "up"]
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def up(folder: Path, *arguments: str, cwd: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """A server in the folder, which is no more after the block."""
    process = subprocess.Popen(
        [*UP, str(folder), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_data_is_there_again_at_the_second_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with up(folder) as process:
        cli = Cli(first_line(process))
        cli.run("init", "Bloom", "--time-zone", "UTC", "--open", OPEN)
        booking = cli.json("book", "+9", "10:00", "2", "--name", "Ada", "--email", "a@example.com")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0
        assert stdout == ""
        assert "psql" in stderr
        assert "not meant for production" in stderr
        assert f"The data stays in {folder}" in stderr
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cli.dsn)
    with up(folder) as process:
        cli = Cli(first_line(process))
        [created] = cli.json("history", booking["booking_id"])
        assert created["action_type"] == "created"
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_example_makes_a_folder_below_the_current_one(tmp_path: Path) -> None:
    with up(Path("bookingdb-data"), "--json", cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "}\n")
        found = json.loads("".join(lines) + "}")
        assert Path(found["data_dir"]) == tmp_path / "bookingdb-data"
        with psycopg.connect(found["dsn"]) as conn:
            assert conn.execute("select count(*) from bookingdb.businesses").fetchone() == (0,)
        process.terminate()
        stdout, stderr = process.communicate(timeout=60)
        assert (process.returncode, stdout, stderr) == (0, "", "")


def test_folder_that_is_in_use_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "data") as process:
        assert first_line(process)
        with up(tmp_path / "data") as second:
            stdout, stderr = second.communicate(timeout=60)
            assert (second.returncode, stdout) == (1, "")
            assert stderr.startswith("error: ")
            assert "Traceback" not in stderr
        process.terminate()
        process.communicate(timeout=60)


def test_end_of_the_server_ends_the_command(tmp_path: Path) -> None:
    with up(tmp_path / "data") as process:
        dsn = first_line(process)
        postmaster = int((tmp_path / "data" / "postmaster.pid").read_text().split("\n")[0])
        with psycopg.connect(dsn, autocommit=True) as conn:  # losing connections is not the end
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where pid <> pg_backend_pid() and backend_type = 'client backend'"
            )
            conn.execute("select pg_reload_conf()")
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1)
        os.kill(postmaster, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "the server has ended" in stderr
