"""How many changes a second relay_events() queues, for one endpoint."""

import time
from collections import defaultdict

from benchmarks.webhooks.figures import Figures, spread
from benchmarks.webhooks.stage import Stage

__all__ = ["relay"]

LIMITS = (1000, 10_000)


def relay(stage: Stage, *, changes: int, rounds: int) -> Figures:
    """The same backlog again and again, by one connection."""
    stage.make_backlog(changes)
    rates = defaultdict(list)
    for _ in range(rounds):
        for limit in LIMITS:
            stage.rewind(relayed=False)
            stage.conn.execute("checkpoint")
            begin = time.monotonic()
            count = stage.relay(limit)
            rates[limit].append(count / (time.monotonic() - begin))
    stage.skip()
    return Figures(
        "relay",
        f"Relay alone, a backlog of {changes:,} changes, one endpoint",
        [{"limit": limit, "changes/s": spread(runs)} for limit, runs in rates.items()],
    )
