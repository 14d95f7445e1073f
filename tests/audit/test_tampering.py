"""Whatever is done to the audit log is found and named; what is sound raises no alarm."""

import os
import random
from collections import defaultdict
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from tests.audit.history import DAMAGES, LOG, as_superuser, write_history
from tests.support import Database, scalar

BOOKINGS = 1100
SOUND = int(os.environ.get("BOOKINGDB_SOUND_ROWS", "5000"))


def named(conn: psycopg.Connection[Any]) -> dict[UUID | None, set[tuple[str, int | None]]]:
    """What verify_audit() finds, by booking."""
    found = defaultdict(set)
    for finding in bookingdb.verify_audit(conn):
        found[finding.booking_id].add((str(finding.damage), finding.booking_version))
    return dict(found)


def damage_all(conn: psycopg.Connection[Any]) -> dict[UUID | None, set[tuple[str, int | None]]]:
    """Each kind of damage to random bookings of its own; what must be named."""
    rows = conn.execute("select booking_id from bookingdb.bookings order by 1").fetchall()
    bookings = [booking_id for (booking_id,) in rows]
    random.Random(7).shuffle(bookings)
    expected: dict[UUID | None, set[tuple[str, int | None]]] = {}
    count = len(bookings) // (len(DAMAGES) + 1)
    for name, (damage, statement) in DAMAGES.items():
        victims = [bookings.pop() for _ in range(count)]
        assert as_superuser(conn, statement, victims) >= count, name
        expected |= dict.fromkeys(victims, damage)
    assert len(expected) > 900
    return expected


@pytest.mark.long
def test_each_damage_to_a_thousand_random_rows_is_named(database: Database) -> None:
    """All kinds at once; the bookings beside them, and the log as it was, raise no alarm."""
    with database.connect() as conn:
        write_history(conn, BOOKINGS)
        assert bookingdb.verify_audit(conn) == []
        with conn.transaction(force_rollback=True):
            expected = damage_all(conn)
            assert named(conn) == expected
        assert sum(seal.row_count for seal in bookingdb.seal_audit(conn)) == 4 * BOOKINGS
        assert bookingdb.verify_audit(conn) == []
        assert damage_all(conn) == expected
        found = named(conn)
        assert found.pop(None)  # rows that a seal covers and that are gone: their ids
        assert {key: found[key] & expected[key] for key in found} == expected


def test_sound_rows_raise_no_alarm(database: Database) -> None:
    """Written by the triggers, for whoever writes; BOOKINGDB_SOUND_ROWS for more of them."""
    with database.connect() as conn:
        write_history(conn, 100)
        while scalar(conn, f"select count(*) from {LOG}") < SOUND:
            conn.execute("update bookingdb.bookings set notes = version::text")
            bookingdb.seal_audit(conn)
        assert bookingdb.verify_audit(conn) == []
