"""The page of a report: one file of HTML that needs no network and runs no script."""

import datetime as dt
from operator import itemgetter

from bookingdb.cli.pages import template
from bookingdb.report import Report
from bookingdb.report.plots import draw
from bookingdb.report.tables import (
    WEEKDAYS,
    headline,
    refusals_by_kind,
    step_of,
    tables,
    week_of,
)
from bookingdb.report.words import HEATS, count, dates, day, heat, percent

__all__ = ["page_of"]

GRADES = {"ok": "good", "warning": "warn", "critical": "bad"}


def page_of(report: Report) -> str:
    """The page of a report."""
    page = template(
        "report.html", count=count, day=day, dates=dates, heat=heat, moment=moment, percent=percent
    )
    checks = report.health["checks"] if report.health else []
    return page.render(
        report=report,
        summary=report.summary,
        health=report.health,
        troubles=sorted((c for c in checks if c["severity"] != "ok"), key=itemgetter("severity")),
        well=[c for c in checks if c["severity"] == "ok"],
        headline=headline(report),
        plots=draw(report),
        tables=tables(report),
        week=week_of(report),
        refusals=refusals_by_kind(report),
        step=step_of(report),
        weekdays=WEEKDAYS,
        heats=HEATS,
        grades=GRADES,
    )


def moment(value: dt.datetime) -> str:
    """An instant by the business's clock."""
    return f"{day(value.date())}, {value:%H:%M}"
