"""Where an alarm can be heard. Each says what it heard, or None as long as it is silent."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import psycopg

from bookingdb import check_integrity, health, watch_overbooking
from bookingdb.demo.receiver import Mailbox
from bookingdb.drill.scene import BUSINESS

__all__ = ["Channels"]

METRIC = """
select m.value from bookingdb.metrics() m
 where m.name = 'bookingdb_health_severity' and m.labels ->> 'check' = 'overbooked'
"""


@dataclass(frozen=True)
class Channels:
    """`conn` asks, `listener` listens, the mailbox gets webhooks."""

    dsn: str
    conn: psycopg.Connection[Any]
    listener: psycopg.Connection[Any]
    mailbox: Mailbox

    def watch(self) -> str | None:
        """The watch itself, which raises the alarm where the worker has not."""
        count = watch_overbooking(self.conn)
        alarm = self._alarm()
        return f"{count} overbooked: {alarm['detail']}" if alarm else None

    def notification(self) -> str | None:
        for heard in self.listener.notifies(timeout=0):
            alarm = self._alarm()
            if alarm and json.loads(heard.payload)["alarm_id"] == str(alarm["alarm_id"]):
                return heard.payload
        return None

    def webhook(self, event: str = "alarm.raised") -> str | None:
        """What arrived at the receiver, with a genuine signature."""
        for one in self.mailbox.accepted:
            if one["type"] == event and one["data"]["business_id"] == str(BUSINESS):
                return f"{event} with a genuine signature: {one['data']['alarm']['detail']}"
        return None

    def cleared(self) -> str | None:
        """The webhook that tells that it is over."""
        watch_overbooking(self.conn)
        return self.webhook("alarm.cleared")

    def health(self) -> str | None:
        return _overbooked(health(self.conn))

    def exit_code(self) -> str | None:
        """That of `bookingdb health`."""
        command = [sys.executable, "-m", "bookingdb.cli", "health", "--json"]
        env = {**os.environ, "BOOKINGDB_DSN": self.dsn}
        ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if ran.returncode != 2 or not ran.stdout or _overbooked(json.loads(ran.stdout)) is None:
            return None
        return "exit code 2"

    def integrity(self) -> str | None:
        for finding in check_integrity(self.conn):
            if finding.object.startswith(str(BUSINESS)):
                return f"{finding.check_name}: {finding.detail}"
        return None

    def metrics(self) -> str | None:
        (row,) = self.conn.execute(METRIC).fetchall()
        return 'bookingdb_health_severity{check="overbooked"} 2' if row == (2,) else None

    def _alarm(self) -> dict[str, Any] | None:
        query = "select to_jsonb(a) from bookingdb.alarms a where business_id = %s"
        row = self.conn.execute(query, [BUSINESS]).fetchone()
        return row and dict(row[0])


def _overbooked(document: dict[str, Any]) -> str | None:
    (check,) = (one for one in document["checks"] if one["name"] == "overbooked")
    return f"critical: {check['message']}" if check["severity"] == "critical" else None
