"""A connection for one command, the business it is about, and who acts."""

import datetime as dt
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bookingdb import Actor, ActorKind, Business, InvalidArgument, get_business
from bookingdb._call import fetch_one
from bookingdb.cli.failures import CommandError

__all__ = ["Shop", "connect", "find_business", "operator", "read_dsn", "shop_of"]

CANNOT_CONNECT = "08001"  # SQLSTATE


@dataclass(frozen=True, slots=True)
class Shop:
    """A business, on a connection whose transaction ends with the `with` block."""

    conn: psycopg.Connection[Any]
    business: Business
    today: dt.date
    """The business's local date."""

    @property
    def id(self) -> UUID:
        """Id of the business."""
        return self.business.business_id


def read_dsn(dsn: str) -> dict[str, Any]:
    """The parameters in a DSN; raises CommandError when it cannot be read, without passwords."""
    try:
        return conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:  # its text may quote a part of a password
        raise CommandError(
            CANNOT_CONNECT,
            "The DSN cannot be read",
            hint="Write postgresql://USER@HOST:PORT/DATABASE or host=HOST dbname=DATABASE.",
        ) from None


@contextmanager
def connect(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection; what the `with` block did is committed at its end, or undone by an exception.

    Raises CommandError when the DSN cannot be read, or nobody answers there; without passwords.
    """
    settings: dict[str, Any] = {"fallback_application_name": "bookingdb", **read_dsn(dsn)}
    try:
        # No prepared statements: behind PgBouncer the next transaction may have another server.
        conn = psycopg.connect(prepare_threshold=None, **settings)
    except psycopg.OperationalError as error:
        raise CommandError(
            error.sqlstate or CANNOT_CONNECT,
            "Cannot connect to PostgreSQL",
            detail=str(error),
            hint="Give --dsn or BOOKINGDB_DSN; `bookingdb up` starts a server to play with.",
        ) from None
    with conn:
        yield conn


@contextmanager
def shop_of(
    dsn: str, business_id: UUID, level: psycopg.IsolationLevel | None = None
) -> Iterator[Shop]:
    """The business on a connection of its own, as `connect` gives it; points in time are shown as
    the business's clock shows them.

    Raises CommandError as `connect` does, and when there is no such business.
    """
    with connect(dsn) as conn:
        conn.isolation_level = level
        business = find_business(conn, business_id)
        conn.execute("select set_config('TimeZone', %s, true)", [business.time_zone])
        today = fetch_one(
            conn,
            dt.date,
            "select current_date as x",
            {},
        )
        yield Shop(conn, business, today)


def find_business(conn: psycopg.Connection[Any], business_id: UUID) -> Business:
    """The business; raises CommandError when there is none with this id."""
    try:
        return get_business(conn, business_id=business_id)
    except InvalidArgument as error:
        raise CommandError(
            "ZB012",
            f"There is no business {business_id} in this database",
            hint="`bookingdb init` makes one; or name another with --business.",
        ) from error


def operator(reason: str | None = None) -> Actor:
    """Who acts on the command line: staff, under the name of the operating system's user."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        name = f"uid {os.getuid()}"
    return Actor(ActorKind.ADMIN, name, user_agent="bookingdb command line", reason=reason)
