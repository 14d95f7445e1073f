"""What a dispatcher costs that has nothing to do."""

import time
from dataclasses import dataclass

from benchmarks.webhooks.contestant import Course, running
from benchmarks.webhooks.figures import Figure, Figures
from benchmarks.webhooks.ours import Bookingdb
from benchmarks.webhooks.processor import server_seconds
from benchmarks.webhooks.sink import Sink
from benchmarks.webhooks.stage import Stage

__all__ = ["idle"]

POLL = 1.0


@dataclass(frozen=True)
class Cost:
    """What a dispatcher has used until it ended."""

    commits: int
    server: float
    dispatcher: float


def idle(stage: Stage, sink: Sink, *, seconds: float) -> Figures:
    """A short run and a long one: the difference is what time alone costs."""
    stage.skip()
    stage.conn.execute("alter system set autovacuum = off")
    stage.conn.execute("select pg_reload_conf()")
    rows: list[dict[str, Figure]] = []
    for name, listen in (("listens", True), ("does not", False)):
        dispatcher = Bookingdb(listen=listen, poll=POLL)
        short, long = (_cost(stage, sink, dispatcher, s) for s in (2 * POLL, 2 * POLL + seconds))
        rows.append(
            {
                "dispatcher": name,
                "statements a poll": round((long.commits - short.commits) * POLL / seconds, 1),
                "its CPU, ms a minute": round(
                    60_000 * (long.dispatcher - short.dispatcher) / seconds
                ),
                "server CPU, ms a minute": round(60_000 * (long.server - short.server) / seconds),
            }
        )
    stage.conn.execute("alter system reset autovacuum")
    stage.conn.execute("select pg_reload_conf()")
    return Figures("idle", f"Idle for {seconds:g} s, polling each second", rows)


def _cost(stage: Stage, sink: Sink, dispatcher: Bookingdb, seconds: float) -> Cost:
    commits, server = stage.commits(), server_seconds(stage.postmaster) or 0
    with running(dispatcher, Course(stage.dsn, sink.url, 8)) as run:
        time.sleep(seconds)
    used = (server_seconds(stage.postmaster) or 0) - server
    return Cost(stage.commits() - commits, used, run.cpu)
