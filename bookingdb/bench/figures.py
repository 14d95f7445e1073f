"""What was measured: medians and ranges of several rounds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Figure", "Spread", "number", "spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure of several rounds."""

    median: float
    min: float
    max: float

    def __str__(self) -> str:
        if self.min == self.max:
            return number(self.median)
        return f"{number(self.median)} ({number(self.min)} – {number(self.max)})"  # noqa: RUF001


def spread(values: Iterable[float]) -> Spread:
    """Of what each round gave."""
    every = list(values)
    return Spread(median(every), min(every), max(every))


def number(value: float) -> str:
    """As people read it, three digits being enough."""
    if isinstance(value, int) or value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 0.01 else f"{value:.{2 if abs(value) < 10 else 1}f}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table."""

    workload: str
    case: str
    """Under which conditions, such as "8 connections"."""
    who: str
    unit: str
    value: Spread
    ratio: Spread | None = None
    """To `base`, round by round."""
    base: str | None = None
    note: str = ""
    rounds: Sequence[float] = ()
    """What each round gave."""
