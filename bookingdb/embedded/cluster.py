"""The data directory: what it holds, who uses it, and how it is made."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bookingdb.embedded.account import Account
from bookingdb.embedded.errors import EmbeddedServerError

__all__ = [
    "check",
    "exclusive",
    "initdb_options",
    "is_ready",
    "make_directory",
    "recorded_pid",
    "running_pid",
]

_MAKING_SECONDS = 1.0
_POLL_SECONDS = 0.01
_STATUS_LINE = 7  # of postmaster.pid, counted from 0


def initdb_options(*, durable: bool) -> tuple[str, ...]:
    """Options of initdb, without the data directory. Only a durable cluster is flushed to disk."""
    return (
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
        "--auth-local=trust",  # the socket's directory is open to the account only
        "--auth-host=reject",
        "--no-instructions",
        *(() if durable else ("--no-sync",)),
    )


def make_directory(path: Path, account: Account) -> list[Path]:
    """Make the directory, mode 0700 and owned by the account, with the parents that are missing.

    Returns what was made, outermost first; leaves an existing directory as it is.
    """
    made = []
    for directory in (*reversed(path.parents), path):
        if os.path.lexists(directory):
            continue
        with suppress(FileExistsError):  # another process was faster
            directory.mkdir(mode=0o700 if directory == path else 0o755)
            made.append(directory)
    if path in made:
        path.chmod(0o700)  # whatever the umask
        account.give(path)
    else:
        _let_others_finish(path, account)
    return made


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Let one process at a time look at the directory, fill it and start a server on it."""
    import fcntl  # absent on Windows, where this package must still import

    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def check(data_dir: Path, account: Account, major: str) -> bool:
    """Return whether the directory holds a cluster; False means that it is empty.

    Changes nothing. Raises EmbeddedServerError when the directory holds something else, a cluster
    of another major version or one in use, or when its owner or mode is not what PostgreSQL needs.
    """
    entries, version_file = os.listdir(data_dir), data_dir / "PG_VERSION"
    if entries and not (version_file.exists() and (data_dir / "global" / "pg_control").exists()):
        raise EmbeddedServerError(
            f"{data_dir} is not empty and holds no PostgreSQL cluster; it was left as it is"
        )
    if entries and (version := version_file.read_text(errors="replace").strip()) != major:
        raise EmbeddedServerError(
            f"{data_dir} holds a cluster of PostgreSQL {version}, "
            f"but the programs are PostgreSQL {major}"
        )
    if (pid := running_pid(data_dir)) is not None:
        raise EmbeddedServerError(f"a server is running on {data_dir} already: process {pid}")
    if not _fits(data_dir, account):
        status = data_dir.stat()
        raise EmbeddedServerError(
            f"{data_dir} exists with owner {status.st_uid} and mode "
            f"{stat.S_IMODE(status.st_mode):04o}; PostgreSQL runs as {account.name} "
            f"(user id {account.uid}) and needs a directory of its own, mode 0700: "
            "change it, or name a directory that does not exist yet"
        )
    return bool(entries)


def recorded_pid(data_dir: Path) -> int | None:
    """The process id in the cluster's lock file, whether or not that process still exists."""
    try:
        return abs(int(_lock_lines(data_dir)[0]))
    except ValueError:
        return None


def running_pid(data_dir: Path) -> int | None:
    """The process id of the server that runs on the cluster, or None."""
    pid = recorded_pid(data_dir)
    return pid if pid is not None and _is_postgres(pid) else None


def is_ready(data_dir: Path, pid: int) -> bool:
    """Whether the server with this process id accepts connections."""
    lines = _lock_lines(data_dir)
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return recorded_pid(data_dir) == pid and status == "ready"


def _fits(data_dir: Path, account: Account) -> bool:
    status, modes = data_dir.stat(), {0o700, 0o750} if os.listdir(data_dir) else {0o700}
    return status.st_uid == account.uid and stat.S_IMODE(status.st_mode) in modes


def _let_others_finish(data_dir: Path, account: Account) -> None:
    """Wait while the directory looks as if another process was just in `make_directory`."""
    changed = data_dir.stat().st_ctime
    while not _fits(data_dir, account) and abs(time.time() - changed) < _MAKING_SECONDS:
        time.sleep(_POLL_SECONDS)


def _lock_lines(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text(errors="replace").split("\n")
    except OSError:
        return [""]


def _is_postgres(pid: int) -> bool:
    """Tell a live server from a dead one, from a zombie and from a later owner of its id."""
    if os.path.isdir("/proc/self"):
        try:
            command = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0])
        except OSError:
            return False
    else:
        listing = subprocess.run(
            ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        command = listing.stdout.strip()
    return os.path.basename(command).startswith(("postgres", "postmaster"))
