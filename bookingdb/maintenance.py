"""What has to be done regularly.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import fetch_all
from bookingdb.models import MaintenanceStep, MaintenanceTask
from bookingdb.replicas import AnyConnection

__all__ = ["maintain"]


def maintain(
    conn: AnyConnection,
    *,
    tasks: list[MaintenanceTask] | None = None,
    force: bool = False,
) -> list[MaintenanceStep]:
    """Does what has to be done regularly and is due: looks for what must never be, seals the audit
    log, makes slots up to the horizon, expires holds, makes partitions of the log, lets go of
    what policies do not keep. Call it each minute, from wherever you like, and from several
    places: of two calls at once the second passes over what the first is at. With `tasks` only
    those; with `force` also what is not due yet.  A call is a transaction: what it locks it
    holds to its end. So call it task by task, as `bookingdb worker` does, or each task with its
    own job. Locks: as the functions that it calls. It waits for none longer than a second
    (create_audit_partitions(): 5), then reports it. Returns a row for each task that it did, and
    more for the businesses in which there was something to do: how much, and what went wrong:
    NULL means nothing. What went wrong in one business or one task is undone, and the others go
    on; it is tried again after 5 minutes at the latest. Raises ZB012 for a `force` that is NULL;
    42501 for a login that is bound to businesses.
    """
    return fetch_all(
        conn,
        MaintenanceStep,
        """select * from bookingdb.maintain(
          p_tasks => %(tasks)s,
          p_force => %(force)s
        )""",
        {"tasks": tasks, "force": force},
    )
