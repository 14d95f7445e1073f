"""Events a second, of a backlog that waits in the database, from the start to the last receipt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.webhooks.contestant import Contestant, Course, running
from benchmarks.webhooks.figures import Figure, Figures, spread
from benchmarks.webhooks.ours import Bookingdb, Floor
from benchmarks.webhooks.peer import Peer
from benchmarks.webhooks.processor import server_seconds
from benchmarks.webhooks.sink import Sink
from benchmarks.webhooks.stage import Stage

__all__ = ["throughput"]

PATIENCE = 600
FLOOR = Floor()
RELAYED = Bookingdb()
UNRELAYED = Bookingdb(name="bookingdb, and the relay")


@dataclass(frozen=True)
class Lap:
    """`rate`: events a second; processor milliseconds an event."""

    rate: float
    contestant: float
    server: float


def throughput(
    stage: Stage,
    sink: Sink,
    peers: Sequence[Peer],
    *,
    events: int,
    rounds: int,
    workers: Sequence[int],
) -> Figures:
    """Everyone posts the same payloads; who begins a round changes from round to round."""
    stage.make_backlog(events)
    payloads = stage.keep_payloads()
    contestants: list[Contestant] = [FLOOR, RELAYED, UNRELAYED, *peers]
    laps: dict[tuple[int, str], list[Lap]] = defaultdict(list)
    for number in range(rounds):
        for count in workers:
            first = number % len(contestants)
            for contestant in contestants[first:] + contestants[:first]:
                if contestant in (RELAYED, UNRELAYED):
                    stage.rewind(relayed=contestant == RELAYED)
                elif contestant in peers:
                    peers[peers.index(contestant)].load(stage.dsn, payloads)
                course = Course(stage.dsn, sink.url, count)
                laps[count, contestant.name].append(_lap(stage, sink, contestant, course, events))
    rows: list[dict[str, Figure]] = []
    for count in workers:
        floor = laps[count, FLOOR.name]
        for contestant in contestants:
            mine = laps[count, contestant.name]
            rows.append(
                {
                    "who": contestant.name,
                    "workers": count,
                    "events/s": spread(lap.rate for lap in mine),
                    "ratio to the floor": spread(
                        a.rate / b.rate for a, b in zip(mine, floor, strict=True)
                    ),
                    "its CPU, ms/event": spread(lap.contestant for lap in mine),
                    "server CPU, ms/event": spread(lap.server for lap in mine),
                }
            )
    return Figures("throughput", f"Throughput, {events:,} events", rows)


def _lap(stage: Stage, sink: Sink, contestant: Contestant, course: Course, events: int) -> Lap:
    stage.conn.execute("checkpoint")
    sink.expect(events)
    before = server_seconds(stage.postmaster)
    with running(contestant, course) as run:
        seconds = sink.wait(PATIENCE)[-1].at - run.started
    after = server_seconds(stage.postmaster)
    used = 0 if before is None or after is None else after - before
    return Lap(events / seconds, 1000 * run.cpu / events, 1000 * used / events)
