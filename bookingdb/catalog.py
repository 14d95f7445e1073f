"""What bookingdb says of itself: its errors and legal moves.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import read_all
from bookingdb.models import ErrorEntry, PaymentMove, StatusMove
from bookingdb.replicas import AnyConnection

__all__ = ["error_catalog", "payment_moves", "status_moves"]


def error_catalog(
    conn: AnyConnection,
) -> list[ErrorEntry]:
    """Every error of bookingdb. Clients branch on the code; message and hint are for people.
    Classes that begin with Z do not belong to the SQL standard.
    """
    return read_all(conn, ErrorEntry, "select * from bookingdb.error_catalog()", {})


def payment_moves(
    conn: AnyConnection,
) -> list[PaymentMove]:
    """The legal moves between payment statuses; from NULL are those a booking may begin in."""
    return read_all(conn, PaymentMove, "select * from bookingdb.payment_moves()", {})


def status_moves(
    conn: AnyConnection,
) -> list[StatusMove]:
    """The legal moves between statuses; from NULL are those in which a booking may begin."""
    return read_all(conn, StatusMove, "select * from bookingdb.status_moves()", {})
