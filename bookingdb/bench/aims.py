"""What is aimed at, in one place, and whether it was reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from bookingdb.bench.figures import Figure, Spread
from bookingdb.bench.workloads.audit import OURS
from bookingdb.bench.workloads.availability import FLAT
from bookingdb.bench.workloads.bookings import BEST
from bookingdb.bench.workloads.refresh import NOTHING
from bookingdb.bench.workloads.sold_out import LOCKED, REFUSED
from bookingdb.bench.workloads.wrapper import BATCHES

__all__ = ["AIMS", "Aim", "Outcome", "outcomes"]


@dataclass(frozen=True, slots=True)
class Aim:
    """A limit for a figure: for its ratio, or with `of_value` for the figure itself."""

    workload: str
    what: str
    who: str
    at_least: float | None = None
    at_most: float | None = None
    case: str = ""
    """How the case of the figure begins; of several the last counts."""
    of_value: bool = False

    @property
    def limit(self) -> str:
        """As people read it."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:,g}"


AIMS = (
    Aim("spread", "function, 8 connections, to the floor", "function", 0.60, case="8 conn"),
    Aim("spread", "the same, to the fastest correct peer", BEST, 1.0, case="8 conn", of_value=True),
    Aim("hot", "function, 8 connections, to the floor", "function", 0.85, case="8 conn"),
    Aim("hot", "procedure, 32 connections, to the floor", "hot-slot procedure", 2.5,
        case="32 conn"),
    Aim("filled", "100,000 bookings in the slot, to an empty one", "function", 0.95),
    Aim("sold-out", "refusals, to a primary-key SELECT", REFUSED, 0.5),
    Aim("sold-out", "refusals while the slot is locked, to those while not", LOCKED, 0.9),
    Aim("python", "wrapper, to bare psycopg", "wrapper", 0.9),
    Aim("python", "batches of 100, to single calls", BATCHES, 3.0),
    Aim("availability", "time, to the bare index scan", "available_slots", at_most=1.5),
    Aim("availability", "time, the most businesses to the fewest", FLAT, at_most=1.25),
    Aim("refresh", "time with nothing to do, to reading the slots", NOTHING, at_most=1.5),
    Aim("year", "slots made, to a bare INSERT ... SELECT", "refresh_future_schedule", 0.5),
    Aim("audit", "µs a change that the log adds", OURS, at_most=40, case="what the log adds",
        of_value=True),
    Aim("audit", "bytes stored a change", OURS, at_most=1200, case="stored", of_value=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an aim; `measured` is None when nothing was."""

    aim: Aim
    measured: Spread | None

    @property
    def is_reached(self) -> bool | None:
        """Whether the median is within the limit."""
        if self.measured is None:
            return None
        if self.aim.at_least is not None:
            return self.measured.median >= self.aim.at_least
        return self.aim.at_most is not None and self.measured.median <= self.aim.at_most


def outcomes(figures: Sequence[Figure], chosen: Sequence[str]) -> list[Outcome]:
    """Of the aims of the workloads that were chosen."""
    return [Outcome(aim, _measured(aim, figures)) for aim in AIMS if aim.workload in chosen]


def _measured(aim: Aim, figures: Sequence[Figure]) -> Spread | None:
    found = [
        figure.value if aim.of_value else figure.ratio
        for figure in figures
        if (figure.workload, figure.who) == (aim.workload, aim.who)
        and figure.case.startswith(aim.case)
    ]
    return found[-1] if found else None
