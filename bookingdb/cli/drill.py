"""The rehearsal of an alarm."""

import typer
from rich.text import Text

from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, grid, working
from bookingdb.cli.session import connect
from bookingdb.drill import Report, run_drill

__all__ = ["drill"]


def drill(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Overbook a slot for real, and show that the alarm arrives through every channel.

    It does so in a business of its own, which it removes afterwards, and needs a
    superuser, since nobody else gets past the triggers. Whoever watches the
    database hears the alarm, too: tell them before. The exit code is 1 when a
    channel stayed silent.

    For example:
      bookingdb drill
    """
    with connect(dsn) as conn:  # who starts it is told what is wrong
        conn.execute("select bookingdb.health()")
    with working("overbooking a slot"):
        reports = run_drill(dsn)
    silent = [report.channel for report in reports if report.after is None]
    emit(
        reports,
        grid("channel", "after", "what it said", rows=map(_row, reports), numbers=["after"]),
        as_json=as_json,
        note=f"Silent: {', '.join(silent)}." if silent else "Every channel told of it.",
    )
    if silent:
        raise typer.Exit(1)


def _row(report: Report) -> tuple[str, str, Text | str]:
    if report.after is None:
        return report.channel, "", Text("silent", style="red")
    return report.channel, f"{report.after:.2f} s", report.said or ""
