"""Whether the audit log is genuine: verify it, seal it, prove a row of it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    AuditFinding,
    ReceiptFinding,
    audit_proof,
    seal_audit,
    verify_audit,
    verify_receipts,
)
from bookingdb.cli.failures import CommandError
from bookingdb.cli.moments import From, To
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import emit, grid, progress
from bookingdb.cli.session import connect, shop_of

__all__ = ["proof", "seal", "verify"]

BATCH = 1000
NO_JSON = "22P02"  # invalid_text_representation


def verify(
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Bodies of webhooks as they came, one a line.",
        ),
    ] = None,
    start: From = None,
    end: To = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Verify the hashes of the audit log. The exit code is 1 when something was done to it.

    Names each row that was changed, removed, inserted, reordered or cut off, also
    what seals and the bookings themselves know better. Who can rewrite all of
    that cannot rewrite what receivers of webhooks hold: compare with --against.

    For example:
      bookingdb audit verify --from 30d
    """
    with shop_of(dsn, business_id) as shop:
        zone = shop.business.time_zone
        findings = verify_audit(
            shop.conn,
            from_=start.at(zone) if start else None,
            to=end.at(zone) if end else None,
            business_id=shop.id,
        )
        differing: list[ReceiptFinding] = []
        total = 0
        if against is not None:
            with progress() as bar, against.open(encoding="utf-8") as file:
                task = bar.add_task("receipts compared", total=None)
                while batch := _events(islice(file, BATCH), total + 1):
                    found = verify_receipts(shop.conn, batch, business_id=shop.id)
                    differing += [replace(one, receipt=one.receipt + total) for one in found]
                    total += len(batch)
                    bar.advance(task, len(batch))
    is_sound = not findings and not differing
    compared = f" {total} receipts say the same." if against is not None else ""
    emit(
        {"findings": findings, "receipts_compared": total, "receipts_differing": differing},
        None if is_sound else _table(findings, differing),
        as_json=as_json,
        note=f"Sound: nothing was done to the audit log.{compared}" if is_sound else None,
    )
    if not is_sound:
        raise typer.Exit(1)


def seal(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Seal what is new in the audit log of all businesses, and send the seals out by webhook.

    Run it hourly: what is sealed and was sent nobody can change any more unseen.

    For example:
      bookingdb audit seal
    """
    with connect(dsn) as conn:
        seals = seal_audit(conn)
    rows = [(s.business_id, s.seal_number, s.row_count, s.root.hex()) for s in seals]
    table = grid("business", "seal", "rows", "root", rows=rows, numbers=["seal", "rows"])
    emit(
        seals, table if seals else None, as_json=as_json, note=None if seals else "Nothing is new."
    )


def proof(
    *,
    audit_id: Annotated[UUID, typer.Argument(metavar="ROW", help="Id of a row of the audit log.")],
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Prove that a row of the audit log is covered by a seal: the path from it to the root.

    docs/audit-format.md says how anybody checks it.

    For example:
      bookingdb audit proof 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        found = audit_proof(shop.conn, audit_id, business_id=shop.id)
    rows = [("row", found.hash.hex()), *(step.split() for step in found.path)]
    rows += [("root", found.root.hex()), (f"seal {found.seal_number}", found.seal_hash.hex())]
    note = f"Row {found.leaf_number} of {found.row_count} in seal {found.seal_number}."
    emit(found, grid("", "SHA-256", rows=rows), as_json=as_json, note=note)


def _events(lines: Iterable[str], first: int) -> list[Any]:
    """The events in lines of a file, of which the first has this number."""
    events = []
    for number, line in enumerate(lines, first):
        try:
            events.append(json.loads(line))
        except ValueError as error:
            raise CommandError(NO_JSON, f"Line {number} is no JSON", detail=str(error)) from None
    return events


def _table(findings: list[AuditFinding], differing: list[ReceiptFinding]) -> Table:
    rows: list[tuple[Any, ...]] = [
        (f.damage, f.booking_id, f.booking_version, f.audit_id, f.detail) for f in findings
    ]
    rows += [
        (f.damage, f.booking_id, f.booking_version, f.audit_id, f"Line {f.receipt}: {f.detail}")
        for f in differing
    ]
    return grid("damage", "booking", "version", "row", "detail", rows=rows, numbers=["version"])
