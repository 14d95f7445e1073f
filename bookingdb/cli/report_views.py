"""A report as people read it in a terminal: what the page says, without the plots."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from bookingdb.cli.output import grid, printable
from bookingdb.report import Report
from bookingdb.report.tables import (
    WEEKDAYS,
    Table,
    headline,
    refusals_by_kind,
    tables,
    week_of,
)
from bookingdb.report.words import count, dates, heat, percent

__all__ = ["summary_of"]

HEATS = ("dim", "blue", "cyan", "green", "yellow", "bold red")
GRADES = {"ok": "green", "warning": "yellow", "critical": "bold red"}


def summary_of(report: Report) -> Group:
    """A heading, the figures to begin with, and a table for each section."""
    summary, of = report.summary, tables(report)
    heading = Text(printable(summary.business_name), style="bold")
    heading.append(f", {dates(report.first, report.last)}")
    heading.append(f"\nas of {summary.made_at:%F %T}, {summary.time_zone}", style="not bold dim")
    parts: list[RenderableType] = [
        heading,
        Text(),
        grid("what", "figure", "more", rows=headline(report)),
    ]
    if report.week:
        parts += _titled("How full it is in the course of a week", _week(report))
    if summary.booking_count:
        parts += _titled("How long ahead people book", _plain(of["lead_times"]))
    if report.endpoints:
        parts += _titled("Webhooks", _plain(of["endpoints"]))
    for title, what, rows in refusals_by_kind(report):
        if rows:
            lines = [(row.description or row.reason, count(row.count)) for row in rows]
            parts += _titled(title, grid("reason", what, rows=lines, numbers=[what]))
    return Group(*parts, *_health(report))


def _titled(title: str, view: RenderableType) -> Iterable[RenderableType]:
    return Text(f"\n{title}", style="bold"), view


def _plain(table: Table) -> RenderableType:
    return grid(*table.columns, rows=table.rows, numbers=table.columns[1:])


def _week(report: Report) -> RenderableType:
    rows = [
        (
            f"{hour}:00",
            *(
                Text(percent(cell.occupancy), style=HEATS[heat(cell.occupancy)]) if cell else ""
                for cell in cells
            ),
        )
        for hour, cells in week_of(report)
    ]
    return grid("", *WEEKDAYS, rows=rows, numbers=WEEKDAYS)


def _health(report: Report) -> Iterable[RenderableType]:
    """What is not well, and what to do."""
    if report.health is None:
        return
    yield Text("\nHealth ", style="bold").append(
        report.health["status"], style=GRADES[report.health["status"]]
    )
    rows = [
        (Text(c["severity"], style=GRADES[c["severity"]]), c["name"], c["message"], c["remedy"])
        for c in report.health["checks"]
        if c["severity"] != "ok"
    ]
    if rows:
        yield grid("", "check", "what", "remedy", rows=rows)
