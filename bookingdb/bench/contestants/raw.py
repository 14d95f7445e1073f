"""A statement as libpq sends it, so that the time is the server's: an error that comes back is
read, and no exception made of it."""

from typing import Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from bookingdb.bench.contestants.callers import Caller, slot_of

__all__ = ["open_raw"]


def open_raw(conn: psycopg.Connection[Any], orders: dict[str, str]) -> Caller:
    """`orders`: the statement, whose $1 and $2 are date and time; and which SQLSTATE it fails
    with, "" if it gives a row."""
    pgconn = conn.pgconn
    prepared = pgconn.prepare(b"raw", orders["statement"].encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        raise RuntimeError(prepared.get_error_message())

    def call(day: int, place: int) -> int:
        date, time = slot_of(day, place)
        result = pgconn.exec_prepared(b"raw", [str(date).encode(), str(time).encode()])
        state = result.error_field(DiagnosticField.SQLSTATE)
        if (state or b"").decode() != orders["sqlstate"]:
            raise RuntimeError(f"not as expected: {state!r} {result.get_error_message()}")
        return 1

    return call
