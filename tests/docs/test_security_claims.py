"""docs/security.md claims nothing without a test that shows it, and no test that is not there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_security_audit import FAULTS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def claims(page: str) -> Iterator[tuple[str, str]]:
    """The first and the last cell of each row of a table whose last column is "shown by"."""
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    for table in re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE):
        head, _, *rows = ([c.strip() for c in line.split("|")[1:-1]] for line in table.splitlines())
        if head[-1] == "shown by":
            yield from ((row[0], row[-1]) for row in rows)


def problems(page: str) -> list[str]:
    """Claims without a test, and tests that are not there."""
    found = [f"no test: {claim}" for claim, proof in claims(page) if not REFERENCE.search(proof)]
    for path, name in REFERENCE.findall(page):
        if not (ROOT / path).exists() or name not in names_in(ROOT / path):
            found.append(f"no such test: {path}::{name}")
    return found


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, functions) and node.name.startswith("test_")
    }


def test_each_claim_has_its_test() -> None:
    assert len(list(claims(PAGE))) > 30
    assert problems(PAGE) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("| x | |", "no test: x"),
        ("| x | <!-- to be linked --> |", "no test: x"),
        ("| x | trust us |", "no test: x"),
        ("| x | `tests/test_access.py::test_gone` |", "tests/test_access.py::test_gone"),
        ("| x | `tests/test_gone.py::test_tables` |", "tests/test_gone.py::test_tables"),
        ("| x | `tests/test_access.py::call` |", "tests/test_access.py::call"),
    ],
)
def test_it_would_be_seen(row: str, problem: str) -> None:
    (found,) = problems(f"| claim | shown by |\n|---|---|\n{row}\n")
    assert problem in found


def test_every_check_is_on_the_page() -> None:
    shown = set(re.findall(r"`(\w+)`", PAGE))
    planted = {check_name for _, check_name, _ in FAULTS}
    assert len(planted) > 20
    assert planted <= shown
