"""How much processor time a server and all its processes have used."""

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["server_seconds"]


def server_seconds(postmaster: int) -> float | None:
    """Seconds since it began, of processes that have ended too; None where there is no /proc."""
    if not Path("/proc/self/stat").exists():
        return None
    main = _fields(postmaster)
    ticks = sum(main[11:15])  # its own, and those of its children that have ended
    for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        with suppress(FileNotFoundError, ProcessLookupError):  # It has just ended.
            ticks += sum(_fields(int(child))[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat that follow the state, the third field."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return [0, *(int(field) for field in text.rpartition(")")[2].split()[1:])]
