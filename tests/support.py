"""What the tests share: databases, how to make one tell another time, how to compare two."""

import os
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bookingdb.embedded import EmbeddedServer

__all__ = [
    "Copies",
    "Database",
    "Databases",
    "base_backup",
    "copy_cluster",
    "require",
    "rewrite",
    "scalar",
    "skip_unless_columns_can_be_added",
]


@dataclass(frozen=True)
class Database:
    """A freshly migrated database."""

    dsn: str

    def connect(self, *, autocommit: bool = True, **options: Any) -> psycopg.Connection[Any]:
        """A new connection as superuser."""
        return psycopg.connect(self.dsn, autocommit=autocommit, **options)

    def login(self, group: str) -> psycopg.Connection[Any]:
        """A new connection as a login that is a member of `group`, and nothing else."""
        name = f"login_{group}"
        with self.connect() as conn:
            if conn.execute("select to_regrole(%s)", [name]).fetchone() != (None,):
                return self.connect(user=name)
            identifiers = sql.Identifier(name), sql.Identifier(group)
            conn.execute(sql.SQL("create role {} login").format(identifiers[0]))
            conn.execute(sql.SQL("grant {1} to {0}").format(*identifiers))
        return self.connect(user=name)

    def set_clock(self, instant: str) -> None:
        """Make the database's one clock stand at `instant`."""
        with self.connect() as conn:
            conn.execute(
                sql.SQL(
                    "create or replace function bookingdb.clock_now() returns timestamptz"
                    " language sql stable begin atomic select {}::timestamptz; end"
                ).format(sql.Literal(instant))
            )

    def release_clock(self) -> None:
        """Let the database's one clock run again."""
        with self.connect() as conn:
            conn.execute(
                "create or replace function bookingdb.clock_now() returns timestamptz"
                " language sql stable parallel safe begin atomic select clock_timestamp(); end"
            )


@dataclass
class Copies:
    """Makes a copy of a template for each test.

    It is dropped when the next is made: by then its sessions have ended, and the server need not
    wait for them, which it does in steps of a tenth of a second.
    """

    conn: psycopg.Connection[Any]
    number: int = 0

    def make(self, template: str) -> str:
        """The name of a new copy."""
        before, self.number = f"test_{self.number}", self.number + 1
        name = f"test_{self.number}"
        # By files: a server that is thrown away need not log each page of a copy.
        self._execute("create database {} template {} strategy file_copy", name, template)
        self._execute("drop database if exists {} with (force)", before)
        return name

    def _execute(self, statement: str, *names: str) -> None:
        self.conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass
class Databases:
    """Makes empty databases, and dumps them to be compared."""

    server: EmbeddedServer
    made: list[str]

    def __call__(self) -> str:
        """The DSN of a new, empty database."""
        name = f"new_{uuid.uuid4().hex[:12]}"
        self._execute("create database {}", name)
        self.made.append(name)
        return self.server.dsn(name)

    def drop_all(self) -> None:
        for name in self.made:
            self._execute("drop database if exists {} with (force)", name)

    def dump(self, dsn: str) -> str:
        """The schema as pg_dump writes it, less what belongs to the migration tools."""
        program = str(self.server.bindir / "pg_dump")
        command = [program, "--schema-only", "-N", "sqitch", "-T", "public._yoyo*"]
        known = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        if "--restrict-key" in known.stdout:
            command.append("--restrict-key=x")
        command += ["-T", "public.yoyo_lock", "-d", dsn]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def _execute(self, statement: str, name: str) -> None:
        with psycopg.connect(self.server.dsn(), autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(sql.Identifier(name)))


def copy_cluster(cluster: Path, folder: Path) -> Path:
    """A copy of a stopped cluster, which is made much faster than one by initdb and migrate."""
    subprocess.run(["cp", "-a", cluster, folder], check=True)
    return folder


def base_backup(server: EmbeddedServer, folder: Path) -> Path:
    """A copy of a running server's files that will follow it."""
    program = server.bindir / "pg_basebackup"
    require(program.exists(), "pg_basebackup")
    options = ["--write-recovery-conf", "--checkpoint=fast", f"--dbname={server.dsn()}"]
    subprocess.run([program, "--pgdata", folder, *options], check=True, capture_output=True)
    owner = server.data_dir.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    return folder


def scalar(conn: psycopg.Connection[Any], query: str, arguments: Any = None) -> Any:
    """The one value of the one row of `query`."""
    ((value,),) = conn.execute(query.encode(), arguments).fetchall()
    return value


def rewrite(conn: psycopg.Connection[Any], function: str, old: str, new: str) -> None:
    """Take a guard out of a function of bookingdb, for a control."""
    query = "select pg_get_functiondef(oid) from pg_proc where oid::regproc = %s::regproc"
    definition = scalar(conn, query, [f"bookingdb.{function}"])
    assert definition.count(old) == 1, f"{function} has changed: write its control anew"
    conn.execute(sql.SQL(definition.replace(old, new)))


def require(is_there: object, what: str) -> None:
    """Skip on a newcomer's machine what needs `what`; fail where everything must be there."""
    if is_there:
        return
    reason = f"needs {what}"
    if os.environ.get("BOOKINGDB_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and BOOKINGDB_REQUIRE_ALL is set")
    pytest.skip(reason)


def skip_unless_columns_can_be_added(conn: psycopg.Connection[Any]) -> None:
    """Before PostgreSQL 16 bookings takes no new column, as it is an argument of functions."""
    if conn.info.server_version < 160000:
        pytest.skip("before 16 no column can be added to a table that SQL functions take rows of")
