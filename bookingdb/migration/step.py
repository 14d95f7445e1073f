"""One change, run by yoyo as Sqitch would run it."""

import getpass
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from yoyo import step  # type: ignore[import-untyped]

from bookingdb.migration.errors import PlanError, ScriptFailed
from bookingdb.migration.plan import Change
from bookingdb.migration.project import Project, load_project
from bookingdb.migration.scripts import Kind, Script, read_script, run_script

__all__ = ["yoyo_change"]

Connection = psycopg.Connection[Any]


def yoyo_change(file: str) -> list[str]:
    """Give the yoyo migration FILE the scripts of its change; return what it depends on.

    Raises:
        PlanError: the file, its scripts and the plan do not fit together.
    """
    path = Path(file).absolute()
    folder = path.parent.parent
    project, by_id = _checked_project(
        folder, _changed_at(folder / "sqitch.plan"), _changed_at(path.parent)
    )
    change = by_id[path.stem]
    deploy, verify, revert = (
        read_script(project.script(change, kind), kind) for kind in ("deploy", "verify", "revert")
    )
    _have_login_name()
    step(
        lambda conn: _deploy(conn, change, deploy, verify, revert),
        lambda conn: _revert(conn, change, revert),
    )
    return [c.yoyo_id for c in project.plan.changes[: change.position - 1][-1:]]


@lru_cache(maxsize=1)
def _checked_project(
    folder: Path, *_changed_at: int | None
) -> tuple[Project, Mapping[str, Change]]:
    """The project and its changes by yoyo's name for them.

    Read and compared once for all changes, as long as plan and folder stay.
    """
    project = load_project(folder)
    if problems := list(project.yoyo_problems()):
        raise PlanError("\n".join(problems))
    return project, {change.yoyo_id: change for change in project.plan.changes}


def _changed_at(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def _deploy(
    conn: Connection, change: Change, deploy: Script, verify: Script, revert: Script
) -> None:
    try:
        run_script(conn, deploy)
    except psycopg.Error as error:
        outcome = _outcome(error) if deploy.atomic else _undo(conn, revert)
        raise _failure(change, "deploy", deploy, error, outcome) from error
    try:
        run_script(conn, verify)
    except psycopg.Error as error:
        raise _failure(change, "verify", verify, error, _undo(conn, revert)) from error


def _revert(conn: Connection, change: Change, revert: Script) -> None:
    try:
        run_script(conn, revert)
    except psycopg.Error as error:
        raise _failure(change, "revert", revert, error, _outcome(error)) from error


def _undo(conn: Connection, revert: Script) -> str:
    try:
        conn.execute("rollback")  # of a transaction that the failed script left open
        run_script(conn, revert)
    except psycopg.Error as error:
        reason = error.diag.message_primary or error
        return f"It could not be reverted either ({reason}): run {revert.path} by hand."
    return "The change was reverted."


def _outcome(error: psycopg.Error) -> str:
    if error.sqlstate is None:  # it may have been lost after the server got the COMMIT
        return "The connection was lost: run the verify script to see whether it was committed."
    return "Nothing was changed."


def _failure(
    change: Change, kind: Kind, script: Script, error: psycopg.Error, outcome: str
) -> ScriptFailed:
    diag = error.diag
    code = f" ({error.sqlstate})" if error.sqlstate else ""
    details = {
        "DETAIL": diag.message_detail,
        "HINT": diag.message_hint,
        "CONTEXT": diag.context,
        "SCRIPT": f"{script.path}{_line(script, diag.statement_position)}",
    }
    message = [
        f"{change.name}: the {kind} script failed: {diag.message_primary or error}{code}",
        *(f"{label}: {text}" for label, text in details.items() if text),
        f"{outcome} Then correct the script, or what it needs, and start again.",
    ]
    return ScriptFailed(
        "\n".join(message), change=change.name, script=script.path, sqlstate=error.sqlstate
    )


def _line(script: Script, position: str | None) -> str:
    if position is None or not script.has_own_lines:
        return ""
    return f", line {script.messages[0].count(chr(10), 0, int(position) - 1) + 1}"


def _have_login_name() -> None:
    """See to it that yoyo can record who ran the change.

    It asks for the name after the script has been committed, and where the user has none (in
    a container with any user id) it would leave the change without a record.
    """
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = f"uid {os.getuid()}"
