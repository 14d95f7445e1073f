"""Pages of HTML: what they are made of, and where they are written to."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bookingdb.cli.failures import CommandError
from bookingdb.cli.output import say

__all__ = ["Html", "check_target", "template", "write_page"]

STDOUT = Path("-")

Html = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write one page to read and to print; - is stdout."),
]


def template(name: str, **filters: Callable[..., object]) -> Template:
    """A template of ours: what is filled in is escaped, and what is missing raises."""
    environment = Environment(
        loader=PackageLoader("bookingdb.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(name)


def check_target(html: Path | None, *, as_json: bool) -> None:
    """Raises BadParameter when page and JSON are to go to the same place."""
    if as_json and html == STDOUT:
        raise typer.BadParameter("--json and --html - cannot both have stdout.")


def write_page(page: str, target: Path, *, as_json: bool) -> None:
    """Write the page, and say so unless nobody reads it; raises CommandError when it cannot be."""
    if target == STDOUT:
        sys.stdout.write(page)
        return
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            type(error).__name__, f"{target} cannot be written", detail=error.strerror or ""
        ) from error
    if not as_json:
        say(f"Written: {target}")
