"""All that is called from Python. A caller books 2 bouquets in the slot that it is told, and says
how many bookings it made: 0 when the slot is full.
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg

import bookingdb
from bookingdb.bench.contestants.peers import PEERS, Peer

__all__ = ["CALLERS", "Caller", "has_room", "slot_of", "write"]

Caller = Callable[[int, int], int]
BATCH = 100
NAME, EMAIL = "Ada", "ada@example.org"
FULL = (bookingdb.MaximumBookingsReached, bookingdb.MaximumBouquetsReached)


def slot_of(day: int, place: int) -> tuple[dt.date, dt.time]:
    """Its date and time, in UTC as all of the bench."""
    start = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time(9))
    start += dt.timedelta(days=day, minutes=30 * place)
    return start.date(), start.time()


def as_psycopg(text: str) -> str:
    """A statement of pgbench, `:day`, as psycopg has it, `%(day)s`."""
    return re.sub(r"(?<!:):([a-z_]\w*)", r"%(\1)s", text).rstrip().rstrip(";")


def wrapper(conn: psycopg.Connection[Any], day: int, place: int) -> int:
    date, time = slot_of(day, place)
    try:
        bookingdb.create_booking(conn, date, time, 2, NAME, EMAIL)
    except FULL:
        return 0
    return 1


def statement(text: str, conn: psycopg.Connection[Any], day: int, place: int) -> int:
    """The same statement as the wrapper's, less the wrapper: tuples, no named arguments."""
    date, time = slot_of(day, place)
    try:
        conn.execute(text.encode(), [date, time, 2, NAME, EMAIL]).fetchone()
    except FULL:
        return 0
    return 1


def batch(conn: psycopg.Connection[Any], day: int, place: int) -> int:
    requests = []
    for n in range(BATCH):
        date, time = slot_of(day, (place + n) % 20)
        requests.append(
            {
                "date": date,
                "time": time,
                "bouquets": 2,
                "customer_name": NAME,
                "customer_email": EMAIL,
            }
        )
    return len(bookingdb.create_bookings(conn, requests))


def peer_call(peer: Peer, conn: psycopg.Connection[Any], day: int, place: int) -> int:
    """Read, judge, write, as peer_script() has pgbench do it."""
    while True:
        try:
            return _try_peer(peer, conn, day, place)
        except psycopg.errors.SerializationFailure:
            conn.execute("rollback")


def _try_peer(peer: Peer, conn: psycopg.Connection[Any], day: int, place: int) -> int:
    if peer.begin:
        conn.execute(peer.begin.encode())
    fits = has_room(peer, conn, day, place)
    if fits:
        write(peer, conn, day, place)
    if peer.begin:
        conn.execute("commit")
    return int(fits)


def has_room(peer: Peer, conn: psycopg.Connection[Any], day: int, place: int) -> bool:
    """What the peer reads, and what its client makes of it."""
    facts: dict[str, Any] = {}
    for text in peer.statements(peer.reads):
        cursor = conn.execute(as_psycopg(text).encode(), {"day": day, "place": place})
        names = [column.name for column in cursor.description or ()]
        facts |= dict(zip(names, cursor.fetchone() or (), strict=True))
    return not facts or (
        facts["booked_count"] < facts["max_bookings"]
        and facts["booked_bouquets"] + 2 <= facts["max_bouquets"]
    )


def write(peer: Peer, conn: psycopg.Connection[Any], day: int, place: int) -> None:
    """What the peer writes when there is room."""
    for text in peer.statements(peer.writes):
        conn.execute(as_psycopg(text).encode(), {"day": day, "place": place})


def _orm(conn: psycopg.Connection[Any]) -> Caller:
    from bookingdb.bench.contestants.orm import open_caller  # an extra, and slow to import

    return open_caller(conn)


BARE = "select * from bookingdb.create_booking_safe(%s, %s, %s, %s, %s)"
BARE_PROCEDURE = "call bookingdb.book_hot_slot(%s, %s, %s, %s, %s)"
CALLERS: dict[str, Callable[[psycopg.Connection[Any]], Caller]] = {
    "wrapper": lambda conn: partial(wrapper, conn),
    "bare psycopg": lambda conn: partial(statement, BARE, conn),
    "hot-slot procedure": lambda conn: partial(statement, BARE_PROCEDURE, conn),
    "batches of 100": lambda conn: partial(batch, conn),
    "SQLAlchemy": _orm,
    **{
        peer.name: lambda conn, peer=peer: partial(peer_call, peer, conn)  # type: ignore[misc]
        for peer in PEERS
        if peer.writes
    },
}
"""How to get a caller from a connection that is in autocommit mode."""
