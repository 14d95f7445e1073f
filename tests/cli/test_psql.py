"""`bookingdb psql`, as the process that a user starts."""

import os
import subprocess
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from tests.cli.conftest import BOOKINGDB, Cli
from tests.cli.test_help import example_of
from tests.support import Database


def run(*words: str, dsn: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BOOKINGDB, *words],
        env={**os.environ, "BOOKINGDB_DSN": dsn, **more},
        input=typed,
        text=True,
        capture_output=True,
        check=False,
    )


def test_example_and_piped_sql(cli: Cli, database: Database) -> None:
    assert "time_zone" in run(*example_of(cli, "psql")[1:], dsn=database.dsn).stdout
    assert "(1 row)" in run("psql", dsn=database.dsn, typed="select 1;\n").stdout
    failed = run("psql", dsn=database.dsn, typed="select 1/0;\nselect 'after';\n")
    assert failed.returncode == 3
    assert "after" not in failed.stdout


def test_password_is_no_argument(database: Database, tmp_path: Path) -> None:
    """A psql that tells how it was called, where no embedded one is."""
    fake = tmp_path / "psql"
    fake.write_text('#!/bin/sh\necho "$@"; echo "$PGPASSWORD" >&2\n')
    fake.chmod(0o755)
    dsn = make_conninfo(database.dsn, password="hunter2")
    for program in ("postgres", "initdb"):
        (tmp_path / program).symlink_to(fake)
    ran = run("psql", "-c", "select 1", dsn=dsn, BOOKINGDB_PG_BINDIR=str(tmp_path))
    assert "--command=select 1 --dbname" in ran.stdout
    assert ran.stderr == "hunter2\n"
    assert "hunter2" not in ran.stdout


@pytest.mark.parametrize("bindir", ["/nowhere", ""])
def test_without_psql_it_says_what_to_install(bindir: str, tmp_path: Path) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).symlink_to("/bin/true")
    ran = run("psql", dsn="", BOOKINGDB_PG_BINDIR=bindir or str(tmp_path), PATH=str(tmp_path))
    assert ran.returncode == 1
    assert "no psql" in ran.stderr
