"""How much is measured."""

from dataclasses import dataclass
from typing import Self

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the options of the command set, and how large each workload is."""

    rounds: int = 5
    seconds: float = 4.0
    """Of one run; below one second it is a number of transactions, a hundred a second."""
    connections: tuple[int, ...] = (1, 8, 32)
    filled: int = 100_000
    """Bookings in the filled slot."""
    customers: int = 1000
    """Of the flash sale, who share `crowd` connections and want `places` places."""
    places: int = 100
    crowd: int = 64
    businesses: tuple[int, ...] = (1, 1_000, 10_000)
    """That have slots beside the one whose availability is asked for."""
    offered_days: int = 90
    year_businesses: int = 1000
    """Whose slots are made, in all rounds together."""
    year_days: int = 365
    changes: int = 20_000
    """Changes of bookings whose cost and bytes are taken together."""
    verified: int = 100_000
    """Rows of the audit log that are verified."""
    growth: tuple[int, ...] = (10_000, 1_000_000)
    """Bookings that are stored already."""

    @classmethod
    def quick(cls) -> Self:
        """One short round of everything: it shows that all works, not how fast."""
        return cls(
            rounds=1,
            seconds=0.05,
            connections=(1, 4),
            filled=200,
            customers=48,
            places=4,
            crowd=16,
            businesses=(1, 5),
            offered_days=5,
            year_businesses=2,
            year_days=10,
            changes=100,
            verified=300,
            growth=(100, 1_000),
        )
