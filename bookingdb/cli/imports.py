"""Take over the bookings of another system from a CSV file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Group

from bookingdb import DEFAULT_BUSINESS_ID, ImportedRow, ImportOutcome, import_bookings
from bookingdb.cli.csvfile import Columns, CsvFile, Delimiter, read_csv, write_report
from bookingdb.cli.failures import CommandError, describe
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason
from bookingdb.cli.output import emit, grid, progress
from bookingdb.cli.session import Shop, operator, shop_of

__all__ = ["import_"]

CHUNK = 200
"""Rows of one transaction, which holds the locks of their slots."""
SHOWN = 20
LEFT_OUT = (ImportOutcome.QUARANTINED, ImportOutcome.REJECTED)
WHAT = ("row", "outcome", "code", "detail")


def import_(
    *,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="- is stdin."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do all of it, then take it back.")
    ] = False,
    source: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of this import; that of the file if not given."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Where to write the rows that were left out."),
    ] = None,
    columns: Columns = [],  # noqa: B006 - Typer copies it
    delimiter: Delimiter = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Take over the bookings of another system from a CSV file with a header.

    Columns: date (2026-12-01), time (09:30), bouquets, customer_name and
    customer_email; if wanted customer_phone, payment_method, payment_status,
    status, notes and external_reference.

    Of those who want the same slot, whoever comes first in the file has the
    place. What has no place goes to the quarantine, see `bookingdb quarantine`;
    what cannot be understood is rejected. The exit code is 1 if there is either.
    Repeated under the same name, an import books nothing twice.

    For example:
      bookingdb import bookings.csv --dry-run
    """
    if report and file.exists() and report.exists() and report.samefile(file):
        raise typer.BadParameter("--report would overwrite the file that is imported.")
    content = read_csv(file, delimiter, columns)
    name = source or ("stdin" if str(file) == "-" else file.name)
    if report:
        _write(report, content, [])  # before anything is booked: can it be written?
    results: list[ImportedRow] = []
    with shop_of(dsn, business_id) as shop:
        shop.conn.rollback()  # ends the transaction of the look at the business
        shop.conn.autocommit = not dry_run  # a chunk is a transaction
        with progress() as bar:
            task = bar.add_task(name, total=len(content.rows))
            for chunk in _chunks(shop, content, name, reason):
                results += chunk
                bar.advance(task, len(chunk))
        if dry_run:
            shop.conn.rollback()
    left_out = [_shown(r) for r in results if r.outcome in LEFT_OUT]
    if report:
        _write(report, content, left_out)
    counts = Counter(r.outcome for r in results)
    emit(
        {
            "source": name,
            "dry_run": dry_run,
            "counts": {outcome.value: counts[outcome] for outcome in ImportOutcome},
            "left_out": left_out,
            "ignored_columns": content.ignored,
        },
        _view(counts, left_out),
        as_json=as_json,
        note=_note(content, left_out, report, dry_run=dry_run),
    )
    if left_out:
        raise typer.Exit(1)


def _chunks(
    shop: Shop, content: CsvFile, source: str, reason: str | None
) -> Iterator[Sequence[ImportedRow]]:
    requests = content.requests()
    for start in range(0, len(requests), CHUNK):
        try:
            chunk = import_bookings(
                shop.conn,
                requests[start : start + CHUNK],
                source,
                first_row=start + 1,
                actor=operator(reason),
                business_id=shop.id,
            )
        except psycopg.Error as error:
            if not start or not shop.conn.autocommit:
                raise
            problem = describe(error)
            raise CommandError(
                problem.code,
                problem.message,
                detail=f"{problem.detail}\nRows 1 to {start} are done.",
                hint="Run the same import again: it books nothing twice.",
            ) from error
        yield chunk


def _shown(result: ImportedRow) -> dict[str, Any]:
    values = (result.row_number, result.outcome, result.code, result.detail)
    return dict(zip(WHAT, values, strict=True))


def _write(path: Path, content: CsvFile, left_out: Sequence[dict[str, Any]]) -> None:
    try:
        write_report(path, content, left_out, WHAT)
    except OSError as error:
        raise CommandError("OSError", f"Cannot write {path}", detail=str(error)) from None


def _view(counts: Counter[ImportOutcome], left_out: Sequence[dict[str, Any]]) -> Group:
    totals = grid(*ImportOutcome, rows=[[counts[o] for o in ImportOutcome]], numbers=ImportOutcome)
    if not left_out:
        return Group(totals)
    rows = [result.values() for result in left_out[:SHOWN]]
    return Group(totals, "", grid(*WHAT, rows=rows, numbers=["row"]))


def _note(
    content: CsvFile, left_out: Sequence[object], report: Path | None, *, dry_run: bool
) -> str | None:
    lines = []
    if content.ignored:
        lines.append(f"Ignored: {', '.join(map(repr, content.ignored))}. --map names a column.")
    if len(left_out) > SHOWN:
        where = f"all are in {report}" if report else "--report or --json gives all"
        lines.append(f"{len(left_out) - SHOWN} more rows were left out; {where}.")
    if dry_run:
        lines.append("A trial: nothing was changed.")
    elif left_out:
        lines.append("What has no place waits for you: bookingdb quarantine")
    return "\n".join(lines) or None
