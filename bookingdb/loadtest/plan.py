"""What a load test does: which calls, how many, and when each is due."""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["OPERATIONS", "Plan", "Profile", "parse_mix"]

OPERATIONS = ("browse", "book", "cancel", "reschedule", "pay")
PER_PROCESS = 500.0
"""Calls a second that one process makes with ease, though Python runs one thread at a time: a call
costs it 0.8 ms of a processor."""
QUIET = 0.25, 0.1
"""Before the doors of a flash sale open: this share of the time, at this share of the rate."""


class Profile(StrEnum):
    """How the rate goes over time."""

    STEADY = "steady"
    RAMP = "ramp"
    FLASH_SALE = "flash-sale"


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of the command."""

    seconds: float = 10.0
    rate: float = 100.0
    """Calls a second, where the profile is at its highest."""
    clients: int = 16
    """Connections, all processes together."""
    profile: Profile = Profile.STEADY
    mix: Mapping[str, float] = field(
        default_factory=lambda: {"browse": 70, "book": 20, "cancel": 5, "reschedule": 3, "pay": 2}
    )
    slots: int = 200
    places: int = 20
    """Bookings that a slot takes."""

    @property
    def bouquets(self) -> int:
        """That a slot takes; a customer wants 1 to 3, so that now these, now places are short."""
        return 2 * self.places

    @property
    def processes(self) -> int:
        """That make the calls."""
        wanted = math.ceil(self.rate / PER_PROCESS)
        return max(1, min(wanted, os.cpu_count() or 1, self.clients))

    @property
    def opening(self) -> float:
        """When a flash sale begins, in seconds; from then on all want to book in the first slot."""
        return self.seconds * QUIET[0] if self.profile is Profile.FLASH_SALE else math.inf

    def due(self, first: int = 0, step: int = 1) -> Iterator[float]:
        """When each call is due, in seconds from the start: of all, or of every step-th from the
        first. How long a call takes changes nothing about when the next is due.
        """
        n = first
        while (at := self._due(n)) < self.seconds:
            yield at
            n += step

    def _due(self, n: int) -> float:
        """When as many calls as `n` were due before: the inverse of the rate summed up."""
        if self.profile is Profile.RAMP:
            return math.sqrt(2 * self.seconds * n / self.rate)
        if self.profile is Profile.FLASH_SALE:
            before = self.opening * self.rate * QUIET[1]
            if n < before:
                return n / (self.rate * QUIET[1])
            return self.opening + (n - before) / self.rate
        return n / self.rate


def parse_mix(text: str) -> dict[str, float]:
    """Read `browse=70,book=20`; what is not named does not happen. Raises ValueError."""
    mix: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, share = part.partition("=")
        if name not in OPERATIONS:
            raise ValueError(f"{name!r} is none of {', '.join(OPERATIONS)}")
        try:
            mix[name] = float(share)
        except ValueError:
            raise ValueError(f"{part!r} is no share: write {name}=20") from None
        if not 0 <= mix[name] < math.inf:
            raise ValueError(f"{part!r} is no share: write {name}=20")
    if not sum(mix.values()):
        raise ValueError("Nothing would be called: write browse=70,book=20")
    return mix
