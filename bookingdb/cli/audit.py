"""What is done with the audit log as a whole."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from bookingdb import record_audit_export
from bookingdb.cli import proofs
from bookingdb.cli.audit_file import finished_file, read_back, write_rows
from bookingdb.cli.failures import guarded
from bookingdb.cli.moments import Moment, parse_month
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, progress
from bookingdb.cli.session import connect, operator

__all__ = ["app"]

HELP = "2026-12-01, '2026-12-01 14:30' or 7d (ago), by UTC"

app = typer.Typer(
    no_args_is_help=True, help="The audit log: verify it, seal it, prove a row, export it."
)


def export(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A new file, *.jsonl.gz.")
    ],
    month: Annotated[
        dt.date | None,
        typer.Option(metavar="MONTH", parser=parse_month, help="A month that is over, 2026-12."),
    ] = None,
    since: Annotated[
        Moment | None,
        typer.Option("--from", metavar="TIME", parser=Moment.parse, help=f"Changes since: {HELP}."),
    ] = None,
    before: Annotated[
        Moment | None,
        typer.Option("--to", metavar="TIME", parser=Moment.parse, help="Changes before then."),
    ] = None,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Export the audit log of all businesses: gzip JSON Lines, a change a line.

    The file is read back and compared with the log. A month is registered then,
    and may be dropped. The file has customers' data in it: keep it safe.

    For example:
      bookingdb audit export --month 2025-01 --output 2025-01.jsonl.gz
    """
    if (month is None) == (since is None and before is None):
        raise typer.BadParameter("Give either --month, or --from and --to.")
    if month is not None:
        following = (month + dt.timedelta(days=31)).replace(day=1)
        first, end = (dt.datetime.combine(d, dt.time(), dt.UTC) for d in (month, following))
    else:
        first = since.at("UTC") if since else dt.datetime.min.replace(tzinfo=dt.UTC)
        end = before.at("UTC") if before else dt.datetime.now(dt.UTC)
    with connect(dsn) as conn, progress() as bar, finished_file(output) as partial:
        task = bar.add_task("changes exported", total=None)
        count = write_rows(conn, partial, first, end, lambda n: bar.advance(task, n))
        task = bar.add_task("changes read back", total=count)
        content = read_back(conn, partial, count, lambda n: bar.advance(task, n))
        if month is not None:
            record_audit_export(
                conn, month, content.row_count, content.digest, str(output.resolve()),
                actor=operator(),
            )  # fmt: skip
    emit(
        {"file": str(output), "row_count": content.row_count, "digest": content.digest,
         "is_registered": month is not None},
        as_json=as_json,
        note=f"{content.row_count} changes in {output}, read back and found complete.",
    )  # fmt: skip


for command in (proofs.verify, proofs.seal, proofs.proof, export):
    app.command(command.__name__)(guarded(command))
