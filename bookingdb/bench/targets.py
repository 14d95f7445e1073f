"""Which slots a workload books in. Days count from today, places from 9 o'clock."""

import random
from dataclasses import dataclass

__all__ = [
    "DAYS",
    "FILLED",
    "HOT",
    "PLACES",
    "SPARE_DAYS",
    "SPREAD",
    "Target",
]

DAYS = 100
SPARE_DAYS = 50
"""Days after these, whose slots are limited for one run each: see `Bench.limited_slot`."""
PLACES = 20
"""Slots a day, every half hour."""


@dataclass(frozen=True, slots=True)
class Target:
    """The slots of some days, all or one of each."""

    first_day: int
    last_day: int
    last_place: int
    first_place: int = 0

    def script(self) -> str:
        """The beginning of a pgbench script, which chooses `:day` and `:place`."""
        return (
            f"\\set day random({self.first_day}, {self.last_day})\n"
            f"\\set place random({self.first_place}, {self.last_place})\n"
        )

    def choose(self) -> tuple[int, int]:
        """The same in Python."""
        return (
            random.randint(self.first_day, self.last_day),
            random.randint(self.first_place, self.last_place),
        )


SPREAD = Target(3, DAYS, PLACES - 1)
HOT = Target(1, 1, 0)
FILLED = Target(2, 2, 0)
