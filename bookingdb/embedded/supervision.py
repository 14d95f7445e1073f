"""Python's side of the watchdog process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from bookingdb.embedded.account import Account, server_environment
from bookingdb.embedded.errors import EmbeddedServerError

__all__ = ["Command", "Watchdog"]

_SCRIPT = Path(__file__).with_name("watchdog.py")
_POLL_SECONDS = 0.01
_CLOSE_LIMIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Command:
    """A program for the watchdog to run, its output appended to the file `log`.

    In `argv`, the word `{hidden}` stands for the directory `hidden`. `stop_signal` asks the
    program to end; `env` is added to the environment of the server's programs; `user` and `group`
    are None to run as this process does.
    """

    argv: tuple[str, ...]
    log: str
    stop_signal: int
    env: Mapping[str, str]
    user: int | None
    group: int | None
    hidden: str | None

    @classmethod
    def build(
        cls,
        account: Account,
        *argv: str,
        log: Path,
        stop_signal: int,
        hidden: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Return the command that runs as the account."""
        return cls(
            argv=(*account.prefix, *argv),
            log=str(log),
            stop_signal=stop_signal,
            env=env or {},
            user=account.uid if account.switch else None,
            group=account.gid if account.switch else None,
            hidden=None if hidden is None else str(hidden),
        )


class Watchdog:
    """A process that runs one program at a time and ends it when this process ends.

    Methods raise EmbeddedServerError when the watchdog itself was killed.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        self._process, self._to, self._from = process, process.stdin, process.stdout
        self._received = b""
        self._running = False
        self._status = 0

    @classmethod
    def start(cls, remove: Sequence[Path]) -> Self:
        """Start the process; it removes the directories when it ends."""
        python = [sys.executable, "-I", "-S", "-X", "utf8"]
        try:
            process = subprocess.Popen(
                [*python, str(_SCRIPT), str(os.getpid()), *map(str, remove)],
                cwd="/",
                env=server_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            python_or_none = sys.executable or "Python (sys.executable is empty)"
            raise EmbeddedServerError(f"cannot start {python_or_none}: {error}") from error
        return cls(process)

    @property
    def running(self) -> bool:
        """Whether the program, or a process it started, is running."""
        self._read()
        return self._running

    def run(self, command: Command) -> int:
        """Start a program and return its process id.

        Raises EmbeddedServerError when it cannot be started.
        """
        self._send({"run": asdict(command)})
        while True:
            for message in self._read():
                if "error" in message:
                    raise EmbeddedServerError(f"cannot run {command.argv[0]}: {message['error']}")
                if "pid" in message:
                    return int(message["pid"])
            time.sleep(_POLL_SECONDS)

    def wait(self) -> int:
        """Wait until the program and the processes it started have ended; return its status."""
        while self.running:
            time.sleep(_POLL_SECONDS)
        return self._status

    def kill(self) -> None:
        """End the program with SIGKILL and wait for the processes it started."""
        self._send({"kill": True})
        self.wait()

    def close(self) -> None:
        """Stop the program, remove the directories and wait until that is done."""
        try:
            # Closing the pipe is not enough: a forked child of this process may hold it too.
            self._send({"stop": True})
            self._process.wait(_CLOSE_LIMIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise EmbeddedServerError(
                f"process {self._process.pid} did not stop the server "
                f"within {_CLOSE_LIMIT_SECONDS:.0f} seconds"
            ) from error
        finally:
            self._to.close()
            self._from.close()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._to.write(json.dumps(message).encode() + b"\n")
        except BrokenPipeError as error:
            raise self._killed() from error

    def _read(self) -> list[dict[str, Any]]:
        chunk = self._from.read(65536)
        if chunk == b"":
            raise self._killed()
        *lines, self._received = (self._received + (chunk or b"")).split(b"\n")
        messages: list[dict[str, Any]] = [json.loads(line) for line in lines]
        for message in messages:
            if "pid" in message:
                self._running = True
            if "status" in message:
                self._running, self._status = False, int(message["status"])
        return messages

    def _killed(self) -> EmbeddedServerError:
        return EmbeddedServerError(f"the watchdog process {self._process.pid} was killed")
