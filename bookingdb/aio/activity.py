"""What goes on just now.

Made from the catalog by tools/generate.py.
"""

import datetime as dt

from bookingdb._call import aread_all
from bookingdb.models import ChangeRate, WaitingSession
from bookingdb.replicas import AnyAsyncConnection

__all__ = ["current_changes", "waiting_sessions"]


async def current_changes(
    conn: AnyAsyncConnection,
    *,
    window: dt.timedelta = dt.timedelta(seconds=10),
) -> list[ChangeRate]:
    """How many bookings a second were made, cancelled and so on within `window` until now, the last
    100000 changes at the most. A login that is bound to businesses is told of theirs. Writes
    nothing. Returns every kind of change. Raises ZB012 for a `window` that is not from a second
    to an hour.
    """
    return await aread_all(
        conn,
        ChangeRate,
        """select * from bookingdb.current_changes(
          p_window => %(window)s
        )""",
        {"window": window},
    )


async def waiting_sessions(
    conn: AnyAsyncConnection,
) -> list[WaitingSession]:
    """Who waits for a lock while using tables of bookingdb, for how long, for what, and behind
    whom, the longest first. It runs as its caller, to whom PostgreSQL shows the statements of
    other logins only as a member of pg_read_all_stats: else they are NULL. Locks nothing.
    """
    return await aread_all(conn, WaitingSession, "select * from bookingdb.waiting_sessions()", {})
