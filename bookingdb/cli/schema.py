"""The schema: deploy it, see what is deployed, take it away."""

from collections.abc import Sized
from typing import Annotated

import typer

from bookingdb import migration
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, grid, progress, say
from bookingdb.migration import Change

__all__ = ["migrate", "migrate_showing_progress", "rollback", "status"]


def migrate(
    *,
    break_lock: Annotated[
        bool,
        typer.Option(help="First remove the lock that a killed migration left."),
    ] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Deploy the schema, or what is new in it.

    Each change is a transaction of its own; what is deployed already is left
    alone.

    For example:
      bookingdb migrate
    """
    notes = []
    if break_lock:
        lock = migration.break_lock(dsn)
        notes.append(f"Removed the lock of process {lock.pid}." if lock else "There was no lock.")
    changes = migrate_showing_progress(dsn, quiet=as_json)
    notes.append(f"Deployed {_count(changes)}." if changes else "All changes are deployed.")
    emit([_change(c) for c in changes], as_json=as_json, note=" ".join(notes))


def status(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """Show which changes of the schema are deployed, and which are pending.

    For example:
      bookingdb status
    """
    changes = migration.status(dsn)
    deployed = sum(1 for _, at in changes if at is not None)
    rows = [(c.position, c.name, "pending" if at is None else at, c.note) for c, at in changes]
    emit(
        [{**_change(c), "deployed_at": at} for c, at in changes],
        grid("#", "change", "deployed", "note", rows=rows, numbers=["#"]),
        as_json=as_json,
        note=f"{deployed} of {_count(changes)} deployed, {len(changes) - deployed} pending.",
    )


def rollback(
    *,
    to: Annotated[
        str | None, typer.Option(metavar="CHANGE", help="The change to keep as the last one.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Take the schema away again, or the part of it after a change. This drops data.

    Tables go with all that is in them: make a backup before. Without --to
    everything goes.

    For example:
      bookingdb rollback --yes
    """
    deployed = [c for c, at in migration.status(dsn) if at is not None]
    if deployed and not yes:
        what = f"everything after {to}" if to else "the whole schema, with all bookings"
        typer.confirm(f"Drop {what} from this database?", abort=True, err=True)
    keep = next((c.position for c in deployed if c.name == to), 0)
    with _Ticker("rolled back", len(deployed) - keep, quiet=as_json) as ticker:
        changes = migration.rollback(dsn, to=to, on_change=ticker)
    note = f"Rolled back {_count(changes)}." if changes else "Nothing is deployed after that."
    emit([_change(c) for c in changes], as_json=as_json, note=note)


def migrate_showing_progress(dsn: str, *, quiet: bool) -> list[Change]:
    """Deploy what is pending, telling on stderr how far it is."""
    pending = sum(1 for _, at in migration.status(dsn) if at is None)
    with _Ticker("deployed", pending, quiet=quiet) as ticker:
        return migration.migrate(dsn, on_change=ticker)


class _Ticker:
    """Shows each change as it is done: on a terminal as a bar, else as a line."""

    def __init__(self, verb: str, total: int, *, quiet: bool) -> None:
        self._verb = verb
        self._bar = progress()
        self._task = self._bar.add_task("", total=total, visible=total > 0)
        self._as_lines = self._bar.disable and not quiet

    def __enter__(self) -> "_Ticker":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, change: Change) -> None:
        self._bar.update(self._task, advance=1, description=change.name)
        if self._as_lines:
            say(f"{self._verb} {change.name}")


def _change(change: Change) -> dict[str, object]:
    return {"position": change.position, "name": change.name, "note": change.note}


def _count(changes: Sized) -> str:
    return f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
