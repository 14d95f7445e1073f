"""Personal data of a customer: see them, hand them out, erase them, also from the disk."""

import json
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg import sql
from rich.table import Table

from bookingdb import DEFAULT_BUSINESS_ID, Erasure, OpenBookings, erase_customer, export_customer
from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import emit, grid, printable, progress, say
from bookingdb.cli.session import connect, operator, shop_of

__all__ = ["erase", "export_customer_", "rewrite", "rewrite_erased"]

CustomerEmail = Annotated[
    str, typer.Argument(metavar="EMAIL", help="The customer's e-mail address, whatever its case.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
HELD = ("bookings", "changes", "deliveries", "quarantine", "quarantine_changes")

# Partitions for themselves, so that none is locked for longer than it takes to write it.
WITH_PERSONAL_DATA = """
select c.oid::regclass::text
  from pg_class c
 where c.relnamespace = 'bookingdb'::regnamespace
   and c.relkind = 'r'
   and (c.relname in ('bookings', 'webhook_payloads', 'webhook_attempts', 'booking_quarantine',
                      'settings_audit_log')
        or c.oid in (select inhrelid from pg_inherits
                      where inhparent = 'bookingdb.booking_audit_log'::regclass))
 order by 1
"""


def export_customer_(
    *,
    email: CustomerEmail,
    output: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Else stdout.")] = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Write all that is kept of a customer, as JSON: all that `bookingdb erase` would take.

    For example:
      bookingdb export-customer ada@example.org
    """
    with shop_of(dsn, business_id) as shop:
        held = export_customer(shop.conn, email, business_id=shop.id)
    if output is None:
        emit(held, as_json=True)
        return
    try:
        output.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError("OSError", f"Cannot write {output}", detail=str(error)) from None
    counts = {name: len(held[name]) for name in HELD}
    emit(counts, _counts(held), as_json=as_json, note=f"Written to {output}.")


def erase(
    *,
    email: CustomerEmail,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")],
    open_bookings: Annotated[
        OpenBookings, typer.Option(help="What to do about bookings that are still to come.")
    ] = OpenBookings.REFUSE,
    rewrite_too: Annotated[
        bool, typer.Option("--rewrite", help="Then `bookingdb rewrite-erased`; it locks.")
    ] = False,
    yes: Yes = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Erase the personal data of a customer: bookings, audit log, webhooks, quarantine.

    It cannot be undone. Keep the receipt: it is shown once, and kept nowhere.

    For example:
      bookingdb erase ada@example.org --reason "asked for it" \
        --open-bookings cancel --yes
    """
    if not yes:
        with shop_of(dsn, business_id) as shop:
            held = export_customer(shop.conn, email, business_id=shop.id)
        say(printable(", ".join(f"{name.replace('_', ' ')}: {len(held[name])}" for name in HELD)))
        typer.confirm("Erase what is personal in them, for good?", abort=True, err=True)
    with shop_of(dsn, business_id) as shop:
        erasure = erase_customer(
            shop.conn,
            email,
            reason,
            open_bookings=open_bookings,
            actor=operator(),
            business_id=shop.id,
        )
    if rewrite_too:
        rewrite(dsn)
    emit(erasure, _tombstone(erasure), as_json=as_json, note=_note(erasure))


def rewrite_erased(*, yes: Yes = False, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Write tables that hold personal data anew, so that what was erased leaves the disk.

    PostgreSQL keeps the bytes of old rows until then. Each table is locked while it
    is written: nobody can book meanwhile. Best as the owner of the database.

    For example:
      bookingdb rewrite-erased --yes
    """
    if not yes:
        what = "Write all tables with personal data anew? Nobody can book meanwhile."
        typer.confirm(what, abort=True, err=True)
    done = rewrite(dsn)
    emit({"rewritten": done}, as_json=as_json, note=f"Tables written anew: {len(done)}.")


def rewrite(dsn: str) -> list[str]:
    """Write what holds personal data anew, planner statistics too; the names of the tables.

    Raises CommandError when the server refuses one: it only warns.
    """
    done: list[str] = []
    refused: list[str] = []
    with connect(dsn) as conn:
        conn.autocommit = True
        conn.add_notice_handler(lambda notice: refused.append(notice.message_primary or ""))
        tables = [name for (name,) in conn.execute(WITH_PERSONAL_DATA.encode()).fetchall()]
        with progress() as bar:
            task = bar.add_task("Writing tables anew", total=len(tables) + 1)
            for name in tables:
                bar.update(task, description=name)
                conn.execute(f"vacuum (full, analyze) {name}".encode())
                bar.advance(task)
                done.append(name)
            # What ANALYZE noted before: the most frequent values of each column, also of the
            # partitions together.
            conn.execute("analyze bookingdb.booking_audit_log")
            conn.execute("vacuum full pg_catalog.pg_statistic")
            done.append("pg_catalog.pg_statistic")
            bar.advance(task)
        if refused:
            raise CommandError(
                "42501",
                "Not all tables could be written anew",
                detail=" ".join(refused),
                hint="Connect as the owner of the database, or as a superuser.",
            )
        _checkpoint(conn)
    return done


def _checkpoint(conn: psycopg.Connection[Any]) -> None:
    """Let the files of before go now; who may not ask for that waits for the next checkpoint."""
    try:
        conn.execute(sql.SQL("checkpoint"))
    except psycopg.errors.InsufficientPrivilege:
        say("The old files go with the server's next checkpoint.")


def _counts(held: dict[str, Any]) -> Table:
    return grid("what", "rows", rows=[(n, len(held[n])) for n in HELD], numbers=["rows"])


def _tombstone(erasure: Erasure) -> Table | None:
    """What stays of an erasure, and the receipt."""
    if erasure.erasure_id is None:
        return None
    rows = [
        ("erasure", erasure.erasure_id),
        ("receipt", erasure.receipt),
        ("erased at", erasure.erased_at),
        ("bookings", erasure.booking_count),
        ("changes", erasure.change_count),
        ("deliveries", erasure.delivery_count),
        ("answers", erasure.attempt_count),
        ("imports", erasure.other_count),
        ("mentions kept", erasure.kept_mentions),
    ]
    return grid("what", "value", rows=rows)


def _note(erasure: Erasure) -> str:
    if erasure.erasure_id is None:
        return "Nothing is kept of this customer."
    note = "Keep the receipt: it proves whose data they were, and is kept nowhere."
    if erasure.kept_mentions:
        note += (
            " The e-mail still stands in rows of others; `bookingdb export-customer` says where."
        )
    return note
