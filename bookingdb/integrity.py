"""Everything that must never be.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import read_all
from bookingdb.models import IntegrityFinding, SecurityFinding
from bookingdb.replicas import AnyConnection

__all__ = ["check_integrity", "security_audit"]


def check_integrity(
    conn: AnyConnection,
) -> list[IntegrityFinding]:
    """Looks for everything that must never be: counters that differ from a recount, slots over
    their limits, bookings without slot, gaps in the audit log, guards that are switched off,
    webhooks that can never be sent, bindings to businesses that do not hold.
    Reads all; run it in the quiet. Returns the findings; no row means sound.
    """
    return read_all(conn, IntegrityFinding, "select * from bookingdb.check_integrity()", {})


def security_audit(
    conn: AnyConnection,
) -> list[SecurityFinding]:
    """Looks for everything that opens the database wider than it was shipped: privileges, owners,
    roles and logins, triggers and rules, row-level security, settings, the server, endpoints of
    webhooks. docs/security.md has each check. Reads catalogs and endpoints, no bookings.
    Returns the findings, the gravest first, each with the statement that puts it right, for a
    superuser or whoever owns the object to run; NULL where no one statement does. What is of
    severity info is no complaint. What only a superuser can read is told of as such.
    """
    return read_all(conn, SecurityFinding, "select * from bookingdb.security_audit()", {})
