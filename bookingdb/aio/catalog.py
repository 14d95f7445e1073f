"""What bookingdb says of itself: its errors and legal moves.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import aread_all
from bookingdb.models import ErrorEntry, PaymentMove, StatusMove
from bookingdb.replicas import AnyAsyncConnection

__all__ = ["error_catalog", "payment_moves", "status_moves"]


async def error_catalog(
    conn: AnyAsyncConnection,
) -> list[ErrorEntry]:
    """Every error of bookingdb. Clients branch on the code; message and hint are for people.
    Classes that begin with Z do not belong to the SQL standard.
    """
    return await aread_all(conn, ErrorEntry, "select * from bookingdb.error_catalog()", {})


async def payment_moves(
    conn: AnyAsyncConnection,
) -> list[PaymentMove]:
    """The legal moves between payment statuses; from NULL are those a booking may begin in."""
    return await aread_all(conn, PaymentMove, "select * from bookingdb.payment_moves()", {})


async def status_moves(
    conn: AnyAsyncConnection,
) -> list[StatusMove]:
    """The legal moves between statuses; from NULL are those in which a booking may begin."""
    return await aread_all(conn, StatusMove, "select * from bookingdb.status_moves()", {})
