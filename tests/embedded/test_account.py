"""Who runs the server, and what that does to accounts and directories."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from bookingdb.embedded import EmbeddedServer, EmbeddedServerError

from .support import assert_works, modes, program_for_other_users, query, started, wait_until

NO_SUCH_USER = 54321
STAY = "sys.stdin.read(); server.stop()"


@pytest.mark.usefixtures("as_root")
def test_root_switches_to_an_account_that_exists(tmp_path: Path, open_tmp: Path) -> None:
    accounts = Path("/etc/passwd").read_bytes()
    with EmbeddedServer(tmp_path / "data") as server:
        pid = int((server.data_dir / "postmaster.pid").read_text().split()[0])
        runs_as = Path(f"/proc/{pid}").stat().st_uid
        assert pwd.getpwuid(runs_as).pw_name in ("postgres", "nobody")
        assert server.data_dir.stat().st_uid == server.log_file.stat().st_uid == runs_as
    assert Path("/etc/passwd").read_bytes() == accounts


@pytest.mark.usefixtures("as_root")
def test_root_starts_below_a_closed_home(tmp_path: Path, open_tmp: Path) -> None:
    home = tmp_path / "ho me é"
    home.mkdir(mode=0o700)
    before = modes(home)
    for _ in range(2):
        with EmbeddedServer(home / "new" / "data") as server:
            query(server.dsn(), "create table if not exists t ()")
            assert_works(server)
            server.crash()
            server.start()
            assert query(server.dsn(), "select count(*) from t") == [(0,)]
    assert modes(home) == before


@pytest.mark.parametrize("given", ["absent", "empty", "cluster"])
def test_existing_directories_keep_mode_and_owner(
    given: str, tmp_path: Path, open_tmp: Path
) -> None:
    parent = open_tmp / "parent"
    parent.mkdir()
    parent.chmod(0o755)
    data_dir = parent / "data"
    if given == "cluster":
        EmbeddedServer(data_dir).start().stop()
        data_dir.chmod(0o750)
    if given == "empty":
        data_dir.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data_dir, nobody.pw_uid, nobody.pw_gid)
    place = parent if given == "absent" else data_dir
    before = modes(place)
    with EmbeddedServer(data_dir) as server:
        assert_works(server)
        during = modes(place)
    assert before == during == modes(place)


def test_an_empty_directory_that_does_not_fit_is_left_alone(open_tmp: Path) -> None:
    data_dir = open_tmp / "data"
    data_dir.mkdir()
    data_dir.chmod(0o755)
    before = modes(data_dir)
    with pytest.raises(EmbeddedServerError, match="mode 0755"):
        EmbeddedServer(data_dir).start()
    assert modes(data_dir) == before
    assert list(data_dir.iterdir()) == []


@pytest.mark.usefixtures("as_root")
def test_an_empty_directory_of_root_is_left_alone(tmp_path: Path, open_tmp: Path) -> None:
    before = modes(tmp_path)
    with pytest.raises(EmbeddedServerError, match="owner 0"):
        EmbeddedServer(tmp_path).start()
    assert modes(tmp_path) == before


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("uid", ["nobody", NO_SUCH_USER])
def test_root_runs_a_cluster_as_its_owner(uid: str | int, open_tmp: Path) -> None:
    data_dir = open_tmp / "data"
    EmbeddedServer(data_dir).start().stop()
    for path in (data_dir, *data_dir.rglob("*")):
        shutil.chown(path, uid)
    with EmbeddedServer(data_dir) as server:
        assert_works(server)
        owners = {path.stat().st_uid for path in (data_dir, *data_dir.rglob("*"))}
    assert len(owners) == 1


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user(open_tmp: Path) -> None:
    data_dir = open_tmp / "kept"
    who = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    with program_for_other_users() as program:
        for arguments in ([], [data_dir], [data_dir]):
            with started(STAY, *arguments, **program, **who) as other:
                query(other.dsn, "create table if not exists t ()")
                assert other.data_dir.stat().st_uid == pwd.getpwnam("nobody").pw_uid
                assert other.process.stdin is not None
                other.process.stdin.close()
                assert other.process.wait(60) == 0
                assert other.gone()


@pytest.mark.usefixtures("as_root")
def test_a_user_without_an_account(open_tmp: Path) -> None:
    _need_namespaces()
    who = {"user": NO_SUCH_USER, "group": NO_SUCH_USER, "extra_groups": []}
    with program_for_other_users() as program:
        for _ in range(2):
            with started(STAY, open_tmp / "data", **program, **who) as other:
                assert query(other.dsn, "select 1") == [(1,)]
                assert other.data_dir.stat().st_uid == NO_SUCH_USER
                other.process.kill()
                wait_until(other.gone, "the end of the server")


@pytest.mark.usefixtures("as_root")
def test_root_that_may_not_switch(open_tmp: Path) -> None:
    _need_namespaces()
    if (setpriv := shutil.which("setpriv")) is None:
        pytest.skip("setpriv, which takes capabilities away, is not installed")
    prefix = (setpriv, "--bounding-set", "-setuid,-setgid,-chown")
    with started(STAY, open_tmp / "data", prefix=prefix) as other:
        assert query(other.dsn, "select 1") == [(1,)]
        other.process.kill()
        wait_until(other.gone, "the end of the server")


def _need_namespaces() -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    command = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "true"]
    if subprocess.run(command, user=65534, check=False).returncode != 0:
        pytest.skip("this system lets no ordinary user make a user namespace")
