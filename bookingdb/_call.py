"""One SQL call on a connection of the caller's, who keeps connection and transaction."""

from collections.abc import Mapping
from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection

from bookingdb._rows import MidnightLoader, rows_of

__all__ = ["afetch_all", "afetch_one", "fetch_all", "fetch_one"]

T = TypeVar("T")
Arguments = Mapping[str, Any]


def fetch_all(conn: Connection[Any], model: type[T], query: str, arguments: Arguments) -> list[T]:
    """All rows of `query` as `model`."""
    with conn.cursor(row_factory=rows_of(model)) as cursor:
        cursor.adapters.register_loader("time", MidnightLoader)
        return cursor.execute(query.encode(), arguments).fetchall()


def fetch_one(conn: Connection[Any], model: type[T], query: str, arguments: Arguments) -> T:
    """The one row of `query` as `model`."""
    (row,) = fetch_all(conn, model, query, arguments)
    return row


async def afetch_all(
    conn: AsyncConnection[Any], model: type[T], query: str, arguments: Arguments
) -> list[T]:
    """All rows of `query` as `model`."""
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
