"""Which operating system account runs the server.

PostgreSQL refuses to run as root and initdb needs an account with a passwd entry, so:

- an ordinary user runs the server;
- root runs it as the owner of an existing data directory, else as `postgres` or `nobody`;
- a user without a passwd entry (`docker run --user 12345`) and a root that may not switch users
  run it in a user namespace, where they appear as `nobody` and have no privileges.

No account is ever created.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bookingdb.embedded.errors import EmbeddedServerError

__all__ = ["Account", "choose_account", "server_environment"]

_ROOT_RUNS_AS = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """How to start a program so that it runs as the server's account.

    `uid` and `gid` own the server's files. `switch` says that root must change to them;
    `prefix` is put before the program's arguments.
    """

    name: str
    uid: int
    gid: int
    switch: bool = False
    prefix: tuple[str, ...] = ()

    def run(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a short program as this account and return its merged output; never raises for it."""
        command = [*self.prefix, *map(str, argv)]
        try:
            return subprocess.run(
                command,
                cwd="/",
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return subprocess.CompletedProcess(command, 127, stdout=str(error))

    def can_run(self, *argv: str | Path) -> bool:
        """Whether the program starts and exits with status 0."""
        return self.run(*argv).returncode == 0

    def can_enter(self, directory: Path) -> bool:
        """Whether the account may make the directory its working directory."""
        return self.can_run("/bin/sh", "-c", 'cd -- "$1"', "sh", directory)

    def give(self, path: Path) -> None:
        """Hand over a file or directory which this package has made itself."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_account(data_dir: Path | None) -> Account:
    """Return the first account that can run programs here.

    Raises EmbeddedServerError when there is none.
    """
    for account in _candidates(data_dir):
        if account.can_run("/bin/sh", "-c", ":"):
            return account
    if os.geteuid() == 0:
        raise EmbeddedServerError(
            "PostgreSQL refuses to run as root, and this root may not switch to another user: "
            "run as an ordinary user, or give the DSN of a running server"
        )
    raise EmbeddedServerError(
        f"user id {os.geteuid()} has no passwd entry, which initdb needs: "
        "add one, or give the DSN of a running server"
    )


def server_environment() -> Mapping[str, str]:
    """This process's environment without PG* variables and with the C locale.

    PGDATA, PGPORT, PGOPTIONS and their like redirect or break the server's programs, and a locale
    that is set but not installed stops them.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _candidates(data_dir: Path | None) -> Iterator[Account]:
    import pwd  # absent on Windows, where this package must still import

    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        try:
            yield Account(pwd.getpwuid(uid).pw_name, uid, gid)
        except KeyError:
            yield from _in_namespace(uid, gid)
        return
    if data_dir is not None and data_dir.exists() and (owner := data_dir.stat()).st_uid != 0:
        try:
            name = pwd.getpwuid(owner.st_uid).pw_name
        except KeyError:
            name = str(owner.st_uid)
        yield Account(name, owner.st_uid, owner.st_gid, switch=True)
    for name in _ROOT_RUNS_AS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        yield Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    yield from _in_namespace(uid, gid)


def _in_namespace(uid: int, gid: int) -> Iterator[Account]:
    import pwd

    unshare = shutil.which("unshare")
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return
    if unshare is not None:
        mapping = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        yield Account("nobody", uid, gid, prefix=(unshare, "--user", *mapping, "--"))
