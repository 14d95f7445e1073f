"""What cannot be started says why, and leaves things as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bookingdb.embedded import EmbeddedServer, EmbeddedServerError, binaries

from .support import assert_works, python, query, server_pids, started, wait_until

NONSENSE = {"shared_buffers": "nonsense"}
STAY = "sys.stdin.read()"


def test_a_second_server_in_this_process(tmp_path: Path, open_tmp: Path) -> None:
    with EmbeddedServer(tmp_path / "data") as server:
        main = int((server.data_dir / "postmaster.pid").read_text().split()[0])
        before = server_pids(server.dsn(), server.data_dir)
        with pytest.raises(EmbeddedServerError, match=f"process {main}") as caught:
            EmbeddedServer(tmp_path / "data").start()
        assert str(tmp_path / "data") in str(caught.value)
        assert main in server_pids(server.dsn(), server.data_dir) & before
        assert [str(path) for path in open_tmp.iterdir()] == [server.host]


def test_a_second_server_in_another_process(tmp_path: Path, open_tmp: Path) -> None:
    with started(STAY, tmp_path / "data") as other:
        main = int((other.data_dir / "postmaster.pid").read_text().split()[0])
        with pytest.raises(EmbeddedServerError, match=f"process {main}"):
            EmbeddedServer(tmp_path / "data").start()
        assert query(other.dsn, "select 1") == [(1,)]


def test_two_processes_that_make_the_same_cluster(tmp_path: Path, open_tmp: Path) -> None:
    program = (
        "import sys\n"
        "from bookingdb.embedded import EmbeddedServer, EmbeddedServerError\n"
        "try:\n"
        "    server = EmbeddedServer(sys.argv[1]).start()\n"
        "except EmbeddedServerError as error:\n"
        "    print('refused:', error, flush=True)\n"
        "else:\n"
        "    print('started', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    data_dir = tmp_path / "data"
    with python(program, data_dir) as one, python(program, data_dir) as two:
        assert one.stdout is not None
        assert two.stdout is not None
        answers = sorted([one.stdout.readline(), two.stdout.readline()])
    assert answers[1] == "started\n"
    assert answers[0].startswith(f"refused: a server is running on {data_dir} already: process ")
    wait_until(lambda: not list(open_tmp.iterdir()), "the end of the server")


@pytest.mark.parametrize("name", ["notes.txt", "PG_VERSION"])
def test_a_directory_of_something_else(name: str, open_tmp: Path) -> None:
    data_dir = open_tmp / "documents"
    data_dir.mkdir(mode=0o755)
    (data_dir / name).write_text("mine")
    before = [(path, path.stat()) for path in (data_dir, data_dir / name)]
    with pytest.raises(EmbeddedServerError, match="documents"):
        EmbeddedServer(data_dir).start()
    for path, status in before:
        now = path.stat()
        assert (now.st_mode, now.st_uid, now.st_mtime_ns) == (
            status.st_mode,
            status.st_uid,
            status.st_mtime_ns,
        )
    assert list(open_tmp.iterdir()) == [data_dir]
    assert (data_dir / name).read_text() == "mine"


def test_a_file_instead_of_a_directory(open_tmp: Path) -> None:
    (open_tmp / "file").write_text("mine")
    with pytest.raises(EmbeddedServerError, match="file"):
        EmbeddedServer(open_tmp / "file").start()
    assert (open_tmp / "file").read_text() == "mine"


def test_a_cluster_that_was_never_finished(open_tmp: Path) -> None:
    EmbeddedServer(open_tmp / "data").start().stop()
    (open_tmp / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedServerError, match="no PostgreSQL cluster"):
        EmbeddedServer(open_tmp / "data").start()


def test_a_cluster_of_another_version(open_tmp: Path) -> None:
    EmbeddedServer(open_tmp / "data").start().stop()
    major = binaries.major_version(binaries.find_bindir())
    (open_tmp / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedServerError, match=rf"PostgreSQL 14.*PostgreSQL {major}"):
        EmbeddedServer(open_tmp / "data").start()


def test_a_real_cluster_of_another_version(open_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(binaries.BINDIR_VARIABLE, raising=False)
    installed = {
        binaries.major_version(bindir): bindir
        for bindir in (*binaries._packaged(), *binaries._installed())
        if (bindir / "initdb").exists()
    }
    if len(installed) < 2:
        pytest.skip("only one major version of PostgreSQL is installed")
    (old, old_bindir), (new, new_bindir) = sorted(installed.items())[:2]
    EmbeddedServer(open_tmp / "data", bindir=old_bindir).start().stop()
    with pytest.raises(EmbeddedServerError, match=rf"PostgreSQL {old},.*PostgreSQL {new}"):
        EmbeddedServer(open_tmp / "data", bindir=new_bindir).start()
    with EmbeddedServer(open_tmp / "data", bindir=old_bindir) as server:
        assert_works(server)


@pytest.mark.parametrize("place", [None, "new", "new/and/deep"])
def test_a_failed_start_leaves_nothing(place: str | None, open_tmp: Path) -> None:
    data_dir = None if place is None else open_tmp / place
    with pytest.raises(EmbeddedServerError, match=r'"shared_buffers".*"nonsense"'):
        EmbeddedServer(data_dir, settings=NONSENSE).start()
    assert list(open_tmp.iterdir()) == []


def test_a_failed_start_empties_the_directory_it_filled(open_tmp: Path) -> None:
    data_dir = open_tmp / "data"
    EmbeddedServer(data_dir).start().stop()
    owner = data_dir.stat()
    for path in sorted(data_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(EmbeddedServerError, match="nonsense"):
        EmbeddedServer(data_dir, settings=NONSENSE).start()
    assert list(data_dir.iterdir()) == []
    assert (data_dir.stat().st_mode, data_dir.stat().st_uid) == (owner.st_mode, owner.st_uid)


def test_a_failed_start_keeps_the_cluster_it_found(open_tmp: Path) -> None:
    with EmbeddedServer(open_tmp / "data") as server:
        query(server.dsn(), "create table kept ()")
    with pytest.raises(EmbeddedServerError, match="nonsense"):
        EmbeddedServer(open_tmp / "data", settings=NONSENSE).start()
    with EmbeddedServer(open_tmp / "data") as server:
        assert query(server.dsn(), "select count(*) from kept") == [(0,)]


def test_a_failed_initdb_shows_what_it_said(open_tmp: Path) -> None:
    real = binaries.find_bindir()
    bindir = open_tmp / "bin"
    bindir.mkdir(mode=0o755)
    (bindir / "initdb").write_text("#!/bin/sh\necho 'no luck today'\nexit 3\n")
    (bindir / "postgres").write_text(f"#!/bin/sh\nexec '{real}/postgres' \"$@\"\n")
    for program in bindir.iterdir():
        program.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="no luck today"):
        EmbeddedServer(open_tmp / "data", bindir=bindir).start()
    assert list(open_tmp.iterdir()) == [bindir]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every directory")
def test_a_directory_that_cannot_be_made(open_tmp: Path) -> None:
    (open_tmp / "closed").mkdir(mode=0o500)
    with pytest.raises(EmbeddedServerError, match="closed"):
        EmbeddedServer(open_tmp / "closed" / "data").start()
