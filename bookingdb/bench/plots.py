"""The figures as pictures: bars with their ranges, and lines where something grows."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from bookingdb.bench.figures import Figure, number
from bookingdb.bench.report import Report
from bookingdb.bench.style import OTHERS, OURS, styled, write

__all__ = ["draw"]

WIDTH, BAR, LEFT, ABOVE, BELOW = 8.0, 0.27, 2.2, 0.4, 0.5  # inches
NOT_OURS = (
    "floor", "bare", "primary-key", "reading", "check-then", "select-for", "count-in", "advisory",
    "serializable", "SQLAlchemy", "supa_audit", "2ndQuadrant", "no audit",
)  # fmt: skip


def draw(report: Report, folder: Path) -> list[Path]:
    """One SVG a workload; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with styled():
        for name, found in groupby(report.figures, key=lambda figure: figure.workload):
            path = folder / f"{name}.svg"
            write(_draw(name, list(found)), path)
            made.append(path)
    return made


def _draw(name: str, found: Sequence[Figure]) -> Canvas:
    units = list(dict.fromkeys(figure.unit for figure in found if figure.unit != "×"))  # noqa: RUF001
    panels = [[figure for figure in found if figure.unit == unit] for unit in units]
    headings = not _is_of_one_case(found)
    heights = [BAR * (len(panel) + headings * len(_cases(panel))) for panel in panels]
    height = sum(heights) + BELOW * len(panels) + ABOVE
    canvas = Canvas(figsize=(WIDTH, height))
    title = name if headings else f"{name}: {found[0].case}"
    canvas.suptitle(title, x=0.01, y=1 - 0.1 / height, ha="left", va="top", weight="bold")
    axes = canvas.subplots(len(panels), squeeze=False, gridspec_kw={"height_ratios": heights})
    canvas.subplots_adjust(
        left=LEFT / WIDTH,
        right=0.99,
        top=1 - ABOVE / height,
        bottom=BELOW / height,
        hspace=BELOW * len(panels) / sum(heights),
    )
    for panel, axis, unit in zip(panels, axes[:, 0], units, strict=True):
        _bars(axis, panel, unit, headings=headings)
    return canvas


def _is_of_one_case(found: Sequence[Figure]) -> bool:
    return len({figure.case for figure in found}) == 1


def _cases(panel: Sequence[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in panel:
        found.setdefault(figure.case, []).append(figure)
    return found


def _bars(axis: Axes, panel: Sequence[Figure], unit: str, *, headings: bool) -> None:
    """Case by case a bar for each median, with a line for the range, and the ratio beside it."""
    place = -1
    labels: dict[int, str] = {}
    for case, figures in _cases(panel).items():
        place += headings
        if headings:
            axis.annotate(case, (0, place), xytext=(2, 0), textcoords="offset points",
                          va="center", weight="bold")  # fmt: skip
        for figure in figures:
            place += 1
            labels[place] = figure.who
            _bar(axis, place, figure)
    axis.set_yticks(list(labels), list(labels.values()))
    axis.set_ylim(place + 0.6, -0.6)
    axis.set_xlim(0, 1.5 * max(figure.value.max for figure in panel) or 1)
    axis.set_xlabel(unit)


def _bar(axis: Axes, place: int, figure: Figure) -> None:
    value = figure.value
    axis.barh(
        place,
        value.median,
        xerr=[[value.median - value.min], [value.max - value.median]],
        color=OTHERS if figure.who.startswith(NOT_OURS) else OURS,
        height=0.7,
        error_kw={"elinewidth": 1, "ecolor": "#444"},
    )
    text = number(value.median)
    if figure.ratio:
        text += f"   {number(figure.ratio.median)} of {figure.base}"
    axis.annotate(text, (value.max, place), xytext=(4, 0), textcoords="offset points",
                  va="center", fontsize=8)  # fmt: skip
