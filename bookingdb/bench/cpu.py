"""How much processor time a session of the server has used."""

import os
import time
from pathlib import Path
from typing import Any

import psycopg

__all__ = ["Clock", "clock_of"]


class Clock:
    """Tells seconds since some point in time: of the processor, or where there is no telling, as
    on another machine, of the clock on the wall."""

    def __init__(self, process: Path | None) -> None:
        self._process = process
        self.name = "server CPU" if process else "time, as CPU cannot be read"

    def seconds(self) -> float:
        if self._process is None:
            return time.monotonic()
        nanoseconds = (self._process / "schedstat").read_text().split()[0]
        if nanoseconds != "0":
            return int(nanoseconds) / 1e9
        fields = (self._process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def clock_of(conn: psycopg.Connection[Any]) -> Clock:
    """Of the process that serves the connection, if it is one of this machine."""
    process = Path(f"/proc/{conn.info.backend_pid}")
    try:
        is_here = "postgres" in (process / "comm").read_text()
        (process / "schedstat").read_text()
    except OSError:
        is_here = False
    return Clock(process if is_here else None)
