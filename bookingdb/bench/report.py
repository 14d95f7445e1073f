"""The figures as tables for people, as Markdown for the README, and as JSON for machines."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from bookingdb.bench.aims import Outcome
from bookingdb.bench.figures import Figure
from bookingdb.bench.settings import Settings
from bookingdb.bench.soundness import Soundness

__all__ = ["Report", "Section"]

MARKS = {True: "reached", False: "NOT reached", None: "not measured"}


@dataclass(frozen=True)
class Section:
    """A table: title, columns and rows of text. All but the first columns are numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    """How many columns are words."""

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left")
        for n, column in enumerate(self.columns):
            table.add_column(column, justify="left" if n < self.words else "right")
        for row in self.rows:
            table.add_row(*map(escape, row))
        return table

    def markdown(self) -> str:
        rules = ("---" if n < self.words else "---:" for n in range(len(self.columns)))
        lines = [self.columns, list(rules), *self.rows]
        return f"**{self.title}**\n\n" + "".join(f"| {' | '.join(x)} |\n" for x in lines)


@dataclass(frozen=True)
class Report:
    """All of a run."""

    version: str
    server: str
    server_settings: dict[str, str]
    settings: Settings
    seconds: float
    figures: Sequence[Figure]
    aims: Sequence[Outcome]
    soundness: Sequence[Soundness]
    failed: Mapping[str, Exception] = field(default_factory=dict)
    """Workloads that could not be measured, and why."""

    def sections(self) -> list[Section]:
        workloads = groupby(self.figures, key=lambda figure: figure.workload)
        return [
            *(_workload(name, list(found)) for name, found in workloads),
            self._soundness(),
            self._aims(),
        ]

    def tables(self) -> Iterable[RenderableType]:
        """For a terminal."""
        return (section.table() for section in self.sections())

    def markdown(self) -> str:
        """For the README."""
        head = (
            f"PostgreSQL {self.server}, {os.cpu_count()} cores shared by server and clients, "
            f"{self.settings.seconds:g} seconds a run. Shown are the median, and in parentheses "
            f"the least and the most, of rounds: {self.settings.rounds}.\n"
        )
        return "\n".join([head, *(section.markdown() for section in self.sections())])

    def json(self) -> str:
        """All of it."""
        facts: dict[str, Any] = {
            "bookingdb": self.version,
            "postgresql": self.server,
            "server_settings": self.server_settings,
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "settings": asdict(self.settings),
            "seconds": round(self.seconds, 1),
            "failed": {name: str(error) for name, error in self.failed.items()},
            "aims": [
                {
                    "workload": o.aim.workload,
                    "what": o.aim.what,
                    "at_least": o.aim.at_least,
                    "at_most": o.aim.at_most,
                    "measured": o.measured and asdict(o.measured),
                    "is_reached": o.is_reached,
                }
                for o in self.aims
            ],
            "soundness": [asdict(one) for one in self.soundness],
            "figures": [asdict(figure) for figure in self.figures],
        }
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"

    def _soundness(self) -> Section:
        columns = ("who", "bookings", "by the counters", "wrong counters", "overbooked")
        rows = [
            [one.who, *(_count(x) for x in (one.bookings, one.counted, one.wrong_counters,
                                            one.overbooked))]
            for one in self.soundness
        ]  # fmt: skip
        return Section("Recount, at the end", columns, rows)

    def _aims(self) -> Section:
        rows = [
            [o.aim.workload, o.aim.what, MARKS[o.is_reached], o.aim.limit, str(o.measured or "–")]  # noqa: RUF001
            for o in self.aims
        ]
        return Section("Aims", ("workload", "aim", "", "limit", "measured"), rows, words=3)


def _workload(name: str, found: Sequence[Figure]) -> Section:
    units = list(dict.fromkeys(figure.unit for figure in found))
    is_of_one_case = len({figure.case for figure in found}) == 1
    if is_of_one_case and len(units) > 1 and not any(figure.ratio for figure in found):
        return _crosswise(name, units, found)
    rows = [
        [
            figure.case,
            figure.who + (f" ({figure.note})" if figure.note else ""),
            figure.unit,
            str(figure.value),
            str(figure.ratio or ""),
            figure.base or "",
        ]
        for figure in found
    ]
    return Section(name, ("case", "who", "unit", "median", "ratio", "to"), rows, words=3)


def _crosswise(name: str, units: Sequence[str], found: Sequence[Figure]) -> Section:
    """A column for each unit; of one case."""
    values = {(figure.who, figure.unit): str(figure.value) for figure in found}
    whoever = dict.fromkeys(figure.who for figure in found)
    rows = [[who, *(values.get((who, unit), "") for unit in units)] for who in whoever]
    return Section(f"{name}: {found[0].case}", ("who", *units), rows)


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"  # noqa: RUF001
