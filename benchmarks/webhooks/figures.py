"""What was measured, and how it is shown: to people, as Markdown, to machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from bookingdb.bench.figures import Spread, number, spread

__all__ = ["Figure", "Figures", "Spread", "spread"]


Figure = str | int | float | Spread | None


@dataclass(frozen=True)
class Figures:
    """A table. `title` says what was measured, and in which unit."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Figure]]

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left")
        for column in self.rows[0]:
            table.add_column(column, justify="left" if self._is_text(column) else "right")
        for row in self.rows:
            table.add_row(*map(_text, row.values()))
        return table

    def markdown(self) -> str:
        columns = list(self.rows[0])
        lines = [
            f"{self.title}:\n",
            f"| {' | '.join(columns)} |",
            f"|{'|'.join('---' if self._is_text(c) else '---:' for c in columns)}|",
            *(f"| {' | '.join(map(_text, row.values()))} |" for row in self.rows),
        ]
        return "\n".join(lines) + "\n"

    def facts(self) -> dict[str, Any]:
        rows = [
            {key: asdict(f) if isinstance(f, Spread) else f for key, f in row.items()}
            for row in self.rows
        ]
        return {"name": self.name, "title": self.title, "rows": rows}

    def _is_text(self, column: str) -> bool:
        return isinstance(self.rows[0][column], str)


def _text(figure: Figure) -> str:
    if figure is None:
        return "–"  # noqa: RUF001
    return number(figure) if isinstance(figure, int | float) else str(figure)
