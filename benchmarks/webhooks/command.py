"""How fast webhooks are sent, next to a bare floor and two job queues; what that costs.

  throughput  events a second delivered from a backlog, with N workers. The floor is as many
              threads that post the same bytes with requests, and nothing else.
  latency     from the COMMIT of a booking to the receipt, with a dispatcher woken by NOTIFY and
              with one that polls each second.
  relay       changes a second that relay_events() queues.
  idle        statements a poll and CPU time a minute when there is nothing to do.
  bloat       sizes of tables and indexes after many deliveries and VACUUM, against the smallest.
  waking      what NOTIFY costs those who make bookings.

All is measured in turns, round by round, in one run, on one PostgreSQL with fsync and
synchronous_commit on; a ratio compares two runs of one round. Shown are median, least and most.
The peers need `pip install 'bookingdb[peers]'`.
"""

import argparse
import json
import platform
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from rich.console import Console

from benchmarks.webhooks.bloat import bloat
from benchmarks.webhooks.figures import Figures
from benchmarks.webhooks.idle import idle
from benchmarks.webhooks.latency import latency
from benchmarks.webhooks.peer import Peer
from benchmarks.webhooks.relay import relay
from benchmarks.webhooks.sink import Sink, open_sink
from benchmarks.webhooks.stage import Stage
from benchmarks.webhooks.throughput import throughput
from benchmarks.webhooks.waking import waking
from bookingdb.bench.bench import Bench, open_bench

__all__ = ["add_options", "run"]

PEERS = {"procrastinate": "procrastinating.Procrastinate", "pgqueuer": "queueing.Pgqueuer"}
PARTS = ("throughput", "latency", "relay", "idle", "bloat", "waking")


def add_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    option("--rounds", type=int, default=5, help="(default: 5)")
    option("--workers", type=int, nargs="+", default=[1, 8, 32], metavar="N", help="(1 8 32)")
    option("--events", type=int, default=5000, help="of the throughput (default: 5000)")
    option("--rate", type=float, default=30, help="bookings a second, latency (default: 30)")
    option("--seconds", type=float, default=5, help="length of a run (default: 5)")
    option("--changes", type=int, default=50_000, help="of the relay (default: 50000)")
    option("--idle-seconds", type=float, default=30, help="(default: 30)")
    option("--deliveries", type=int, default=100_000, help="of the bloat (default: 100000)")
    option("--peers", nargs="*", choices=PEERS, default=list(PEERS), help="(default: all)")
    option("--folder", default="/var/tmp", help="where the server is (default: %(default)s)")
    option("--markdown", action="store_true", help="print Markdown, not tables")
    option("--json", type=Path, metavar="FILE", help="write the figures there")


def run(options: argparse.Namespace) -> None:
    chosen = options.parts or PARTS
    if unknown := set(chosen) - set(PARTS):
        raise SystemExit(f"There is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}.")
    log, out = Console(stderr=True), Console()
    results: list[Figures] = []
    with open_bench(options.folder) as bench, open_sink() as sink:
        with bench.connect() as conn:
            version = conn.info.server_version // 10000
        parts = _parts(bench, sink, options)
        for name in PARTS:
            if name not in chosen:
                continue
            with log.status(f"Measuring: {name}"):
                figures = parts[name]()
            if options.markdown:
                print(figures.markdown())
            else:
                out.print(figures.table())
            results.append(figures)
    if options.json:
        facts = {
            "postgresql": version,
            "machine": platform.machine(),
            "results": [figures.facts() for figures in results],
        }
        options.json.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _parts(
    bench: Bench, sink: Sink, options: argparse.Namespace
) -> dict[str, Callable[[], Figures]]:
    peers = [_peer(name) for name in options.peers]
    for peer in peers:
        peer.install(bench.dsn)
    stage = Stage(bench, sink.url)
    rounds, seconds = options.rounds, options.seconds
    return {
        "throughput": lambda: throughput(
            stage, sink, peers, events=options.events, rounds=rounds, workers=options.workers
        ),
        "latency": lambda: latency(
            stage, sink, peers, rate=options.rate, seconds=seconds, rounds=rounds
        ),
        "relay": lambda: relay(stage, changes=options.changes, rounds=rounds),
        "idle": lambda: idle(stage, sink, seconds=options.idle_seconds),
        "bloat": lambda: bloat(stage, deliveries=options.deliveries),
        "waking": lambda: waking(bench, stage, seconds=seconds, rounds=rounds),
    }


def _peer(name: str) -> Peer:
    module, _, made = PEERS[name].partition(".")
    try:
        peer: Peer = getattr(import_module(f"benchmarks.webhooks.{module}"), made)()
    except ModuleNotFoundError as error:
        raise SystemExit(
            f"{error}. Run `pip install 'bookingdb[peers]'`, or say `--peers` alone for none."
        ) from None
    return peer
