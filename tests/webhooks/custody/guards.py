"""Guards to take out, each with what is seen then: the controls of the proof."""

from dataclasses import dataclass
from typing import Any

import psycopg

from tests.support import rewrite

__all__ = [
    "BY_ID",
    "BY_TIME",
    "CLAIM",
    "FLUSH",
    "NO_ORDER",
    "NO_PASS",
    "RESTORE",
    "RESTORED_IDS",
    "Guard",
]


@dataclass(frozen=True)
class Guard:
    """What of which functions goes, and what the verdict must find then."""

    name: str
    sees: str
    texts: tuple[tuple[str, str, str], ...]

    def take_out(self, conn: psycopg.Connection[Any]) -> None:
        for function, old, new in self.texts:
            rewrite(conn, function, old, new)


_IN_PROGRESS_THEN = "l.xid = any (array(select pg_snapshot_xip(p_cursor.seen)))"
_BEGUN_SINCE = "l.xid >= pg_snapshot_xmax(p_cursor.seen)"
_SINCE_THE_NEWEST = """l.created_at > (
  select coalesce(max(d.event_at), '-infinity') from bookingdb.webhook_deliveries d)"""

BY_ID = Guard(
    "a cursor on the highest transaction id seen",
    "lost",
    (("unseen_changes", _IN_PROGRESS_THEN, "false"),),
)
BY_TIME = Guard(
    "a cursor on the newest time seen",
    "lost",
    (
        ("unseen_changes", _IN_PROGRESS_THEN, "false"),
        ("unseen_changes", _BEGUN_SINCE, _SINCE_THE_NEWEST),
        ("is_behind", "(l.xid >= pg_snapshot_xmax(c.seen))", _SINCE_THE_NEWEST),
    ),
)
NO_ORDER = Guard(
    "no wait for earlier versions",
    "out of order",
    (("due_deliveries", "(NOT (EXISTS (", "(true OR (EXISTS ("),),
)
NO_PASS = Guard(
    "no wait for the end of a pass",
    "out of order",
    (("due_deliveries", "(d.relay_pass < (", "(d.relay_pass <= ("),),
)
CLAIM = Guard(
    "no fencing by claim",
    "overwritten",
    (
        (
            "record_attempt",
            "v_delivery.claim_id is distinct from p_claim_id or v_delivery.state <> 'pending'",
            "v_delivery.state <> 'pending'",
        ),
    ),
)
RESTORE = Guard(
    "no look at which server it is",
    "lost",
    (
        ("is_behind", "(c.system_identifier <> (", "(false AND c.system_identifier <> ("),
        (
            "relay_events",
            "if v_cursor.system_identifier",
            "if false and v_cursor.system_identifier",
        ),
    ),
)
FLUSH = Guard(
    "claims that a crash may undo",
    "never committed",
    (
        (
            "claim_deliveries",
            "current_setting('synchronous_commit') = 'off'",
            "false",
        ),
    ),
)
RESTORED_IDS = Guard(
    "ids of another server taken for new ones",
    "sent again",
    (
        (
            "unseen_changes",
            "l.created_at > least(p_cursor.restored_until, p_cursor.settled_before)",
            "true",
        ),
    ),
)
