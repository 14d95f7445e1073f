"""The process between Python and the server: it outlives the first in order to end the second.

Run as a script, with the process id of its parent and the directories to remove at the end. It
has a session of its own, so Ctrl-C in the terminal does not reach it, and it is the server's
parent, so it never has to guess whether a process id still means the server.

It reads one JSON object a line from standard input, and answers on standard output:

    {"run": {...}}   start a program, a `Command`: {"pid": 17} or {"error": "..."}
    {"kill": true}   end that program with SIGKILL
    {"stop": true}   end that program in good order, remove the directories, exit

and {"status": 0} once the program and all processes it started have ended. The end of standard
input and the death of the parent mean stop. The latter is looked for as well, because a forked
child of the parent keeps the pipe open.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["HIDDEN_DIRECTORY", "Job", "Watchdog", "main"]

LOOK_FOR_PARENT_SECONDS = 1.0
# A fast shutdown may have a long checkpoint to write; an immediate one leaves the work to recovery.
STOP_LIMIT_SECONDS = 60.0
QUIT_LIMIT_SECONDS = 10.0
STRAY_LIMIT_SECONDS = 10.0
HIDDEN_DIRECTORY = "{hidden}"


class Job:
    """A running program. `alive` becomes readable when the last of its processes has ended."""

    def __init__(self, command: dict[str, Any]) -> None:
        """Start it; raises OSError or subprocess.SubprocessError when that fails."""
        self.stop_signal: int = command["stop_signal"]
        argv, user, inherited = command["argv"], command["user"], []
        log = _open_log(command)
        try:
            if command["hidden"] is not None:
                # A directory below one that the account may not pass: it gets there by descriptor.
                inherited.append(os.open(command["hidden"], os.O_RDONLY | os.O_DIRECTORY))
                place = f"/proc/self/fd/{inherited[0]}"
                argv = [place if word == HIDDEN_DIRECTORY else word for word in argv]
            self.alive, end = os.pipe()
            inherited.append(end)
            self.process = subprocess.Popen(
                argv,
                cwd="/",
                env={**os.environ, **command["env"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                group=command["group"],
                extra_groups=None if user is None else [],
                pass_fds=inherited,
                preexec_fn=_end_with_this_process if sys.platform == "linux" else None,
            )
        finally:
            for descriptor in (log, *inherited):
                os.close(descriptor)

    def end(self) -> None:
        """Stop it, asking in good order first."""
        for number, seconds in (
            (self.stop_signal, STOP_LIMIT_SECONDS),
            (signal.SIGQUIT, QUIT_LIMIT_SECONDS),
            (signal.SIGKILL, None),
        ):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        select.select([self.alive], [], [], STRAY_LIMIT_SECONDS)


class Watchdog:
    """What the process does: see the top of this file."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self.job: Job | None = None
        self.pending = b""

    def serve(self) -> None:
        """Return when it is time to stop."""
        while os.getppid() == self.parent:
            waiting = [0] if self.job is None else [0, self.job.alive]
            ready, _, _ = select.select(waiting, [], [], LOOK_FOR_PARENT_SECONDS)
            if self.job is not None and self.job.alive in ready:
                os.close(self.job.alive)
                status, self.job = self.job.process.wait(), None
                _answer({"status": status})
            if 0 in ready:
                received = os.read(0, 65536)
                *lines, self.pending = (self.pending + received).split(b"\n")
                if not received or not all(self.obey(json.loads(line)) for line in lines):
                    return

    def obey(self, message: dict[str, Any]) -> bool:
        """Do what one line says; return whether to go on."""
        if "kill" in message and self.job is not None:
            self.job.process.kill()
        if "run" in message:
            try:
                self.job = Job(message["run"])
                _answer({"pid": self.job.process.pid})
            except (OSError, subprocess.SubprocessError) as error:
                _answer({"error": str(error)})
        return "stop" not in message


def main(parent: int, directories: list[str]) -> None:
    """Serve the parent, then end the program and remove the directories."""
    watchdog = Watchdog(parent)
    _on_signals(_leave)
    try:
        watchdog.serve()
    finally:
        _on_signals(signal.SIG_IGN)
        if watchdog.job is not None:
            watchdog.job.end()
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)


def _open_log(command: dict[str, Any]) -> int:
    # The directory may belong to the unprivileged account, whose links root must not follow.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(command["log"], flags, 0o600)
    if command["user"] is not None:
        os.fchown(descriptor, command["user"], command["group"])
    return descriptor


def _end_with_this_process() -> None:
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _answer(message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # no parent any more: the loop is about to see it
        os.write(1, json.dumps(message).encode() + b"\n")


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
