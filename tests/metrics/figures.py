"""What metrics() says, to be compared with what happened."""

from typing import Any

import psycopg

import bookingdb

__all__ = ["figure", "figures"]

Key = tuple[str, frozenset[tuple[str, str]]]


def figures(conn: psycopg.Connection[Any], **arguments: int) -> dict[Key, float]:
    """Each sample under its name, less the prefix, and its labels."""
    found = {}
    for m in bookingdb.metrics(conn, **arguments):
        assert m.kind in ("gauge", "counter"), f"{m.name} is not in metric_catalog()"
        key = m.name.removeprefix("bookingdb_"), frozenset(m.labels.items())
        assert key not in found
        found[key] = m.value
    return found


def figure(conn: psycopg.Connection[Any], name: str, **labels: Any) -> float | None:
    """One sample; None when it is not there."""
    key = name, frozenset((label, str(value)) for label, value in labels.items())
    return figures(conn).get(key)
