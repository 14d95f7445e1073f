"""The server does not outlive the Python process, however that ends."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest

from bookingdb.embedded import EmbeddedServer

from .support import exists, python, query, started, wait_until

STAY = "sys.stdin.read()"
FORK = """
import os, time
if os.fork() == 0:
    while True:
        time.sleep(1)
print("forked", flush=True)
sys.stdin.read()
"""
SURVIVE_CTRL_C = """
while True:
    try:
        print("waiting", flush=True)
        if not sys.stdin.readline():
            break
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_killed_with_a_throw_away_cluster(open_tmp: Path) -> None:
    with started(STAY) as other:
        other.process.kill()
        wait_until(other.gone, "the end of the server")
    assert list(open_tmp.iterdir()) == []


def test_killed_with_a_cluster_to_keep(tmp_path: Path, open_tmp: Path) -> None:
    for number in range(3):
        with started(STAY, tmp_path / "data") as other:
            query(other.dsn, "create table if not exists t (number int)")
            query(other.dsn, f"insert into t values ({number})")
            other.process.kill()
            wait_until(other.gone, "the end of the server")
    with EmbeddedServer(tmp_path / "data") as server:
        assert query(server.dsn(), "select number from t order by 1") == [(0,), (1,), (2,)]
        assert "was not properly shut down" not in server.log_file.read_text()


def test_killed_while_clients_are_busy(tmp_path: Path, open_tmp: Path) -> None:
    with started(STAY, tmp_path / "data") as other, psycopg.connect(other.dsn) as connection:
        connection.execute("create table lost ()")
        other.process.kill()
        wait_until(other.gone, "the end of the server")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")


@pytest.mark.parametrize("kept", [True, False])
def test_killed_while_the_cluster_is_made(kept: bool, tmp_path: Path, open_tmp: Path) -> None:
    program = (
        "import sys\n"
        "from bookingdb.embedded import EmbeddedServer\n"
        "EmbeddedServer(sys.argv[1] if len(sys.argv) > 1 else None).start()\n"
    )
    arguments = [tmp_path / "data"] if kept else []
    with python(program, *arguments) as process:
        wait_until(lambda: list(open_tmp.glob("*/initdb.log")), "the start of initdb")
        process.kill()
    wait_until(lambda: not list(open_tmp.iterdir()), "the removal of the run directory")
    with EmbeddedServer(*arguments) as server:
        assert query(server.dsn(), "select 1") == [(1,)]


def test_killed_with_a_forked_child_that_lives_on(open_tmp: Path) -> None:
    with started(FORK) as other:
        assert other.process.stdout is not None
        assert other.process.stdout.readline() == "forked\n"
        os.kill(other.process.pid, signal.SIGKILL)
        try:
            wait_until(other.gone, "the end of the server")
        finally:
            os.killpg(other.process.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
def test_killed_together_with_the_watchdog(tmp_path: Path, open_tmp: Path) -> None:
    with started(STAY, tmp_path / "data") as other:
        main = int((other.data_dir / "postmaster.pid").read_text().split()[0])
        watchdog = int(Path(f"/proc/{main}/stat").read_text().rpartition(")")[2].split()[1])
        assert watchdog in other.pids
        os.kill(other.process.pid, signal.SIGKILL)
        os.kill(watchdog, signal.SIGKILL)
        wait_until(lambda: not any(map(exists, other.pids)), "the end of the server")
    assert "received fast shutdown request" in (tmp_path / "data" / "server.log").read_text()


def test_ctrl_c_reaches_python_only(open_tmp: Path) -> None:
    with started(SURVIVE_CTRL_C) as other:
        assert other.process.stdin is not None
        assert other.process.stdout is not None
        assert other.process.stdout.readline() == "waiting\n"
        os.killpg(other.process.pid, signal.SIGINT)
        assert other.process.stdout.readline() == "interrupted\n"
        assert query(other.dsn, "select 1") == [(1,)]
        assert {os.getsid(pid) for pid in other.pids} & {os.getsid(other.process.pid)} == set()
        other.process.stdin.close()
        assert other.process.wait(60) == 0
        assert other.gone()


def test_the_watchdog_heeds_a_request_to_end(open_tmp: Path) -> None:
    with started(STAY) as other:
        main = int((other.data_dir / "postmaster.pid").read_text().split()[0])
        (watchdog,) = {pid for pid in other.pids if os.getsid(pid) == pid} & {os.getsid(main)}
        os.kill(watchdog, signal.SIGTERM)
        wait_until(other.gone, "the end of the server")


@pytest.mark.parametrize("end", ["sys.exit(0)", "raise SystemExit", "del server"])
def test_an_exit_stops_the_server_first(end: str, open_tmp: Path) -> None:
    with started(f"sys.stdin.readline()\n{end}") as other:
        assert other.process.stdin is not None
        other.process.stdin.close()
        other.process.wait(60)
        assert other.gone(), "at exit, not some time later"


def test_an_abrupt_exit(open_tmp: Path) -> None:
    with started("import os\nsys.stdin.readline()\nos._exit(1)") as other:
        assert other.process.stdin is not None
        other.process.stdin.close()
        wait_until(other.gone, "the end of the server")


def test_a_server_of_which_only_the_dsn_is_kept(open_tmp: Path) -> None:
    forget = "import gc\ndel server\ngc.collect()\nprint('forgotten', flush=True)\n"
    with started(forget + STAY) as other:
        assert other.process.stdout is not None
        assert other.process.stdout.readline() == "forgotten\n"
        assert query(other.dsn, "select 1") == [(1,)]


def test_the_output_of_a_program_ends_with_it(open_tmp: Path) -> None:
    with started("os = __import__('os')\nsys.stdin.readline()\nos._exit(0)") as other:
        assert other.process.stdin is not None
        assert other.process.stdout is not None
        other.process.stdin.close()
        assert other.process.stdout.read() == ""
        wait_until(other.gone, "the end of the server")
