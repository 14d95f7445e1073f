"""The figures as pictures: bars with their ranges, and lines where something grows."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from bookingdb.bench.figures import Figure, number
from bookingdb.bench.report import Report

__all__ = ["draw"]

OURS = "#1b6ca8"
OTHERS = "#b8bfc6"
WIDTH, BAR = 8.0, 0.32
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "bookingdb",  # the same figures give the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
NOT_OURS = (
    "floor", "bare", "primary-key", "reading", "check-then", "select-for", "count-in", "advisory",
    "serializable", "SQLAlchemy", "supa_audit", "2ndQuadrant", "no audit",
)  # fmt: skip


def draw(report: Report, folder: Path) -> list[Path]:
    """One SVG a workload; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with mpl.rc_context(STYLE):
        for name, found in groupby(report.figures, key=lambda figure: figure.workload):
            path = folder / f"{name}.svg"
            _draw(name, list(found)).savefig(path, metadata={"Date": None})
            made.append(path)
    return made


def _draw(name: str, found: Sequence[Figure]) -> Canvas:
    units = list(dict.fromkeys(figure.unit for figure in found if figure.unit != "×"))  # noqa: RUF001
    panels = [[figure for figure in found if figure.unit == unit] for unit in units]
    heights = [BAR * len(panel) + 0.9 for panel in panels]
    canvas = Canvas(figsize=(WIDTH, sum(heights)), layout="constrained")
    canvas.suptitle(name, x=0.01, ha="left", weight="bold")
    axes = canvas.subplots(len(panels), squeeze=False, gridspec_kw={"height_ratios": heights})
    for panel, axis, unit in zip(panels, axes[:, 0], units, strict=True):
        _bars(axis, panel, unit)
    return canvas


def _bars(axis: Axes, panel: Sequence[Figure], unit: str) -> None:
    """A bar for the median, a line for the range, and the ratio beside it."""
    labels = [f"{figure.who}, {figure.case}" for figure in panel]
    medians = [figure.value.median for figure in panel]
    ranges = [
        [max(0, figure.value.median - figure.value.min) for figure in panel],
        [max(0, figure.value.max - figure.value.median) for figure in panel],
    ]
    colours = [OTHERS if figure.who.startswith(NOT_OURS) else OURS for figure in panel]
    places = range(len(panel))
    axis.barh(places, medians, xerr=ranges, color=colours, height=0.7,
              error_kw={"elinewidth": 1, "ecolor": "#444"})  # fmt: skip
    axis.set_yticks(places, labels)
    axis.invert_yaxis()
    axis.set_xlabel(unit)
    for place, figure in enumerate(panel):
        text = number(figure.value.median)
        if figure.ratio:
            text += f"   {number(figure.ratio.median)} of {figure.base}"
        axis.annotate(text, (max(figure.value.max, 0), place), xytext=(4, 0), va="center",
                      textcoords="offset points", fontsize=8)  # fmt: skip
    axis.margins(x=0.35)
