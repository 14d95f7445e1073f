"""What opens the database wider than it was shipped."""

import typer
from rich.text import Text

from bookingdb import Severity, security_audit
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, grid, printable
from bookingdb.cli.session import connect

__all__ = ["STYLES", "security_audit_"]

STYLES = {Severity.INFO: "dim", Severity.WARNING: "yellow", Severity.CRITICAL: "red"}


def security_audit_(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Look for what opens the database wider than it was shipped, and say how to close it.

    Privileges, owners, roles and logins, row-level security, settings, webhooks. The
    exit code is 1 when there is something; what is for information does not count.

    For example:
      bookingdb security-audit
    """
    with connect(dsn) as conn:
        findings = security_audit(conn)
    rows = [
        (
            Text(f.severity, style=STYLES[f.severity]),
            f.check_name,
            f.object,
            f.detail,
            Text(printable(f.remedy or ""), style="dim"),
        )
        for f in findings
    ]
    table = grid("severity", "check", "object", "detail", "remedy", rows=rows) if rows else None
    has_complaints = any(f.severity != Severity.INFO for f in findings)
    note = None if has_complaints else "Nothing is open that was shipped closed."
    emit(findings, table, as_json=as_json, note=note)
    if has_complaints:
        raise typer.Exit(1)
