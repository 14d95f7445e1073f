"""The result of a load test, for people and for machines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Group
from rich.text import Text

from bookingdb.bench.figures import number
from bookingdb.cli.output import grid
from bookingdb.loadtest.plan import OPERATIONS, Plan
from bookingdb.loadtest.tally import ACCEPTED, UNSENT, Latency, Tally, together
from bookingdb.loadtest.verdict import Verdict

__all__ = ["Report"]

PERCENTILES = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
SHOWN = 20  # findings
LATE = 0.5
"""When the queue has more than this share of the latency (p99), the figures tell of the clients."""


@dataclass(frozen=True)
class Report:
    """What was done, what came of it, and whether all was right."""

    plan: Plan
    timeline: Sequence[Tally]
    """Second by second."""
    verdict: Verdict

    @cached_property
    def whole(self) -> Tally:
        """All seconds together."""
        return together(self.timeline)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.verdict.findings

    def json(self) -> dict[str, Any]:
        """For machines."""
        plan, whole = self.plan, self.whole
        calls = whole.outcomes.total()
        return {
            "sound": self.is_sound,
            "findings": self.verdict.findings,
            "profile": plan.profile,
            "seconds": plan.seconds,
            "rate": plan.rate,
            "clients": plan.clients,
            "processes": plan.processes,
            "mix": dict(plan.mix),
            "slots": plan.slots,
            "places": plan.places,
            "calls": calls,
            "unsent": sum(n for (_, outcome), n in whole.outcomes.items() if outcome == UNSENT),
            "calls_per_second": calls / max(plan.seconds, whole.until),
            "waited_ms": _milliseconds(whole.waited),
            "operations": {
                name: {
                    "calls": whole.latency[name].count,
                    "latency_ms": _milliseconds(whole.latency[name]),
                    "outcomes": self._outcomes(whole, name),
                }
                for name in OPERATIONS
                if name in whole.latency
            },
            "timeline": [_second(n, tally) for n, tally in enumerate(self.timeline)],
            "bookings": self.verdict.bookings,
        }

    def view(self) -> Group:
        """Tables."""
        whole = self.whole
        rows = [
            (
                name,
                f"{whole.latency[name].count:,}",
                *(number(ms) for ms in _milliseconds(whole.latency[name]).values()),
                ", ".join(f"{n:,} {code}" for code, n in self._outcomes(whole, name).items()),
            )
            for name in OPERATIONS
            if name in whole.latency
        ]
        milliseconds = [f"{name} ms" for name in PERCENTILES]
        parts: list[Any] = [
            grid("call", "calls", *milliseconds, "outcomes", rows=rows,
                 numbers=["calls", *milliseconds]),
            "",
            *map(Text, self.remarks()),
        ]  # fmt: skip
        if self.verdict.findings:
            found = [(f.check, f.object, f.detail) for f in self.verdict.findings[:SHOWN]]
            parts += ["", grid("what is wrong", "where", "detail", rows=found)]
        return Group(*parts)

    def remarks(self) -> list[str]:
        """In words: what the table cannot say."""
        found = self.json()
        lines = [
            f"{found['calls']:,} calls, {number(found['calls_per_second'])} a second, of "
            f"{self.plan.clients} clients; processes that made them: {self.plan.processes}."
        ]
        waited = self.whole.waited.percentile(99)
        if waited > LATE * self.whole.everything().percentile(99):
            lines.append(
                f"p99 of waiting for a free client: {number(waited)} ms. So {self.plan.clients}"
                " clients were too few, or the server could not do more."
            )
        if found["unsent"]:
            lines.append(f"{found['unsent']:,} calls were given up: nobody was free for them.")
        lines.append(
            f"Sound: {self.verdict.bookings:,} bookings are as the callers were told, and every "
            "refusal was right."
            if self.is_sound
            else f"NOT sound: {len(self.verdict.findings):,} findings."
        )
        return lines

    def _outcomes(self, whole: Tally, operation: str) -> dict[str, int]:
        found = {o: n for (name, o), n in whole.outcomes.items() if name == operation}
        return dict(sorted(found.items(), key=lambda item: (item[0] != ACCEPTED, item[0])))


def _milliseconds(latency: Latency) -> dict[str, float]:
    return {name: latency.percentile(percent) for name, percent in PERCENTILES.items()}


def _second(n: int, tally: Tally) -> dict[str, Any]:
    everything = tally.everything()
    ended: Counter[str] = Counter()
    for (_, outcome), count in tally.outcomes.items():
        ended[outcome] += count
    return {
        "second": n,
        "calls": everything.count,
        "outcomes": ended,
        "latency_ms": _milliseconds(everything) if everything.count else {},
    }
