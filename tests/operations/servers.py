"""Servers made from others: by pg_basebackup, and with the programs of another version."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bookingdb.embedded import EmbeddedServer
from bookingdb.embedded.account import Account, choose_account

__all__ = ["account_of", "base_backup", "give", "open_folder", "run"]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the server's account can reach, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def account_of(server: EmbeddedServer) -> Account:
    """Who runs the server."""
    return choose_account(server.data_dir)


def give(folder: Path, server: EmbeddedServer) -> None:
    """Make a folder and what is in it the property of the server's account."""
    owner = server.data_dir.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def base_backup(server: EmbeddedServer, folder: Path, *options: str) -> None:
    """Copy a running server with pg_basebackup, ready to be started."""
    run(server, "pg_basebackup", f"--pgdata={folder}", "--checkpoint=fast", "--no-sync",
        f"--dbname={server.dsn()}", *options)  # fmt: skip
    give(folder, server)


def run(server: EmbeddedServer, program: str, *arguments: str) -> str:
    """What a client program of the server says; fails with its complaints."""
    command = [server.bindir / program, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
