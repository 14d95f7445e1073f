"""The figures of a report as tables in words, for a page and for a terminal."""

import dataclasses
from itertools import groupby

from bookingdb import RefusalCount, WeekOccupancy
from bookingdb.report.figures import Report
from bookingdb.report.words import count, lead_label, length, percent, span

__all__ = ["WEEKDAYS", "Table", "headline", "refusals_by_kind", "step_of", "tables", "week_of"]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STEPS = ((28, "Month"), (2, "Week"), (1, "Day"))
KINDS = {  # of refusals -> title, and what is counted
    "slot": ("Who asks now is refused", "slots"),
    "booking": ("Customers who got no booking", "times"),
    "import": ("Imported bookings without a place", "rows"),
    "waived": ("Rules that staff set aside", "times"),
    "webhook": ("Webhooks that receivers refused", "attempts"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Columns with their names, and rows of text; the first column names the row."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def headline(report: Report) -> list[tuple[str, str, str]]:
    """The figures to begin with: what each is, the figure, and what belongs to it."""
    s = report.summary
    begun = f"{count(s.begun_full_count)} of {count(s.begun_count)} slots full"
    coming = f"{count(s.coming_full_count)} of {count(s.coming_count)} slots full"
    moved = f"{count(s.moved_count)} moved, {count(s.waiting_count)} on the waiting list"
    lost = f"{count(s.no_show_count)} no-shows, {count(s.expired_count)} holds ran out"
    sent = f"{count(s.delivered_count)} delivered, {count(s.dead_count)} dead"
    ahead = f"median; one in ten {length(s.p90_lead)} or more" if s.booking_count else "no bookings"
    lag = f"median; 95 % within {length(s.p95_lag)}" if s.delivered_count else "nothing delivered"
    return [
        ("Bookings made", count(s.made_count), moved),
        ("Cancelled", count(s.cancelled_count), lost),
        ("Occupancy so far", percent(s.begun_occupancy), begun),
        ("Occupancy ahead", percent(s.coming_occupancy), coming),
        ("Booked ahead", length(s.median_lead), ahead),
        (
            "Webhooks delivered",
            percent(s.delivered_share),
            f"{sent}, {count(s.pending_count)} pending",
        ),
        ("Webhook lag", length(s.median_lag), lag),
    ]


def tables(report: Report) -> dict[str, Table]:
    """A table for each plot, and the endpoints."""
    step = step_of(report)
    return {
        "occupancy": _occupancy(report, step),
        "activity": Table(
            (step, "made", "waiting list", "moved", "cancelled", "ran out", "waited in vain",
             "no-shows", "payments failed"),
            [(span(a.since, a.until), *map(count, dataclasses.astuple(a)[2:]))
             for a in report.activity],
        ),
        "lead_times": Table(
            ("ahead", "bookings", "kept", "cancelled", "no-shows"),
            [(lead_label(r), *map(count, dataclasses.astuple(r)[2:])) for r in report.lead_times],
        ),
        "deliveries": Table(
            (step, "delivered", "pending", "dead", "discarded", "half within", "95 % within",
             "longest"),
            [(span(d.since, d.until), count(d.delivered_count), count(d.pending_count),
              count(d.dead_count), count(d.discarded_count), length(d.median_lag),
              length(d.p95_lag), length(d.longest_lag)) for d in report.deliveries],
        ),
        "endpoints": Table(
            ("receiver", "delivered", "pending", "dead", "half within", "95 % within"),
            [(e.host + (", removed" if e.removed_at else ", paused" if e.paused_at else ""),
              count(e.delivered_count), count(e.pending_count), count(e.dead_count),
              length(e.median_lag), length(e.p95_lag)) for e in report.endpoints],
        ),
    }  # fmt: skip


def week_of(report: Report) -> list[tuple[int, list[WeekOccupancy | None]]]:
    """For each hour from the first to the last its seven weekdays; None: closed."""
    cells = {(row.hour, row.weekday): row for row in report.week}
    hours = [row.hour for row in report.week] or [0]
    return [
        (hour, [cells.get((hour, weekday)) for weekday in range(1, 8)])
        for hour in range(min(hours), max(hours) + bool(cells))
    ]


def refusals_by_kind(report: Report) -> list[tuple[str, str, list[RefusalCount]]]:
    """Each kind of refusal: its title, what is counted, and the reasons."""
    return [
        (*titles, [row for row in report.refusals if row.kind == kind])
        for kind, titles in KINDS.items()
    ]


def step_of(report: Report) -> str:
    """What the periods of the report are."""
    periods = report.activity or report.occupancy
    days = max(((p.until - p.since).days + 1 for p in periods), default=1)
    return next(name for least, name in STEPS if days >= least)


def _occupancy(report: Report, step: str) -> Table:
    """Periods down, hours to the right."""
    hours = sorted({row.hour for row in report.occupancy})
    lines = []
    for (since, until), rows in groupby(report.occupancy, key=lambda row: (row.since, row.until)):
        cells = {row.hour: percent(row.occupancy) for row in rows}
        lines.append((span(since, until), *(cells.get(hour, "closed") for hour in hours)))
    return Table((step, *(f"{hour}:00" for hour in hours)), lines)
