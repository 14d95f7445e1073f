"""One SQL call on a connection of the caller's, who keeps connection and transaction."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection
from psycopg.rows import scalar_row

from bookingdb._rows import MidnightLoader, rows_of

__all__ = [
    "acall_one",
    "afetch_all",
    "afetch_one",
    "call_one",
    "fetch_all",
    "fetch_one",
    "unwatched",
    "watch",
]

T = TypeVar("T")
Arguments = Mapping[str, Any]
Watch = Callable[[Connection[Any] | AsyncConnection[Any], str], AbstractContextManager[None]]
COLUMNS = "select (%(row)s::bookingdb.bookings).*"  # of the row that CALL gives as one value

_UNWATCHED = nullcontext()


def unwatched(_conn: Connection[Any] | AsyncConnection[Any], _query: str) -> nullcontext[None]:
    """Nobody wants to know."""
    return _UNWATCHED


watch: Watch = unwatched
"""Entered around each call; `bookingdb.telemetry` puts its own in its place."""


def fetch_all(conn: Connection[Any], model: type[T], query: str, arguments: Arguments) -> list[T]:
    """All rows of `query` as `model`."""
    with watch(conn, query), conn.cursor(row_factory=rows_of(model)) as cursor:
        cursor.adapters.register_loader("time", MidnightLoader)
        return cursor.execute(query.encode(), arguments).fetchall()


def fetch_one(conn: Connection[Any], model: type[T], query: str, arguments: Arguments) -> T:
    """The one row of `query` as `model`."""
    (row,) = fetch_all(conn, model, query, arguments)
    return row


def call_one(conn: Connection[Any], model: type[T], query: str, arguments: Arguments) -> T:
    """The booking that the procedure of `query` hands back, as `model`."""
    with watch(conn, query), conn.cursor(row_factory=scalar_row) as cursor:
        row = cursor.execute(query.encode(), arguments).fetchone()
    return fetch_one(conn, model, COLUMNS, {"row": row})


async def afetch_all(
    conn: AsyncConnection[Any], model: type[T], query: str, arguments: Arguments
) -> list[T]:
    """All rows of `query` as `model`."""
    with watch(conn, query):
        async with conn.cursor(row_factory=rows_of(model)) as cursor:
            cursor.adapters.register_loader("time", MidnightLoader)
            await cursor.execute(query.encode(), arguments)
            return await cursor.fetchall()


async def afetch_one(
    conn: AsyncConnection[Any], model: type[T], query: str, arguments: Arguments
) -> T:
    """The one row of `query` as `model`."""
    (row,) = await afetch_all(conn, model, query, arguments)
    return row


async def acall_one(
    conn: AsyncConnection[Any], model: type[T], query: str, arguments: Arguments
) -> T:
    """The booking that the procedure of `query` hands back, as `model`."""
    with watch(conn, query):
        async with conn.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(query.encode(), arguments)
            row = await cursor.fetchone()
    return await afetch_one(conn, model, COLUMNS, {"row": row})
