"""The course of one server, from the choice of account and programs to the last file removed."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bookingdb.embedded import binaries, cluster
from bookingdb.embedded.account import Account, choose_account
from bookingdb.embedded.errors import EmbeddedServerError
from bookingdb.embedded.rundir import make_run_dir
from bookingdb.embedded.supervision import Command, Watchdog
from bookingdb.embedded.watchdog import HIDDEN_DIRECTORY

__all__ = ["Instance"]

_PORT = 5432  # only a part of the socket's name
_START_LIMIT_SECONDS = 300.0  # recovery after a crash is part of a start
_POLL_SECONDS = 0.01
_LOG_TAIL_LINES = 30
_FIXED_SETTINGS = {
    "data_directory",
    "listen_addresses",
    "port",
    "unix_socket_directories",
}


@dataclass(slots=True)
class Instance:
    """A server with its watchdog and its run directory, which holds the socket.

    `programs` is `bindir` or a copy that the account can run; `hidden` says that the account
    cannot reach the data directory by its path. `made` are directories for `close()` to remove
    unless a server has run on them, and `filled` says the same of the cluster inside.
    """

    account: Account
    bindir: Path
    programs: Path
    major: str
    settings: Mapping[str, str]
    run_dir: Path
    data_dir: Path
    watchdog: Watchdog
    durable: bool
    hidden: bool = False
    port: int = _PORT
    made: list[Path] = field(default_factory=list)
    filled: bool = False

    @classmethod
    def open(
        cls,
        data_dir: Path | str | None,
        settings: Mapping[str, str],
        bindir: Path | str | None,
    ) -> Self:
        """Choose account and programs, make the run directory and start the watchdog."""
        if refused := [name for name in settings if name.lower() in _FIXED_SETTINGS]:
            raise EmbeddedServerError(f"settings that cannot be chosen here: {', '.join(refused)}")
        durable = data_dir is not None
        kept = None if data_dir is None else Path(data_dir).absolute()
        account = choose_account(kept)
        found = binaries.find_bindir(bindir)
        major = binaries.major_version(found)
        run_dir = make_run_dir(account, _PORT)
        try:
            watchdog = Watchdog.start([run_dir])
        except BaseException:
            run_dir.rmdir()
            raise
        try:
            programs = binaries.make_runnable(found, account, run_dir)
        except BaseException:
            watchdog.close()
            raise
        place = kept or run_dir / "data"
        return cls(account, found, programs, major, settings, run_dir, place, watchdog, durable)

    @property
    def log_file(self) -> Path:
        return (self.data_dir if self.durable else self.run_dir) / "server.log"

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it is ready."""
        try:
            made = cluster.make_directory(self.data_dir, self.account)
            self.made += made if self.durable else ()
            with cluster.exclusive(self.data_dir):
                exists = cluster.check(self.data_dir, self.account, self.major)
                self._see_whether_hidden()
                if not exists:
                    self._make_cluster()
                    self.filled = self.durable
                self._start_server()
        except OSError as error:
            raise EmbeddedServerError(f"cannot use {self.data_dir}: {error}") from error
        self.made.clear()
        self.filled = False

    @property
    def running(self) -> bool:
        """Whether the server, or a process of it, is running."""
        return self.watchdog.running

    def crash(self) -> None:
        """End the server with SIGKILL."""
        if not self.running:
            raise EmbeddedServerError(f"the server on {self.data_dir} is not running")
        self.watchdog.kill()

    def close(self) -> None:
        """Stop the server and remove what is not to stay."""
        self.watchdog.close()
        if self.filled:
            for entry in self.data_dir.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for directory in reversed(self.made):
            with suppress(OSError):  # removed with the run directory, or used by others meanwhile
                directory.rmdir()

    def _see_whether_hidden(self) -> None:
        self.hidden = not self.account.can_enter(self.data_dir)
        if self.hidden and not os.path.isdir("/proc/self/fd"):
            raise EmbeddedServerError(
                f"user {self.account.name}, who runs the server, cannot reach {self.data_dir}: "
                "name a data directory below directories that every user may enter"
            )

    def _make_cluster(self) -> None:
        log = self.run_dir / "initdb.log"
        options = cluster.initdb_options(durable=self.durable)
        self.watchdog.run(self._command("initdb", *options, log=log, stop_signal=signal.SIGINT))
        if self.watchdog.wait() != 0:
            raise EmbeddedServerError(f"initdb failed for {self.data_dir}:\n{_tail(log, 0)}")

    def _start_server(self) -> None:
        settings = {
            **self.settings,
            "listen_addresses": "",
            "port": str(self.port),
            "unix_socket_directories": '"{}"'.format(str(self.run_dir).replace('"', '""')),
        }
        options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
        # Fast: clients are disconnected, not waited for. Immediate, where nothing is to be kept.
        stop_signal = signal.SIGINT if self.durable else signal.SIGQUIT
        known = self.log_file.stat().st_size if self.log_file.exists() else 0
        pid = self.watchdog.run(
            self._command("postgres", *options, log=self.log_file, stop_signal=stop_signal)
        )
        limit = time.monotonic() + _START_LIMIT_SECONDS
        while not cluster.is_ready(self.data_dir, pid):
            if not self.watchdog.running or time.monotonic() > limit:
                log = _tail(self.log_file, known)
                raise EmbeddedServerError(f"PostgreSQL did not start on {self.data_dir}:\n{log}")
            time.sleep(_POLL_SECONDS)

    def _command(
        self, program: str, *options: str, log: Path, stop_signal: signal.Signals
    ) -> Command:
        env = {}
        if (stale := cluster.recorded_pid(self.data_dir)) is not None:
            # `check` has found no server with this id, but some process may have it by now, as in
            # a container that was started again. This makes the server take its lock for stale;
            # its second guard, the shared memory of a live server, stays.
            env["PG_GRANDPARENT_PID"] = str(stale)
        return Command.build(
            self.account,
            str(self.programs / program),
            "-D",
            HIDDEN_DIRECTORY if self.hidden else str(self.data_dir),
            *options,
            log=log,
            stop_signal=stop_signal,
            hidden=self.data_dir if self.hidden else None,
            env=env,
        )


def _tail(log: Path, start: int) -> str:
    """The last lines that were written after the byte offset `start`."""
    try:
        written = log.read_bytes()[start:].decode("utf-8", "replace")
    except OSError as error:
        return f"(no log: {error})"
    return "\n".join(written.splitlines()[-_LOG_TAIL_LINES:])
