"""What the tests of the embedded server share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb.embedded
from bookingdb.embedded import EmbeddedServer

LIMIT_SECONDS = 60.0


def query(dsn: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement in a connection of its own, commit, return its rows."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return when the condition holds; fail after LIMIT_SECONDS."""
    limit = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < limit, f"still waiting after {LIMIT_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def exists(pid: int) -> bool:
    """Whether the process exists and is no zombie, which some containers never reap."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return not stat.parent.parent.joinpath("self").exists()


def server_pids(dsn: str, data_dir: Path) -> set[int]:
    """The server's main process and the others that it has at this moment."""
    main = int((data_dir / "postmaster.pid").read_text().split()[0])
    others = query(dsn, "select pid from pg_stat_activity where pid <> pg_backend_pid()")
    return {main, *(pid for (pid,) in others)}


def parent_of(pid: int) -> int:
    """The process id of a process's parent."""
    listing = Path(f"/proc/{pid}/stat")
    if listing.exists():
        return int(listing.read_text().rpartition(")")[2].split()[1])
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))


def modes(path: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode, owner and group of a directory and of all directories above it."""
    return {
        place: (status.st_mode, status.st_uid, status.st_gid)
        for place in (path, *path.parents)
        for status in [place.stat()]
    }


@dataclass(frozen=True, slots=True)
class Started:
    """A Python program that has started a server, as seen by the test."""

    process: subprocess.Popen[str]
    dsn: str
    data_dir: Path
    pids: set[int]
    run_dir: Path

    def gone(self) -> bool:
        """Whether neither a process nor the run directory is left."""
        return not self.run_dir.exists() and not any(map(exists, self.pids))


@contextmanager
def python(
    source: str, *argv: str | Path, prefix: tuple[str, ...] = (), **popen: Any
) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program in a process group of its own, with this package importable."""
    root = Path(bookingdb.embedded.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    process = subprocess.Popen(
        [*prefix, popen.pop("executable", sys.executable), "-c", source, *map(str, argv)],
        env=environment | popen.pop("env", {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
        **popen,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


START = """
import sys
from bookingdb.embedded import EmbeddedServer
server = EmbeddedServer(sys.argv[1] if len(sys.argv) > 1 else None).start()
print(server.dsn(), server.data_dir, server.host, sep="\\t", flush=True)
"""


@contextmanager
def started(after: str, *argv: str | Path, **options: Any) -> Iterator[Started]:
    """Run a Python program that starts a server and goes on with the code `after`.

    At the end the program is killed, and the server gone.
    """
    with python(START + after, *argv, **options) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the program ended before its server was ready"
        dsn, data_dir, run_dir = line.rstrip("\n").split("\t")
        pids = server_pids(dsn, Path(data_dir))
        pids.add(parent_of(int(Path(data_dir, "postmaster.pid").read_text().split()[0])))
        try:
            yield Started(process, dsn, Path(data_dir), pids, Path(run_dir))
        finally:
            process.kill()
            wait_until(lambda: not any(map(exists, pids)), "the end of the server")


@contextmanager
def program_for_other_users() -> Iterator[dict[str, Any]]:
    """Options for `started` with which an account other than root can run Python and this package.

    Skips the test when the interpreter or the installed packages are out of that account's reach.
    """
    with tempfile.TemporaryDirectory(prefix="bdt-", dir="/tmp") as name:
        os.chmod(name, 0o755)
        package = Path(bookingdb.embedded.__file__).parents[1]
        shutil.copytree(package, Path(name, package.name))
        for directory, _, files in os.walk(name):
            os.chmod(directory, 0o755)
            for file in files:
                os.chmod(Path(directory, file), 0o644)
        environment = {"PYTHONPATH": os.pathsep.join([name, *sys.path]), "HOME": "/"}
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        tried = []
        for executable in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
            try:
                probe = subprocess.run(
                    [executable, "-c", "import bookingdb.embedded.server"],
                    cwd="/",
                    env=environment,
                    user=65534,
                    group=65534,
                    extra_groups=[],
                    capture_output=True,
                    text=True,
                    check=False,
                )
            except OSError as error:
                tried.append(f"{executable}: {error}")
                continue
            if probe.returncode == 0:
                yield {"executable": executable, "env": environment, "cwd": "/"}
                return
            tried.append(f"{executable}: {probe.stderr.strip().splitlines()[-1]}")
        pytest.skip("no Python that another account can run: " + "; ".join(tried))


def assert_works(server: EmbeddedServer) -> None:
    """The server takes a connection and has the extension that the schema needs."""
    query(server.dsn(), "create extension if not exists btree_gist")
    assert query(server.dsn(), "select current_user, count(*) from pg_class") != []
