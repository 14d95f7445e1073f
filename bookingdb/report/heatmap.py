"""The heat map of a report: how full each hour of each day, week or month is."""

import datetime as dt
import math

from matplotlib.figure import Figure

from bookingdb.report.canvas import NARROW, Box, canvas, draw_boxes, ticks
from bookingdb.report.figures import Report
from bookingdb.report.svg import INK
from bookingdb.report.words import heat, without_year

__all__ = ["draw_heat_map"]


def draw_heat_map(report: Report, width: int) -> Figure:
    """How full each hour of each period is: periods go to the right, on a telephone down."""
    dates = _dates(report)
    place = {since: index for index, since in enumerate(dates)}
    low = min(o.hour for o in report.occupancy)
    high = max(o.hour for o in report.occupancy) + 1
    is_down = width == NARROW
    row = min(14.0, max(5.0, 700 / len(dates))) if is_down else 20.0
    figure, axes = canvas(width, (len(dates) if is_down else high - low) * row + 36, 52)
    cells: dict[int, list[Box]] = {}
    for one in report.occupancy:
        x, y = place[one.since], one.hour
        across, down = (x + 0.05, x + 0.95), (y + 0.05, y + 0.95)
        box = (*down, *across) if is_down else (*across, *down)
        cells.setdefault(heat(one.occupancy), []).append(box)
    for grade, boxes in sorted(cells.items()):
        draw_boxes(axes, boxes, f"heat{grade}")
    every = math.ceil((high - low) / 12) if is_down else 1
    hours = (
        [hour + 0.5 for hour in range(low, high, every)],
        [f"{hour}" if is_down else f"{hour}:00" for hour in range(low, high, every)],
    )
    marks = ticks(dates, 20 if is_down else 14)
    days = [mark + 0.5 for mark in marks], [without_year(dates[mark]) for mark in marks]
    now = next((n for n, d in enumerate(dates) if d > report.summary.today), 0)
    if is_down:
        axes.set(xlim=(low, high), ylim=(len(dates), 0))
        axes.set_xticks(*hours)
        axes.set_yticks(*days)
        axes.xaxis.tick_top()
        height = figure.get_figheight() * 72
        axes.set_position((52 / width, 6 / height, 1 - 56 / width, 1 - 36 / height))
    else:
        axes.set(xlim=(0, len(dates)), ylim=(high, low))
        axes.set_xticks(*days)
        axes.set_yticks(*hours)
    if now:
        line = axes.axhline if is_down else axes.axvline
        line(now, color=INK, lw=1.2)
    axes.spines[:].set_visible(False)
    return figure


def _dates(report: Report) -> list[dt.date]:
    """First days of the periods, days without slots too."""
    known = sorted({o.since for o in report.occupancy})
    if any(o.since != o.until for o in report.occupancy):
        return known
    return [known[0] + dt.timedelta(days=n) for n in range((known[-1] - known[0]).days + 1)]
