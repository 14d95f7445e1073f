"""The order of events of a drill."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import psycopg

from bookingdb.demo.receiver import Mailbox, listening
from bookingdb.drill.channels import Channels
from bookingdb.drill.dispatching import dispatching
from bookingdb.drill.scene import overbook, put_right, scene

__all__ = ["Report", "run_drill"]

PATIENCE = 15.0
"""Seconds after which a channel that has said nothing is called silent."""
PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one channel."""

    channel: str
    after: float | None
    """Seconds from the overbooking, for the last channel from its end; None: it was silent."""
    said: str | None


def run_drill(dsn: str, *, patience: float = PATIENCE) -> list[Report]:
    """Overbook a slot, listen to each channel until it has told of it, and put all right again.

    Raises CommandError unless the login is a superuser.
    """
    mailbox = Mailbox(failures=0)
    with (
        closing(psycopg.connect(dsn, autocommit=True)) as conn,
        closing(psycopg.connect(dsn, autocommit=True)) as listener,
        listening(mailbox) as url,
        scene(conn, url) as mailbox.secret,
        dispatching(dsn),
    ):
        channels = Channels(dsn, conn, listener, mailbox)
        listener.execute("listen bookingdb_alarm")
        overbook(conn)
        began = time.monotonic()
        quick = {
            "watch_overbooking()": channels.watch,
            "NOTIFY bookingdb_alarm": channels.notification,
            "webhook alarm.raised": channels.webhook,
            "health()": channels.health,
            "metrics()": channels.metrics,
        }
        slow = {
            "bookingdb health": channels.exit_code,
            "check_integrity()": channels.integrity,
        }
        reports = _listen(quick, began, patience) + _listen(slow, began, patience)
        put_right(conn)
        over = {"webhook alarm.cleared": channels.cleared}
        return reports + _listen(over, time.monotonic(), patience)


def _listen(
    channels: Mapping[str, Callable[[], str | None]], began: float, patience: float
) -> list[Report]:
    """Ask them all again and again until each has said something."""
    until = time.monotonic() + patience
    heard: dict[str, Report] = {}
    while len(heard) < len(channels) and time.monotonic() < until:
        for name, ask in channels.items():
            if name not in heard and (said := ask()):
                heard[name] = Report(name, round(time.monotonic() - began, 3), said)
        time.sleep(PAUSE)
    return [heard.get(name, Report(name, None, None)) for name in channels]
