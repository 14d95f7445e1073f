"""What the tests share: a database of their own, and how to make it tell another time."""

import os
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql

__all__ = ["Database", "require", "scalar"]


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


def scalar(conn: psycopg.Connection[Any], query: str, arguments: Any = None) -> Any:
    """The one value of the one row of `query`."""
    ((value,),) = conn.execute(query.encode(), arguments).fetchall()
    return value


def require(is_there: object, what: str) -> None:
    """Skip on a newcomer's machine what needs `what`; fail where everything must be there."""
    if is_there:
        return
    reason = f"needs {what}"
    if os.environ.get("BOOKINGDB_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and BOOKINGDB_REQUIRE_ALL is set")
    pytest.skip(reason)
