"""Everything that must never be.

Made from the catalog by tools/generate.py.
"""

from typing import Any

from psycopg import Connection

from bookingdb._call import fetch_all
from bookingdb.models import IntegrityFinding

__all__ = ["check_integrity"]


def check_integrity(
    conn: Connection[Any],
) -> list[IntegrityFinding]:
    """Looks for everything that must never be: counters that differ from a recount, slots over
    their limits, bookings without slot, gaps in the audit log, guards that are switched off,
    webhooks that can never be sent, bindings to businesses that do not hold.
    Reads all; run it in the quiet. Returns the findings; no row means sound.
    """
    return fetch_all(conn, IntegrityFinding, "select * from bookingdb.check_integrity()", {})
