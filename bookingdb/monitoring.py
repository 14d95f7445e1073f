"""Figures for monitoring.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import read_all
from bookingdb.models import Metric
from bookingdb.replicas import AnyConnection

__all__ = ["metrics"]


def metrics(
    conn: AnyConnection,
    *,
    business_limit: int = 0,
) -> list[Metric]:
    """All that monitoring wants to know, a row for each sample: name, kind (gauge or counter),
    labels, value, and what it counts. Cheap enough for every 15 seconds, however many bookings
    there are: what is recent is read from the end, what could be long is counted up to a limit.
    With `business_limit`, up to 1000, the oldest businesses get a label business_id, and all
    others together are "other". Writes nothing.
    Raises ZB012: `business_limit` not from 0 to 1000; 42501 for a login that is bound to
    businesses.
    """
    return read_all(
        conn,
        Metric,
        """select * from bookingdb.metrics(
          p_business_limit => %(business_limit)s::int
        )""",
        {"business_limit": business_limit},
    )
