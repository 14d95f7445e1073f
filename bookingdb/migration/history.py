"""Read what yoyo has recorded in a database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from bookingdb.migration.errors import HistoryDiffers, OtherTool
from bookingdb.migration.plan import Plan

__all__ = ["Lock", "check_other_tool", "deployed", "find_lock"]

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Lock:
    """The row that yoyo writes while it works.

    Attributes:
        pid: process that wrote it, on the machine it ran on.
        since: when (aware, UTC).
    """

    pid: int
    since: datetime


def deployed(conn: Connection, plan: Plan) -> list[datetime]:
    """When each change was deployed, in the order of the plan; those that are not are left out.

    Raises:
        HistoryDiffers: the changes on record are not the first changes of the plan.
    """
    if not _has_table(conn, "_yoyo_migration"):
        return []
    rows = conn.execute("select migration_id, applied_at_utc from _yoyo_migration").fetchall()
    times: dict[str, datetime] = {name: at.replace(tzinfo=UTC) for name, at in rows}
    planned = [change.yoyo_id for change in plan.changes]
    # Other programs may keep their migrations in the same table.
    newer = [
        n for n in times if n[:5] > f"{len(planned):04d}_" and n[:4].isdigit() and n[4:5] == "_"
    ]
    if newer and all(name in times for name in planned):
        raise HistoryDiffers(
            f"The database has changes that this bookingdb does not know: {', '.join(newer)}. "
            "A newer release deployed it: install that release or a later one."
        )
    count = sum(1 for name in planned if name in times)
    skipped = [name for name in planned[:count] if name not in times]
    if skipped:
        raise HistoryDiffers(
            f"{skipped[0]} is not on record, though later changes are. If it is in the "
            f"database, say so with `yoyo mark -r {skipped[0]}`; if not, `yoyo apply` it."
        )
    return [times[name] for name in planned[:count]]


def check_other_tool(conn: Connection, plan: Plan) -> None:
    """See to it that it is yoyo's tables that tell what is deployed.

    Raises:
        OtherTool: Sqitch deployed the database, or nobody knows who did.
    """
    by_sqitch = 0
    if _scalar(conn, "select to_regclass('sqitch.changes') is not null"):
        by_sqitch = _scalar(
            conn, "select count(*) from sqitch.changes where project = %s", plan.project
        )
    if by_sqitch:
        raise OtherTool(
            f"Sqitch has deployed {by_sqitch} changes of {plan.project} to this database. Go on "
            "with `sqitch deploy`, or `sqitch revert` them first."
        )
    if deployed(conn, plan) or not _scalar(conn, "select to_regnamespace('bookingdb') is not null"):
        return
    raise OtherTool(
        "There is a schema bookingdb, but no change of it is on record in "
        f'"{_scalar(conn, "select current_schema()")}"._yoyo_migration. Go on with the tool that '
        "deployed it. If it was yoyo under another search_path, use that search_path; if it was "
        "yoyo and was killed right after the first change, say that the change is there: `yoyo "
        f"mark -r {plan.changes[0].yoyo_id}`."
    )


def find_lock(conn: Connection) -> Lock | None:
    """The lock of a yoyo that runs, or was killed."""
    if not _has_table(conn, "yoyo_lock"):
        return None
    row = conn.execute("select pid, ctime from yoyo_lock").fetchone()
    return Lock(row[0], row[1].replace(tzinfo=UTC)) if row else None


def _has_table(conn: Connection, name: str) -> bool:
    # yoyo looks for its tables in the first schema of the search path, and only there.
    query = "select to_regclass(format('%%I.%%I', current_schema(), %s::text)) is not null"
    return bool(_scalar(conn, query, name))


def _scalar(conn: Connection, query: str, *values: Any) -> Any:
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query, values).fetchone()
