"""Reading from replicas, and caching what was read.

Made from the catalog by tools/generate.py.
"""

import datetime as dt

from bookingdb._call import fetch_one
from bookingdb.models import ReplicaLag
from bookingdb.replicas import AnyConnection

__all__ = ["has_replayed", "replica_lag", "watch_availability", "write_token"]


def has_replayed(
    conn: AnyConnection,
    token: str,
    *,
    max_lag: dt.timedelta | None = None,
) -> bool:
    """Whether the next statement sees what a token of write_token() stands for, and nothing that is
    older than `max_lag`. A primary does. The next: a statement, or a transaction of REPEATABLE
    READ, that has begun by now may see less.
    '0/0' is a token that stands for nothing. NULL for `max_lag`: of any age.
    Raises ZB012 for a token that is NULL.
    """
    return fetch_one(
        conn,
        bool,
        """select x from bookingdb.has_replayed(
          p_token => %(token)s,
          p_max_lag => %(max_lag)s
        ) as x""",
        {"token": token, "max_lag": max_lag},
    )


def replica_lag(
    conn: AnyConnection,
) -> ReplicaLag:
    """How far this server is behind its primary at most. While nobody commits, lag grows with time,
    unless bookingdb_owner is a member of pg_read_all_stats (docs/replicas.md).
    Returns lag, by the clocks of both servers, NULL when it cannot be told; bytes that were
    received and are not replayed, NULL when nothing is received by streaming. On a primary both
    are 0.
    """
    return fetch_one(conn, ReplicaLag, "select * from bookingdb.replica_lag()", {})


def watch_availability(
    conn: AnyConnection,
    watching: bool,
) -> None:
    """Says that the calling session, which listens to the channel bookingdb_availability, wants to
    be told from now on which dates have changed, or that it does so no more. It holds until the
    session ends: not for transaction poolers, nor where max_prepared_transactions is not 0.
    While any session watches, each change of a booking or a schedule costs a NOTIFY.
    """
    fetch_one(
        conn,
        type(None),
        """select x from bookingdb.watch_availability(
          p_watching => %(watching)s
        ) as x""",
        {"watching": watching},
    )


def write_token(
    conn: AnyConnection,
) -> str:
    """A token that stands for all that is committed on this primary: a replica on which
    has_replayed() says so shows it. Take it after the COMMIT: what this transaction has written
    becomes visible by a record that is yet to come, so a token from within would promise too
    much.
    It is a position in the log as inserted, not as flushed: a commit that did not wait for the
    disk is before it, too.
    Raises active_sql_transaction (25001) in a transaction that has written, and what PostgreSQL
    raises on a standby (55000).
    """
    return fetch_one(conn, str, "select x from bookingdb.write_token() as x", {})
