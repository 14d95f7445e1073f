"""The plots of a report, each once for wide screens and paper and once for telephones."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bookingdb import Activity, Deliveries
from bookingdb.report.canvas import (
    NARROW,
    STYLE,
    WIDE,
    canvas,
    count_axis,
    date_axis,
    draw_boxes,
    left_of,
)
from bookingdb.report.figures import Report
from bookingdb.report.heatmap import draw_heat_map
from bookingdb.report.svg import COLORS, INK, SOFT, inline
from bookingdb.report.words import count, lead_label, length

__all__ = ["Plot", "draw"]

LOST = {"cancelled": "bad", "expired": "warn", "no_show": "plain"}
KEPT = {"kept": "accent", "cancelled": "bad", "no_show": "plain"}
SENT = {"delivered": "good", "pending": "warn", "dead": "bad", "discarded": "plain"}
TICKS = (0.01, 0.1, 1, 10, 60, 600, 3600, 12 * 3600, 5 * 86400, 50 * 86400)  # seconds


@dataclass(frozen=True, slots=True)
class Plot:
    """SVG for two widths."""

    wide: str
    narrow: str


def draw(report: Report) -> dict[str, Plot | None]:
    """The plots by name; None where there is nothing to draw."""
    plots: dict[str, tuple[bool, Callable[[Report, int], Figure]]] = {
        "days": (bool(report.occupancy), draw_heat_map),
        "activity": (bool(report.activity), _activity),
        "lead_times": (report.summary.booking_count > 0, _lead_times),
        "deliveries": (any(d.median_lag is not None for d in report.deliveries), _deliveries),
    }
    with mpl.rc_context(STYLE):
        return {
            name: Plot(*(inline(plot(report, w), f"{name}-{w}") for w in (WIDE, NARROW)))
            if is_there
            else None
            for name, (is_there, plot) in plots.items()
        }


def _activity(report: Report, width: int) -> Figure:
    """What was made goes up, what was lost goes down."""
    most = max(max(a.made_count, _total(a, LOST)) for a in report.activity)
    figure, axes = canvas(width, 216, left_of(most))
    _stack(axes, report.activity, {"made": "accent"})
    _stack(axes, report.activity, LOST, sign=-1)
    axes.axhline(0, color=SOFT, lw=0.8)
    count_axis(axes)
    date_axis(axes, [a.since for a in report.activity], width)
    return figure


def _lead_times(report: Report, width: int) -> Figure:
    """A bar for each length of time, with its number at the end."""
    rows = [r for r in report.lead_times if r.lead_from is not None or r.booking_count]
    figure, axes = canvas(width, 26 * len(rows) + 14, 118, bottom=4)
    for place, row in enumerate(rows):
        left = 0
        for name, color in KEPT.items():
            right = left + getattr(row, f"{name}_count")
            draw_boxes(axes, [(left, right, place - 0.34, place + 0.34)], color)
            left = right
        axes.annotate(count(row.booking_count), (left, place), xytext=(6, -0.5), color=INK,
                      textcoords="offset points", va="center")  # fmt: skip
    axes.set_yticks(range(len(rows)), [lead_label(row) for row in rows])
    most = max(r.booking_count for r in rows)
    axes.set(xlim=(0, most * (1.08 if width == WIDE else 1.2)), ylim=(len(rows) - 0.4, -0.6))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    return figure


def _deliveries(report: Report, width: int) -> Figure:
    """Above how many and what became of them, below how long they took."""
    rows = report.deliveries
    figure, below = canvas(width, 320, max(58, left_of(max(_total(d, SENT) for d in rows))))
    box = below.get_position()
    below.set_position((box.x0, box.y0, box.width, 0.45))
    above = figure.add_axes((box.x0, box.y0 + 0.52, box.width, 0.35))
    _stack(above, rows, SENT)
    above.set_ylim(bottom=0)
    count_axis(above)
    date_axis(above, [d.since for d in rows], width)
    above.set_xticklabels([])
    for name, color in (("p95", "warn"), ("median", "accent")):
        lags = [getattr(d, f"{name}_lag") for d in rows]
        values = [math.nan if lag is None else max(0.001, lag.total_seconds()) for lag in lags]
        below.plot(range(len(rows)), values, color=COLORS[color], lw=1.6, marker="o", ms=2.5)
    below.set_yscale("log")
    below.margins(y=0.12)
    low, high = below.get_ylim()
    seconds = [tick for tick in TICKS if low <= tick <= high]
    below.set_yticks(seconds, [length(dt.timedelta(seconds=tick)) for tick in seconds])
    below.minorticks_off()
    below.grid(axis="y")
    date_axis(below, [d.since for d in rows], width)
    return figure


def _total(row: Activity | Deliveries, colors: dict[str, str]) -> int:
    return sum(getattr(row, f"{name}_count") for name in colors)


def _stack(
    axes: Axes, rows: Sequence[Activity | Deliveries], colors: dict[str, str], sign: int = 1
) -> None:
    """A bar for each row, piled up of the counts that `colors` names."""
    heights = [0] * len(rows)
    for name, color in colors.items():
        before = heights
        heights = [
            height + sign * getattr(row, f"{name}_count")
            for row, height in zip(rows, before, strict=True)
        ]
        draw_boxes(
            axes,
            [
                (place - 0.4, place + 0.4, low, high)
                for place, (low, high) in enumerate(zip(before, heights, strict=True))
                if low != high
            ],
            color,
        )
    axes.autoscale_view()
