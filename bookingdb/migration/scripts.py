"""Read a script as psql would, and run it.

A script is of one of two kinds:

- Its first line of code is ``begin;`` and its last ``commit;`` (a verify script may end with
  ``rollback;``). It is sent as one message: PostgreSQL itself finds the ends of the
  statements, so no function body can be cut in two, and it happens whole or not at all.
- It has no ``begin;`` and holds only SET, RESET and ``… CONCURRENTLY`` statements, which no
  transaction may hold. They are sent one by one.
"""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg
import sqlparse

from bookingdb.migration.errors import PlanError

__all__ = ["Kind", "Script", "read_script", "run_script"]

logger = logging.getLogger("bookingdb.migration")

Kind = Literal["deploy", "revert", "verify"]

_BEGIN = re.compile(r"begin\s*;\s*(--.*)?", re.IGNORECASE)
_END = re.compile(r"(commit|rollback)\s*;\s*(--.*)?", re.IGNORECASE)
_COMMAND = re.compile(r"^\\(\S+)[ \t]*(.*)$", re.MULTILINE)
_ALONE = re.compile(r"(re)?set\b|.*\bconcurrently\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Script:
    """A script that is ready to run.

    Attributes:
        path: where it was read.
        messages: what is sent, one after the other.
        atomic: whether it happens whole or not at all.
        has_own_lines: whether line numbers in it are those of the file (no ``\\ir``).
    """

    path: Path
    messages: tuple[str, ...]
    atomic: bool
    has_own_lines: bool


def read_script(path: Path, kind: Kind) -> Script:
    r"""Read a script; in a revert script, ``\ir FILE`` stands for the text of that file.

    Raises:
        PlanError: it is missing, or of neither kind.
    """
    own = _read(path)
    text = _include(own, path, kind, ())
    code = [line.strip() for line in text.split("\n") if not re.match(r"\s*(--|$)", line)]
    if code and _BEGIN.fullmatch(code[0]):
        end = _END.fullmatch(code[-1])
        if end is None or (end[1].lower() == "rollback" and kind != "verify"):
            raise PlanError(f"{path} begins with begin; so its last line must be commit;")
        if kind != "revert" and sum(1 for line in code if _BEGIN.fullmatch(line)) > 1:
            raise PlanError(f"{path} has more than one begin; and could be left half done.")
        return Script(path, (text,), True, text == own)
    if kind == "verify":
        return Script(path, (text,), True, text == own)
    statements = [s for s in sqlparse.split(text) if _uncommented(s)]
    for statement in statements:
        if not _ALONE.match(_uncommented(statement)):
            first = _uncommented(statement).split("\n")[0]
            raise PlanError(
                f'{path} has no begin; but holds "{first}", which belongs in a transaction: put '
                "begin; and commit; around the script, or leave only SET and … CONCURRENTLY in it."
            )
    return Script(path, tuple(statements), False, False)


def run_script(conn: psycopg.Connection[Any], script: Script) -> None:
    """Run a script on a connection in autocommit mode, as if psql had just connected.

    Raises:
        psycopg.Error: the server refused it, or went away.
    """
    conn.execute("discard all")
    conn.execute("set client_encoding = 'UTF8'")
    # Without this the server would go on to the COMMIT by itself if this process were killed.
    # A server on Windows cannot do it and refuses the setting.
    with suppress(psycopg.errors.InvalidParameterValue):
        conn.execute("set client_connection_check_interval = '1s'")
    conn.add_notice_handler(_log_notice)
    try:
        for message in script.messages:
            conn.execute(message, prepare=False)
    finally:
        conn.remove_notice_handler(_log_notice)


def _log_notice(notice: psycopg.errors.Diagnostic) -> None:
    level = logging.WARNING if notice.severity_nonlocalized == "WARNING" else logging.DEBUG
    logger.log(level, "%s", notice.message_primary)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError(f"{path} is missing. `tools/new_change.py --missing` makes it.") from None
    except UnicodeDecodeError as error:
        raise PlanError(f"{path} is not UTF-8: {error}. Save it as UTF-8.") from None


def _include(text: str, path: Path, kind: Kind, within: tuple[Path, ...]) -> str:
    def replacement(command: re.Match[str]) -> str:
        included = (path.parent / command[2].strip()).resolve()
        if command[1] != "ir" or kind != "revert" or included in within:
            raise PlanError(
                f"{path} has the psql command {command[0]}. Only \\ir works without psql, only "
                "in revert scripts (Sqitch hashes the others), and not in circles."
            )
        return _include(_read(included), included, kind, (*within, included)).rstrip("\n")

    return _COMMAND.sub(replacement, text)


def _uncommented(statement: str) -> str:
    return str(sqlparse.format(statement, strip_comments=True)).strip().rstrip(";").strip()
