"""Whether all is well.

Made from the catalog by tools/generate.py.
"""

from typing import Any

from bookingdb._call import fetch_one, read_all, read_one
from bookingdb.models import HealthCheck
from bookingdb.replicas import AnyConnection

__all__ = ["health", "health_checks", "run_integrity_check", "watch_overbooking"]


def health(
    conn: AnyConnection,
) -> dict[str, Any]:
    """health_checks() as one document: {"status", "checked_at", "checks": [...]}, where the status
    is that of the gravest check.
    """
    return read_one(conn, dict[str, Any], "select x from bookingdb.health() as x", {})


def health_checks(
    conn: AnyConnection,
) -> list[HealthCheck]:
    """Looks whether all is well: each check with its figure, how grave that is, and what to do.
    All are listed, those that are well too. Cheap enough to be called every ten seconds,
    however many bookings there are: what has to read them all is read from integrity_runs.
    Writes nothing, so that it answers on a standby too. Raises nothing but 42501 for a login
    that is bound to businesses: a check that fails says so in its row.
    """
    return read_all(conn, HealthCheck, "select * from bookingdb.health_checks()", {})


def run_integrity_check(
    conn: AnyConnection,
) -> int:
    """Runs check_integrity() and keeps what it found in integrity_runs, for health() to read; what
    is older than 90 days goes. It reads everything: run it when it is quiet.
    Returns the number of findings. Raises 42501 for a login that is bound to businesses.
    """
    return fetch_one(conn, int, "select x from bookingdb.run_integrity_check() as x", {})


def watch_overbooking(
    conn: AnyConnection,
) -> int:
    """Recounts the slots that are not over, and raises an alarm for each that is overbooked: a row
    of alarms, a NOTIFY to the channel bookingdb_alarm, the event alarm.raised to the webhooks
    of the business. Once an incident; when it is over, alarm.cleared tells. The constraints
    exclude overbooking as long as nobody gets round them: this looks whether anybody has. Call
    it every few seconds; as long as there is nothing to tell, it reads only. Locks: the alarms
    that it raises or clears, and endpoints of their businesses. Returns how many slots are
    overbooked. Raises 42501 for a login that is bound to businesses.
    """
    return fetch_one(conn, int, "select x from bookingdb.watch_overbooking() as x", {})
