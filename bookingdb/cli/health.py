"""Whether all is well, for people, and for what watches the database."""

from typing import Any

import psycopg
import typer
from rich.text import Text

from bookingdb import HealthSeverity
from bookingdb import health as health_of
from bookingdb.cli.failures import CommandError, describe, report
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, grid, printable
from bookingdb.cli.session import connect
from bookingdb.migration import MigrationError
from bookingdb.migration.history import check_other_tool, deployed
from bookingdb.migration.project import load_project, schema_folder

__all__ = ["health"]

STYLES = {
    HealthSeverity.OK: "green",
    HealthSeverity.WARNING: "yellow",
    HealthSeverity.CRITICAL: "red",
}
SEVERITIES = [*STYLES]  # the exit code of each is its place


def health(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Tell whether all is well; of what is not, how grave it is and what to do.

    The exit code is 0 when all is well, 1 for a warning, 2 when something is
    critical or the database does not answer. Cheap enough for every ten seconds;
    a standby answers too. What each check means is in docs/health.md.

    For example:
      bookingdb health
    """
    try:
        with connect(dsn) as conn:
            found = health_of(conn)
            _compare_with_plan(conn, found)
    except (CommandError, psycopg.Error) as error:
        report(describe(error), as_json=as_json)
        raise typer.Exit(SEVERITIES.index(HealthSeverity.CRITICAL)) from None
    rows = [(_severity(one), one["name"], _figure(one), _words(one)) for one in found["checks"]]
    emit(
        found,
        grid("severity", "check", "figure", "", rows=rows, numbers=["figure"]),
        as_json=as_json,
    )
    raise typer.Exit(SEVERITIES.index(HealthSeverity(found["status"])))


def _compare_with_plan(conn: psycopg.Connection[Any], found: dict[str, Any]) -> None:
    """What of the plan is not deployed: the database cannot know, so only this tells."""
    plan = load_project(schema_folder()).plan
    (check,) = (one for one in found["checks"] if one["name"] == "migrations")
    try:
        with conn.transaction():
            check_other_tool(conn, plan)
            pending = plan.changes[len(deployed(conn, plan)) :]
    except (MigrationError, psycopg.errors.InsufficientPrivilege) as error:
        # Sqitch deployed it, or the login may not read what is on record.
        check["message"] += f" What is pending cannot be told: {str(error).splitlines()[0]}"
        return
    if pending:
        check["figure"] = len(pending)
        check["message"] = (
            f"Changes that are pending: {len(pending)}, the first is {pending[0].name}."
        )
        check["remedy"] = "bookingdb migrate deploys them; bookingdb status lists them."
        if check["severity"] == HealthSeverity.OK:
            check["severity"] = HealthSeverity.WARNING
    found["status"] = max((one["severity"] for one in found["checks"]), key=SEVERITIES.index)


def _severity(check: dict[str, Any]) -> Text:
    severity = HealthSeverity(check["severity"])
    return Text(severity, style=STYLES[severity])


def _figure(check: dict[str, Any]) -> str:
    return "" if check["figure"] is None else f"{check['figure']} {check['unit']}"


def _words(check: dict[str, Any]) -> Text:
    text = Text(printable(check["message"]))
    if check["remedy"] is not None:
        text.append(f"\n{printable(check['remedy'])}", style="bold")
    return text
