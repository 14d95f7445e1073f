"""How all plots of a report look: their sizes, their style, their axes."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bookingdb.report.svg import COLORS, RULE, SOFT
from bookingdb.report.words import count, without_year

__all__ = [
    "NARROW",
    "STYLE",
    "WIDE",
    "Box",
    "canvas",
    "count_axis",
    "date_axis",
    "draw_boxes",
    "left_of",
    "ticks",
]

Box = tuple[float, float, float, float]

WIDE, NARROW = 880, 358
"""Pixels of a plot on a wide screen and on a telephone."""
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "bookingdb",  # the same figures give the same page
    "font.size": 12,
    "text.color": SOFT,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": RULE,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}


def canvas(width: int, height: float, left: float, bottom: float = 32) -> tuple[Figure, Axes]:
    """A figure whose unit is a pixel, and its axes."""
    figure = Figure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, 1 - (left + 18) / width, 1 - (bottom + 10) / height)
    )
    return figure, axes


def draw_boxes(axes: Axes, boxes: Sequence[Box], color: str) -> None:
    """Rectangles of one colour, from left to right and from low to high: one path for all, which
    is quick, and short in the page.
    """
    if boxes:
        corners = [
            corner
            for left, right, low, high in boxes
            for corner in ((left, low), (right, low), (right, high), (left, high), (left, low))
        ]
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(boxes)
        axes.add_patch(PathPatch(Path(corners, codes), facecolor=COLORS[color], linewidth=0))


def left_of(most: int) -> float:
    """Room for numbers up to so many on the left."""
    return 18 + 8 * len(count(most))


def count_axis(axes: Axes) -> None:
    """Whole numbers, those that go down without a sign."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: count(abs(round(value)))))
    axes.grid(axis="y")


def date_axis(axes: Axes, dates: Sequence[dt.date], width: int) -> None:
    places = ticks(dates, 12 if width == WIDE else 5)
    axes.set_xticks(places, [without_year(dates[place]) for place in places])
    axes.set_xlim(-0.6, max(len(dates) - 0.4, 6))


def ticks(dates: Sequence[dt.date], at_most: int) -> list[int]:
    """Places of dates to write down: Mondays where there are many days, not too many."""
    mondays = [place for place, date in enumerate(dates) if date.isoweekday() == 1]
    places = mondays if len(dates) > at_most and len(mondays) > 1 else list(range(len(dates)))
    return places[:: math.ceil(len(places) / at_most)]
