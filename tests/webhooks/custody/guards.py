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
    "RUNNING",
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


_SINCE_THE_NEWEST = """l.created_at > (
  select coalesce(max(d.event_at), '-infinity') from bookingdb.webhook_deliveries d)"""
_FORGET_THE_RUNNING = ("changes_running_then", "WHERE ((running.", "WHERE (false AND (running.")

BY_ID = Guard("a cursor on the highest transaction id seen", "lost", (_FORGET_THE_RUNNING,))
BY_TIME = Guard(
    "a cursor on the newest time seen",
    "lost",
    (
        _FORGET_THE_RUNNING,
        (
            "changes_begun_since",
            "(l.xid >= pg_snapshot_xmax((changes_begun_since.p_cursor).seen))",
            _SINCE_THE_NEWEST,
        ),
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
            "v_delivery.claim_id = p_claim_id is not true or",
            "",
        ),
    ),
)
RESTORE = Guard(
    "no look at which server it is",
    "lost",
    (
        ("is_behind", "or v_cursor.system_identifier", "or false and v_cursor.system_identifier"),
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
    (("changes_begun_since", "(NOT ((l.created_at < ", "(NOT (false AND (l.created_at < "),),
)
RUNNING = Guard(
    "what runs at the restore taken for what came with it",
    "lost",
    (
        ("relay_restored", "= now()", "= clock_timestamp()"),
        ("relay_restored", "= pg_current_xact_id()", "= pg_snapshot_xmax(v_seen)"),
    ),
)
