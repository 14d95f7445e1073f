"""What went wrong, in words: every error that a user can cause ends here, without a traceback."""

import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ParamSpec, TypeVar

import psycopg
import typer
from psycopg import errors as pg
from rich.text import Text

from bookingdb.cli.output import printable, stderr
from bookingdb.embedded import EmbeddedServerError
from bookingdb.errors import is_retryable
from bookingdb.migration import MigrationError

__all__ = ["CommandError", "Problem", "describe", "guarded", "report"]

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is printed."""

    code: str
    """SQLSTATE, or the name of the Python class where there is none."""
    message: str
    """What is wrong."""
    detail: str = ""
    """The figures."""
    hint: str = ""
    """What to do next."""


class CommandError(Exception):
    """Ends a command with exit code 1, and says why."""

    def __init__(self, code: str, message: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, detail, hint)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """`command`, with the errors that can be expected turned into words and exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (CommandError, psycopg.Error, MigrationError, EmbeddedServerError) as error:
            report(describe(error), as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(1) from None

    return run


def report(problem: Problem, *, as_json: bool) -> None:
    """Print a problem on stderr, with `as_json` as one JSON document."""
    if as_json:
        typer.echo(json.dumps(asdict(problem)), err=True)
        return
    text = Text()
    text.append("error: ", style="bold red").append(printable(problem.message))
    text.append(f" ({problem.code})", style="dim")
    for line in problem.detail.splitlines():
        text.append(f"\n  {printable(line.strip())}")
    if problem.hint:
        text.append("\n  hint: ", style="green").append(printable(problem.hint))
    stderr().print(text, soft_wrap=True)


def describe(error: Exception) -> Problem:
    """What to tell the user about an error."""
    if isinstance(error, CommandError):
        return error.problem
    if isinstance(error, psycopg.Error):
        return _of_database(error)
    message, _, detail = str(error).strip().partition("\n")
    return Problem(type(error).__name__, message, detail)


def _of_database(error: psycopg.Error) -> Problem:
    diag = error.diag
    if error.sqlstate is None:
        return Problem(
            type(error).__name__,
            "The connection to PostgreSQL was lost, or its answer was not understood",
            str(error).strip(),
            "Look whether the server is up, and run the command again.",
        )
    if isinstance(error, pg.InvalidSchemaName):
        return Problem(
            error.sqlstate,
            "This database has no bookingdb yet",
            diag.message_primary or "",
            "`bookingdb migrate` puts it there; or name another database with --dsn.",
        )
    return Problem(
        error.sqlstate,
        diag.message_primary or str(error),
        diag.message_detail or "",
        diag.message_hint or _hint(error),
    )


def _hint(error: psycopg.Error) -> str:
    hints: dict[type[Any], str] = {
        pg.UndefinedFunction: "`bookingdb status` shows whether changes are pending.",
        pg.UndefinedTable: "`bookingdb status` shows whether changes are pending.",
        pg.InsufficientPrivilege: "Grant bookingdb_admin to this login, or use another one.",
    }
    if is_retryable(error):
        return "Another transaction was in the way: run the command again."
    return next((hint for kind, hint in hints.items() if isinstance(error, kind)), "")
