"""A primary and a replica used as one connection: reads go to the replica if it shows enough.

Give a `Replicated` to a wrapper in place of a connection. What may write goes to the primary; what
only reads goes to the replica, but for

- reads while a transaction is open on the primary, which may have written what nobody else sees;
- reads after a write, as long as the replica has not replayed it: for `patience` after the write
  they wait for it, later they go to the primary at once;
- reads while the replica is behind by more than `max_lag`, if there is such a bound;
- reads that the replica cancels (a conflict with recovery), and all once it is lost.

So whoever writes reads what he wrote. A `token` carries that to another process: what reads with
it sees what was written before it was taken. It is no secret, but a false one can send all reads of
its bearer to the primary: sign it, or keep it in the session.

Both connections are the caller's, who commits, closes, and makes new ones. The replica's has to be
in autocommit mode. One thread at a time uses them. An object costs nothing: make one per request.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection
from psycopg.rows import scalar_row

from bookingdb._routing import Fallback, Routing, Steps

__all__ = ["AnyAsyncConnection", "AnyConnection", "AsyncReplicated", "Fallback", "Replicated"]

R = TypeVar("R")


class Replicated(Routing[Connection[Any]]):
    """`Replicated(primary, replica)`: takes the place of a connection in every wrapper.

    `max_lag`: a read shows what was committed that long ago, by the clocks of both servers; else it
    goes to the primary. `token`: of an earlier `Replicated`, which reads must show. `on_fallback`
    is told why, for each read that goes to the primary though no transaction is open there. When
    the replica is lost there is a RuntimeWarning as well, once.
    Raises ValueError when the replica's connection is not in autocommit mode.
    """

    def token(self) -> str | None:
        """What stands for all that was written through this object, or for the token that it was
        given; None without either. A call on the primary after a write.
        Raises psycopg.errors.ActiveSqlTransaction while a transaction is open on the primary.
        """
        return _run(self._steps_to_token())

    def read(self, call: Callable[[Connection[Any]], R]) -> R:
        """What `call` returns with the connection that is to serve a read; SQL of one's own may be
        read so. It is called again, with the primary's, when the replica fails."""
        result: R = _run(self._steps_to_read(call))
        return result

    def _ask_primary(self, query: str) -> Any:
        if self.primary.autocommit:
            return _ask(self.primary, query)
        with self.primary.transaction():  # leave none open that the caller did not begin
            return _ask(self.primary, query)

    def _ask_replica(self, query: str, arguments: tuple[Any, ...]) -> Any:
        return _ask(self.replica, query, arguments)

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class AsyncReplicated(Routing[AsyncConnection[Any]]):
    """The same as `Replicated`, for the functions of `bookingdb.aio`."""

    async def token(self) -> str | None:
        """See Replicated.token()."""
        return await _arun(self._steps_to_token())

    async def read(self, call: Callable[[AsyncConnection[Any]], Awaitable[R]]) -> R:
        """See Replicated.read()."""
        result: R = await _arun(self._steps_to_read(call))
        return result

    async def _ask_primary(self, query: str) -> Any:
        if self.primary.autocommit:
            return await _aask(self.primary, query)
        async with self.primary.transaction():
            return await _aask(self.primary, query)

    async def _ask_replica(self, query: str, arguments: tuple[Any, ...]) -> Any:
        return await _aask(self.replica, query, arguments)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


AnyConnection = Connection[Any] | Replicated
AnyAsyncConnection = AsyncConnection[Any] | AsyncReplicated


def _run(steps: Steps[R]) -> R:
    try:
        step = next(steps)
        while True:
            try:
                result = step()
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        answer: R = end.value
        return answer


async def _arun(steps: Steps[R]) -> R:
    try:
        step = next(steps)
        while True:
            try:
                result = await step()
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        answer: R = end.value
        return answer


def _ask(conn: Connection[Any], query: str, arguments: tuple[Any, ...] = ()) -> Any:
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query.encode(), arguments).fetchone()


async def _aask(conn: AsyncConnection[Any], query: str, arguments: tuple[Any, ...] = ()) -> Any:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(query.encode(), arguments)
        return await cursor.fetchone()
