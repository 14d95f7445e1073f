"""Starting, using and stopping a server."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer, EmbeddedServerError

from .support import assert_works, exists, query, server_pids, wait_until

HOSTILE = {
    "PGHOST": "203.0.113.1",
    "PGHOSTADDR": "203.0.113.1",
    "PGPORT": "1",
    "PGDATA": "/nonexistent",
    "PGUSER": "mallory",
    "PGDATABASE": "elsewhere",
    "PGPASSWORD": "wrong",
    "PGPASSFILE": "/nonexistent",
    "PGOPTIONS": "-c no_such_parameter=1",
    "PGSSLMODE": "verify-full",
    "PGSSLROOTCERT": "/nonexistent",
    "PGGSSENCMODE": "require",
    "PGCHANNELBINDING": "require",
    "PGTARGETSESSIONATTRS": "standby",
    "PGCONNECT_TIMEOUT": "5",
    "LC_ALL": "xx_XX.UTF-8",
}


def test_constructor_does_nothing(tmp_path: Path, open_tmp: Path) -> None:
    EmbeddedServer(tmp_path / "data", bindir="/nonexistent", settings={"port": "refused"})
    assert list(tmp_path.iterdir()) == []
    assert list(open_tmp.iterdir()) == []


def test_throw_away_cluster_leaves_nothing(open_tmp: Path) -> None:
    with EmbeddedServer() as server:
        assert_works(server)
        pids = server_pids(server.dsn(), server.data_dir)
        assert server.data_dir.is_dir()
        assert "ready to accept connections" in server.log_file.read_text()
        assert server.user == query(server.dsn(), "select current_user::text")[0][0] == "postgres"
    assert list(open_tmp.iterdir()) == []
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_stop_is_idempotent_and_start_works_again(open_tmp: Path) -> None:
    server = EmbeddedServer()
    server.stop()
    first = server.start().data_dir
    server.stop()
    server.stop()
    with server:
        assert server.data_dir != first
        assert_works(server)


def test_a_second_start_leaves_the_running_server_alone(open_tmp: Path) -> None:
    with EmbeddedServer() as server:
        with pytest.raises(EmbeddedServerError, match="started already"):
            server.start()
        assert_works(server)


def test_rows_outlive_a_restart(tmp_path: Path, open_tmp: Path) -> None:
    server = EmbeddedServer(tmp_path / "data")
    with server:
        query(server.dsn(), "create table kept as select 7 as number")
        assert server.log_file == tmp_path / "data" / "server.log"
    with server:
        assert query(server.dsn(), "select number from kept") == [(7,)]
        assert "was not properly shut down" not in server.log_file.read_text()
    assert list(open_tmp.iterdir()) == []


def test_socket_only_in_a_private_directory(open_tmp: Path) -> None:
    with EmbeddedServer() as server:
        directory = Path(server.host)
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert (directory / f".s.PGSQL.{server.port}").is_socket()
        assert query(server.dsn(), "show listen_addresses") == [("",)]
        assert query(server.dsn(), "show unix_socket_directories") == [(f'"{directory}"',)]


def test_hostile_environment(monkeypatch: pytest.MonkeyPatch, open_tmp: Path) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    with EmbeddedServer() as server:
        assert_works(server)
        if (psql := server.bindir / "psql").exists():
            command = [str(psql), "-XAtc", "select current_user", server.dsn()]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (answer.stdout, answer.stderr) == ("postgres\n", "")


def test_path_with_spaces_and_other_letters(open_tmp: Path) -> None:
    strange = open_tmp / 'Büro & Söhne "50 %"'
    strange.mkdir(mode=0o755)
    strange.chmod(0o1777)
    tempfile.tempdir = str(strange)
    with EmbeddedServer(strange / "πελάτης" / "my data") as server:
        assert Path(server.host).parent == strange
        assert_works(server)
        assert conninfo_to_dict(server.dsn("a/b ?&%é"))["dbname"] == "a/b ?&%é"
        query(server.dsn(), "select 1")
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute('create database "a/b ?&%é"')
        assert query(server.dsn("a/b ?&%é"), "select current_database()::text") == [("a/b ?&%é",)]
        if (pg_dump := server.bindir / "pg_dump").exists():
            command = [str(pg_dump), "-d", server.dsn("a/b ?&%é")]
            dump = subprocess.run(command, capture_output=True, check=True)
            assert b"dump complete" in dump.stdout


def test_long_tmpdir_gives_way_to_a_short_one(open_tmp: Path) -> None:
    deep = open_tmp / ("x" * 100)
    deep.mkdir(mode=0o755)
    deep.chmod(0o1777)
    tempfile.tempdir = str(deep)
    with EmbeddedServer() as server:
        assert_works(server)
        assert len(os.fsencode(f"{server.host}/.s.PGSQL.{server.port}")) <= 103


def test_two_servers_at_once(tmp_path: Path, open_tmp: Path) -> None:
    with EmbeddedServer(tmp_path / "one") as one, EmbeddedServer(tmp_path / "two") as two:
        query(one.dsn(), "create table here as select 1")
        assert query(two.dsn(), "select to_regclass('here')") == [(None,)]


def test_settings(open_tmp: Path) -> None:
    settings = {**UNSAFE_TEST_SETTINGS, "application_name": "it's a=b c"}
    with EmbeddedServer(settings=settings) as server:
        for name, value in settings.items():
            rows = query(server.dsn(), f"select reset_val from pg_settings where name = '{name}'")
            assert rows == [(value,)]


@pytest.mark.parametrize("name", ["port", "LISTEN_ADDRESSES", "unix_socket_directories"])
def test_settings_that_lead_elsewhere_are_refused(name: str, open_tmp: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=name):
        EmbeddedServer(settings={name: "5433"}).start()
    assert list(open_tmp.iterdir()) == []


@pytest.mark.parametrize("durable", [True, False])
def test_crash_and_recovery(durable: bool, tmp_path: Path, open_tmp: Path) -> None:
    data_dir = tmp_path / "data" if durable else None
    with EmbeddedServer(data_dir, settings=UNSAFE_TEST_SETTINGS) as server:
        query(server.dsn(), "create table t (number int)")
        connection = psycopg.connect(server.dsn())
        connection.execute("insert into t values (1)")
        for number in range(2, 200):
            query(server.dsn(), f"insert into t values ({number})")
        pids = server_pids(server.dsn(), server.data_dir)
        server.crash()
        wait_until(lambda: not any(map(exists, pids)), "the end of processes that closed all files")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
        with pytest.raises(EmbeddedServerError, match="not running"):
            server.crash()
        server.start()
        assert query(server.dsn(), "select min(number), count(*) from t") == [(2, 198)]
        assert "was not properly shut down" in server.log_file.read_text()
    assert list(open_tmp.iterdir()) == []


def test_crash_needs_a_server() -> None:
    with pytest.raises(EmbeddedServerError, match="start"):
        EmbeddedServer().crash()


def test_start_after_the_server_died_by_itself(open_tmp: Path) -> None:
    with EmbeddedServer() as server:
        pids = server_pids(server.dsn(), server.data_dir)
        os.kill(int((server.data_dir / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        wait_until(lambda: not any(map(exists, pids)), "the end of the server")
        server.start()
        assert_works(server)


def test_recovery_when_another_process_has_the_old_id(tmp_path: Path, open_tmp: Path) -> None:
    with EmbeddedServer(tmp_path / "data") as server:
        server.crash()
        lock = server.data_dir / "postmaster.pid"
        lines = lock.read_text().split("\n")
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            lock.write_text("\n".join([str(other.pid), *lines[1:]]))
            server.start()
            assert_works(server)
            assert other.poll() is None


def test_stop_does_not_wait_for_clients(tmp_path: Path, open_tmp: Path) -> None:
    server = EmbeddedServer(tmp_path / "data").start()
    connection = psycopg.connect(server.dsn())
    connection.execute("create table t ()")
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 50, "60 s is where a polite stop gives up"
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    with server:
        assert query(server.dsn(), "select to_regclass('t')") == [(None,)]
        assert "was not properly shut down" not in server.log_file.read_text()


def test_stop_with_a_forked_child(open_tmp: Path) -> None:
    server = EmbeddedServer().start()
    awake, asleep = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(asleep)
        server.stop()  # not its server
        os.read(awake, 1)
        os._exit(0)
    try:
        assert_works(server)
        server.stop()
        assert list(open_tmp.iterdir()) == []
    finally:
        os.close(asleep)
        os.waitpid(child, 0)
        os.close(awake)
