"""The pages of the site that say what the Python package and its commands take and return."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

import bookingdb
from bookingdb.cli.app import app
from tools.naming import BY_HAND, MODULES
from tools.reference import as_markdown

__all__ = ["commands_page", "python_page"]

PACKAGE = Path(bookingdb.__file__).parent
START = """# The Python package

The connection comes first, and the transaction stays yours. `bookingdb.aio` has the same functions for asynchronous
connections: `await` them. Errors are classes: [errors](../errors.md).
"""


def python_page() -> str:
    """What a caller can import: functions by module, then the models, as their source has them."""
    modules = {module: about.rstrip(".") for module, about in MODULES.values()}
    modules |= {module: f"bookingdb.{module}" for module in BY_HAND if module not in modules}
    modules |= {"models": "What they return"}
    parts = [START]
    for module, about in modules.items():
        parts.append(f"\n## {about}\n")
        parts += (
            f"\n### {name}\n\n```python\n{text}\n```\n{said}" for name, text, said in _items(module)
        )
    return "".join(parts)


def _items(module: str) -> Iterator[tuple[str, str, str]]:
    """Name, source and contract of what a module defines for others."""
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        start, end = node.lineno, node.end_lineno
        said = ""
        if isinstance(node, ast.FunctionDef):
            end = node.body[0].lineno - 1
            said = f"\n{as_markdown(ast.get_docstring(node) or '')}\n"
        yield node.name, "\n".join(lines[start - 1 : end]), said


def commands_page() -> str:
    """The help of all commands, as Typer writes it."""
    command = get_command(app)
    text: str = get_docs_for_click(obj=command, ctx=Context(command), name="bookingdb")
    text = re.sub(r"(?m)^For example:\n((?:  .*\n)+)", r"For example:\n\n```sh\n\1```\n", text)
    return text.replace("# `bookingdb`", "# The commands", 1)
