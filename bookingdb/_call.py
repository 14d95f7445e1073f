"""One SQL call on a connection of the caller's, who keeps connection and transaction.

Of a `Replicated`, fetch and call use the primary, and read whichever shows enough.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection
from psycopg.rows import scalar_row

from bookingdb._rows import MidnightLoader, rows_of
from bookingdb.replicas import AnyAsyncConnection, AnyConnection, AsyncReplicated, Replicated

__all__ = [
    "acall_one",
    "afetch_all",
    "afetch_one",
    "aread_all",
    "aread_one",
    "call_one",
    "fetch_all",
    "fetch_one",
    "read_all",
    "read_one",
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


def fetch_all(conn: AnyConnection, model: type[T], query: str, arguments: Arguments) -> list[T]:
    """All rows of `query` as `model`."""
    chosen = _primary(conn)
    with watch(chosen, query), chosen.cursor(row_factory=rows_of(model)) as cursor:
        cursor.adapters.register_loader("time", MidnightLoader)
        return cursor.execute(query.encode(), arguments).fetchall()


def fetch_one(conn: AnyConnection, model: type[T], query: str, arguments: Arguments) -> T:
    """The one row of `query` as `model`."""
    (row,) = fetch_all(conn, model, query, arguments)
    return row


def read_all(conn: AnyConnection, model: type[T], query: str, arguments: Arguments) -> list[T]:
    """All rows of `query`, which writes nothing, as `model`."""
    if isinstance(conn, Replicated):
        return conn.read(lambda chosen: fetch_all(chosen, model, query, arguments))
    return fetch_all(conn, model, query, arguments)


def read_one(conn: AnyConnection, model: type[T], query: str, arguments: Arguments) -> T:
    """The one row of `query`, which writes nothing, as `model`."""
    (row,) = read_all(conn, model, query, arguments)
    return row


def call_one(conn: AnyConnection, model: type[T], query: str, arguments: Arguments) -> T:
    """The booking that the procedure of `query` hands back, as `model`."""
    chosen = _primary(conn)
    with watch(chosen, query), chosen.cursor(row_factory=scalar_row) as cursor:
        row = cursor.execute(query.encode(), arguments).fetchone()
    return fetch_one(conn, model, COLUMNS, {"row": row})


async def afetch_all(
    conn: AnyAsyncConnection, model: type[T], query: str, arguments: Arguments
) -> list[T]:
    """All rows of `query` as `model`."""
    chosen = _async_primary(conn)
    with watch(chosen, query):
        async with chosen.cursor(row_factory=rows_of(model)) as cursor:
            cursor.adapters.register_loader("time", MidnightLoader)
            await cursor.execute(query.encode(), arguments)
            return await cursor.fetchall()


async def afetch_one(
    conn: AnyAsyncConnection, model: type[T], query: str, arguments: Arguments
) -> T:
    """The one row of `query` as `model`."""
    (row,) = await afetch_all(conn, model, query, arguments)
    return row


async def aread_all(
    conn: AnyAsyncConnection, model: type[T], query: str, arguments: Arguments
) -> list[T]:
    """All rows of `query`, which writes nothing, as `model`."""
    if isinstance(conn, AsyncReplicated):
        return await conn.read(lambda chosen: afetch_all(chosen, model, query, arguments))
    return await afetch_all(conn, model, query, arguments)


async def aread_one(
    conn: AnyAsyncConnection, model: type[T], query: str, arguments: Arguments
) -> T:
    """The one row of `query`, which writes nothing, as `model`."""
    (row,) = await aread_all(conn, model, query, arguments)
    return row


async def acall_one(
    conn: AnyAsyncConnection, model: type[T], query: str, arguments: Arguments
) -> T:
    """The booking that the procedure of `query` hands back, as `model`."""
    chosen = _async_primary(conn)
    with watch(chosen, query):
        async with chosen.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(query.encode(), arguments)
            row = await cursor.fetchone()
    return await afetch_one(conn, model, COLUMNS, {"row": row})


def _primary(conn: AnyConnection) -> Connection[Any]:
    return conn.for_writing() if isinstance(conn, Replicated) else conn


def _async_primary(conn: AnyAsyncConnection) -> AsyncConnection[Any]:
    return conn.for_writing() if isinstance(conn, AsyncReplicated) else conn
