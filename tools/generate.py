"""Write the typed wrappers, models and reference pages from the catalog of a migrated database.

    python -m tools.generate            write them
    python -m tools.generate --check    fail if they are not what the catalog says

Names, order, types and defaults come from pg_proc, fields from pg_attribute, docstrings from the
contract comments in sql/: a wrapper cannot differ from its function.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

import bookingdb.errors
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate
from tools.grants import shipped_grants_script
from tools.lifecycle import with_moves_and_outcomes
from tools.models import model_names, models_text
from tools.naming import BY_HAND, MODULES, SYNC_AND_ASYNC
from tools.reference import functions_page, with_metrics, with_schema_picture
from tools.tables import tables_page
from tools.wrappers import FUNCTIONS, function_text, module_text, package_text

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bookingdb"
SQL = ROOT / "sql/functions"


def render(conn: psycopg.Connection[Any]) -> Iterator[tuple[Path, str]]:
    """Every generated file with its text, before it is formatted."""
    cursor: psycopg.Cursor[Any] = conn.cursor(row_factory=namedtuple_row)
    rows = {row.name: row for row in cursor.execute(FUNCTIONS)}
    scripts = {
        folder: {p.stem: p for p in sorted((SQL / folder).glob("*.sql")) if p.stem in rows}
        for folder in MODULES
    }
    yield PACKAGE / "models.py", models_text(conn)
    for is_async in (False, True):
        home = PACKAGE / ("aio" if is_async else "")
        origins = {}
        for folder, (module, doc) in MODULES.items():
            found = scripts[folder]
            functions = [function_text(rows[n], p, is_async=is_async) for n, p in found.items()]
            origins[module] = list(found)
            yield home / f"{module}.py", module_text(doc, functions, origins[module], is_async)
        origins |= BY_HAND
        if not is_async:
            origins |= {"errors": bookingdb.errors.__all__, "models": model_names(conn)}
            origins |= SYNC_AND_ASYNC
        yield home / "__init__.py", package_text(origins, is_async)

    yield SQL / "integrity/shipped_grants.sql", shipped_grants_script(conn)
    areas = [(doc.rstrip("."), scripts[folder]) for folder, (_, doc) in MODULES.items()]
    yield ROOT / "docs/functions.md", functions_page(conn, areas)
    yield ROOT / "docs/tables.md", tables_page(conn)
    page = ROOT / "docs/architecture.md"
    yield page, with_schema_picture(conn, page.read_text(encoding="utf-8"))
    page = ROOT / "docs/metrics.md"
    yield page, with_metrics(conn, page.read_text(encoding="utf-8"))
    page = ROOT / "docs/lifecycle.md"
    yield page, with_moves_and_outcomes(conn, page.read_text(encoding="utf-8"))


def formatted(path: Path, text: str) -> str:
    if path.suffix != ".py":
        return text
    for arguments in (
        ["check", "--fix", "--quiet", "--select", "I,F401,Q,RUF022"],
        ["format", "--quiet"],
    ):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(path), "-"]
        text = subprocess.run(
            command, input=text, text=True, stdout=subprocess.PIPE, check=True
        ).stdout
    return text


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    parser.add_argument("--dsn", help="a migrated database; without, an embedded one is made")
    options = parser.parse_args()
    if options.dsn is None:
        with EmbeddedServer() as server:
            migrate(server.dsn())
            return write(server.dsn(), is_check=options.check)
    return write(options.dsn, is_check=options.check)


def write(dsn: str, *, is_check: bool) -> int:
    stale = []
    with psycopg.connect(dsn) as conn:
        for path, text in render(conn):
            new = formatted(path, text)
            if not path.exists() or path.read_text(encoding="utf-8") != new:
                stale.append(path)
                if not is_check:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(new, encoding="utf-8")
    for path in stale:
        print(f"{'stale' if is_check else 'written'}: {path.relative_to(ROOT)}")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
