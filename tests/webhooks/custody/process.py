"""A dispatcher in a process of its own: DSN LEASE [EVENT NUMBER].

With an event of its log and a number it kills itself when that is logged for the so manieth time.
"""

import datetime as dt
import os
import signal
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

from bookingdb.dispatch import Dispatcher


class DieAt:
    """Kills this process by the most sudden death there is."""

    def __init__(self, event: str, number: int) -> None:
        self.event = event
        self.left = number
        self.lock = threading.Lock()

    def __call__(
        self, _: object, __: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if entry["event"] == self.event and entry.get("count") != 0:
            with self.lock:
                self.left -= 1
                if self.left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        return entry


def main(dsn: str, lease: str, event: str = "", number: str = "0") -> None:
    structlog.configure(
        processors=[
            DieAt(event, int(number)),
            structlog.processors.TimeStamper(fmt="%H:%M:%S.%f"),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    dispatcher = Dispatcher(
        dsn,
        workers=2,
        lease=dt.timedelta(seconds=float(lease)),
        poll=dt.timedelta(milliseconds=100),
        relay_limit=1,  # so that a pass has many steps, and claims come between them
        allow_private_network=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: dispatcher.stop())
    print("ready", flush=True)
    dispatcher.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
