"""What came of the calls: how long they took, how they ended, and what the callers were told.

A process keeps a tally of a second at a time and hands it on as JSON; the whole is their sum.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hdrh.histogram import HdrHistogram

__all__ = ["ACCEPTED", "UNSENT", "Changed", "Latency", "Refused", "Tally", "Told", "together"]

ACCEPTED, UNSENT = "ok", "unsent"
LONGEST = 3600_000_000  # microseconds
DIGITS = 3


class Changed(NamedTuple):
    """A change that was acknowledged: how the booking stands now."""

    begun: float
    ended: float
    """When the call began and when its answer was there, in seconds from the start."""
    booking_id: str
    version: int
    status: str
    payment_status: str
    slot: int
    bouquets: int


class Refused(NamedTuple):
    """A place that was refused."""

    begun: float
    ended: float
    code: str
    slot: int
    bouquets: int


Told = Changed | Refused


class Latency:
    """Latencies to three digits, by the histogram that wrk2 uses too."""

    def __init__(self, encoded: str | None = None) -> None:
        self._histogram = HdrHistogram(1, LONGEST, DIGITS)
        if encoded:
            self._histogram.decode_and_add(encoded.encode())

    def record(self, seconds: float) -> None:
        self._histogram.record_value(min(max(round(seconds * 1e6), 1), LONGEST))

    def add(self, other: "Latency") -> None:
        self._histogram.add(other._histogram)

    def encoded(self) -> str:
        return str(self._histogram.encode().decode())

    def percentile(self, percent: float) -> float:
        """Milliseconds, within which that many calls were answered; NaN for none."""
        if not self.count:
            return float("nan")
        return float(self._histogram.get_value_at_percentile(percent)) / 1000

    @property
    def count(self) -> int:
        return int(self._histogram.get_total_count())


@dataclass
class Tally:
    """Of some seconds, and some processes."""

    latency: dict[str, Latency] = field(default_factory=dict)
    """By operation, from when a call was due: who had to wait for a free client waits as well."""
    waited: Latency = field(default_factory=Latency)
    """From when it was due to when it was made: the part of the latency that is the queue's."""
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By operation and outcome: ok, a SQLSTATE, or unsent."""
    told: list[Told] = field(default_factory=list)
    until: float = 0.0
    """When the last answer was there, in seconds from the start."""

    def record(self, operation: str, outcome: str, due: float, begun: float, ended: float) -> None:
        self.latency.setdefault(operation, Latency()).record(ended - due)
        self.waited.record(begun - due)
        self.outcomes[operation, outcome] += 1
        self.until = max(self.until, ended)

    def add(self, other: "Tally") -> None:
        for operation, latency in other.latency.items():
            self.latency.setdefault(operation, Latency()).add(latency)
        self.waited.add(other.waited)
        self.outcomes.update(other.outcomes)
        self.told += other.told
        self.until = max(self.until, other.until)

    def everything(self) -> Latency:
        """Of all operations."""
        whole = Latency()
        for latency in self.latency.values():
            whole.add(latency)
        return whole

    def dump(self) -> dict[str, Any]:
        return {
            "latency": {name: latency.encoded() for name, latency in self.latency.items()},
            "waited": self.waited.encoded(),
            "outcomes": [[*key, count] for key, count in self.outcomes.items()],
            "told": self.told,
            "until": self.until,
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Tally":
        kinds = {len(kind._fields): kind for kind in (Changed, Refused)}
        return cls(
            {name: Latency(encoded) for name, encoded in data["latency"].items()},
            Latency(data["waited"]),
            Counter({(operation, outcome): n for operation, outcome, n in data["outcomes"]}),
            [kinds[len(one)](*one) for one in data["told"]],
            data["until"],
        )


def together(tallies: Iterable[Tally]) -> Tally:
    """Their sum."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole
