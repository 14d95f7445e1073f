"""From the COMMIT of a booking, as its client sees it, to the receipt of the webhook."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from statistics import quantiles

from benchmarks.webhooks.contestant import Contestant, Course, running
from benchmarks.webhooks.figures import Figures, spread
from benchmarks.webhooks.ours import Bookingdb
from benchmarks.webhooks.peer import Peer
from benchmarks.webhooks.sink import Sink
from benchmarks.webhooks.stage import Stage
from bookingdb.bench.targets import DAYS

__all__ = ["latency"]

PATIENCE = 60
SETTLE = 1.0
WORKERS = 8
BOOK = f"""
select booking_id from bookingdb.create_booking_safe(
  current_date + 1 + (random() * {DAYS - 2})::int, '09:00', 2, 'Ada', 'ada@example.org')
"""


def latency(
    stage: Stage, sink: Sink, peers: Sequence[Peer], *, rate: float, seconds: float, rounds: int
) -> Figures:
    """Bookings at a steady rate. For a peer its job is put into the queue in the transaction of
    the booking: what bookingdb does by itself, and what such queues are chosen for."""
    contestants: list[Contestant] = [
        Bookingdb(name="bookingdb, woken"),
        Bookingdb(name="bookingdb, polls each second", listen=False),
        *peers,
    ]
    waits: dict[str, list[list[float]]] = defaultdict(list)
    for _ in range(rounds):
        for contestant in contestants:
            stage.skip()
            peer = peers[peers.index(contestant)] if contestant in peers else None
            if peer:
                peer.load(stage.dsn, [])
            with running(contestant, Course(stage.dsn, sink.url, WORKERS)):
                time.sleep(SETTLE)
                waits[contestant.name].append(_wait(stage, sink, peer, rate, round(rate * seconds)))
    return Figures(
        "latency",
        f"Latency, ms from COMMIT to receipt, {rate:g} bookings a second, {WORKERS} workers",
        [
            {
                "who": name,
                "bookings a round": len(runs[0]),
                "p50": spread(quantiles(run, n=100)[49] for run in runs),
                "p99": spread(quantiles(run, n=100, method="inclusive")[98] for run in runs),
            }
            for name, runs in waits.items()
        ],
    )


def _wait(stage: Stage, sink: Sink, peer: Peer | None, rate: float, count: int) -> list[float]:
    """Milliseconds, of each booking."""
    sink.expect(count)
    committed = {}
    begin = time.monotonic()
    for number in range(count):
        time.sleep(max(begin + number / rate - time.monotonic(), 0))
        with stage.conn.transaction():
            ((booking_id,),) = stage.conn.execute(BOOK.encode()).fetchall()
            if peer:
                peer.enqueue(stage.conn, stage.payload_of(stage.conn, booking_id))
        committed[str(booking_id)] = time.monotonic()
    return [
        1000 * (receipt.at - committed[json.loads(receipt.body)["data"]["booking"]["booking_id"]])
        for receipt in sink.wait(PATIENCE)
    ]
