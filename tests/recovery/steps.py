"""What the tests of the recovery share: who acts, what was logged, damage that no guard sees."""

from typing import Any

import psycopg

from bookingdb import Actor, ActorKind
from tests.support import scalar

__all__ = ["ON_CALL", "damage", "logged", "state_of"]

Connection = psycopg.Connection[Any]

ON_CALL = Actor(ActorKind.ADMIN, "on-call", reason="alarm at three")
LOGGED = """
select new_values from bookingdb.settings_audit_log
 where table_name = %s and performed_by_id = 'on-call' and reason = 'alarm at three'
 order by created_at
"""


def damage(conn: Connection, statement: str, arguments: Any = None) -> None:
    """Change rows past all triggers, as a superuser can."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute(statement.encode(), arguments)


def logged(conn: Connection, table: str) -> list[dict[str, Any]]:
    """What the log of settings says that the one on call made of rows."""
    return [row for (row,) in conn.execute(LOGGED, [table])]


def state_of(conn: Connection, *tables: str) -> list[Any]:
    """All rows of some tables, to be compared later."""
    query = "select jsonb_agg(to_jsonb(t) order by t::text) from bookingdb.{} t"
    return [scalar(conn, query.format(table)) for table in (*tables, "settings_audit_log")]
