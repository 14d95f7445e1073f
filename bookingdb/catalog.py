"""What bookingdb says of itself: its errors and legal moves.

Made from the catalog by tools/generate.py.
"""

from typing import Any

from psycopg import Connection

from bookingdb._call import fetch_all
from bookingdb.models import ErrorEntry, PaymentMove, StatusMove

__all__ = ["error_catalog", "payment_moves", "status_moves"]


def error_catalog(
    conn: Connection[Any],
) -> list[ErrorEntry]:
    """Every error of bookingdb. Clients branch on the code; message and hint are for people.
    Classes that begin with Z do not belong to the SQL standard.
    """
    return fetch_all(conn, ErrorEntry, "select * from bookingdb.error_catalog()", {})


def payment_moves(
    conn: Connection[Any],
) -> list[PaymentMove]:
    """The legal moves between payment statuses; from NULL are those a booking may begin in."""
    return fetch_all(conn, PaymentMove, "select * from bookingdb.payment_moves()", {})


def status_moves(
    conn: Connection[Any],
) -> list[StatusMove]:
    """The legal moves between statuses; from NULL are those in which a booking may begin."""
    return fetch_all(conn, StatusMove, "select * from bookingdb.status_moves()", {})
