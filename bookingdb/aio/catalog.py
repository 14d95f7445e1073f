"""What bookingdb says of itself: its errors and legal moves.

Made from the catalog by tools/generate.py.
"""

from uuid import UUID

from bookingdb._call import afetch_one, aread_all, aread_one
from bookingdb.models import ErrorEntry, PaymentMove, StatusMove
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "error_catalog",
    "is_test_business",
    "new_test_business_id",
    "payment_moves",
    "status_moves",
]


async def error_catalog(
    conn: AnyAsyncConnection,
) -> list[ErrorEntry]:
    """Every error of bookingdb. Clients branch on the code; message and hint are for people.
    Classes that begin with Z do not belong to the SQL standard.
    """
    return await aread_all(conn, ErrorEntry, "select * from bookingdb.error_catalog()", {})


async def is_test_business(
    conn: AnyAsyncConnection,
    business_id: UUID,
) -> bool:
    """True for the id of a test business, as new_test_business_id() makes them: the one kind that
    can be removed, with its audit log. Every row of a business has its id in its key, and those
    of the audit logs and seals never change: what was written for a real business stays so.
    """
    return await aread_one(
        conn,
        bool,
        """select x from bookingdb.is_test_business(
          p_business_id => %(business_id)s
        ) as x""",
        {"business_id": business_id},
    )


async def new_test_business_id(
    conn: AnyAsyncConnection,
) -> UUID:
    """A new id for create_business() that makes a test business of it: for load tests and drills
    on a server with real ones. It works as any other does, until remove_test_business() takes it
    away with all that it had.
    """
    return await afetch_one(conn, UUID, "select x from bookingdb.new_test_business_id() as x", {})


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
