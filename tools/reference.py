"""The pages of the documentation that are made from the catalog and the comments in sql/."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg

__all__ = [
    "as_markdown",
    "contract_of",
    "functions_page",
    "with_metrics",
    "with_schema_picture",
]

SIGNATURE = """
select case p.prokind when 'p' then 'call ' else '' end || p.proname,
       pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
       (select string_agg(r.rolname, ', ' order by r.rolname)
          from pg_roles r
         where r.rolname in (
           'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor', 'bookingdb_dispatcher')
           and has_function_privilege(r.oid, p.oid, 'execute'))
  from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace and p.proname = %s
"""
FOREIGN_KEYS = """
select k.confrelid::regclass, k.conrelid::regclass, k.conname
  from pg_constraint k
 where k.connamespace = 'bookingdb'::regnamespace and k.contype = 'f' and k.conparentid = 0
 order by k.confrelid::regclass::text, k.conrelid::regclass::text, k.conname
"""
TABLES = """
select relname
  from pg_class
 where relnamespace = 'bookingdb'::regnamespace and relkind in ('r', 'p') and not relispartition
 order by relname
"""
METRICS = """
select format('| `%s` | %s | %s | %s |', substr(name, 11), kind,
              (select string_agg(format('`%s`', l), ', ') from unnest(labels) l), help)
  from bookingdb.metric_catalog()
"""
BEGIN_METRICS = "<!-- metrics: made from the catalog by tools/generate.py -->\n"
END_METRICS = "<!-- /metrics -->"
BEGIN, END = "<!-- schema: made from the catalog by tools/generate.py -->\n", "<!-- /schema -->"


def contract_of(script: Path) -> str:
    """The comment above `create` in a script: what the function does, locks, raises, returns."""
    lines: list[str] = []
    for line in script.read_text(encoding="utf-8").splitlines():
        if line.startswith("--"):
            lines.append(line.removeprefix("--").removeprefix(" "))
        elif line.startswith("create"):
            break
    return "\n".join(lines)


def functions_page(
    conn: psycopg.Connection[Any], areas: Iterable[tuple[str, Mapping[str, Path]]]
) -> str:
    """All public functions: signature, who may call it, contract."""
    parts = [
        "# The functions\n\nMade from the catalog and from `sql/` by tools/generate.py. All are in the "
        "schema `bookingdb`; call them with named\narguments (`p_date => …`). In Python the same "
        "names without `p_`, after a connection; `bookingdb.aio` has them for\nasynchronous "
        "connections.\n"
    ]
    for title, functions in areas:
        parts.append(f"\n## {title}\n")
        for name, script in functions.items():
            ((call, arguments, result, roles),) = conn.execute(SIGNATURE, [name]).fetchall()
            arguments = re.sub(r"\bIN (?=p_)", "", arguments)
            listed = re.sub(r", (?=p_|OUT |INOUT )", ",\n  ", arguments.replace("bookingdb.", ""))
            listed = f"\n  {listed}\n" if "\n" in listed else listed
            result = (result or "").replace("bookingdb.", "").replace(", ", ",\n  ")
            result = result.replace("TABLE(", "TABLE(\n  ") if "\n" in result else result
            returns = f"\nreturns {result}" if result else ""  # a procedure's is its INOUT
            parts.append(
                f"\n### {name}\n\n```sql\n{call}({listed}){returns}\n```\n\n"
                f"{as_markdown(contract_of(script))}\n\n*May call it: {roles}.*\n"
            )
    return "".join(parts)


def with_schema_picture(conn: psycopg.Connection[Any], page: str) -> str:
    """`page` with the picture of tables and foreign keys between its two markers."""
    lines = ["erDiagram", "  direction LR"]
    for parent, child, name in conn.execute(FOREIGN_KEYS):
        lines.append(f"  {_short(parent)} ||--o{{ {_short(child)} : {name}")
    lines.append('  bookings ||..|{ booking_audit_log : "row trigger"')
    drawn = " ".join(lines).split()
    lines += [f"  {table}" for (table,) in conn.execute(TABLES) if table not in drawn]
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    picture = "\n".join(lines)
    return f"{before}{BEGIN}\n```mermaid\n{picture}\n```\n\n{END}{after}"


def with_metrics(conn: psycopg.Connection[Any], page: str) -> str:
    """`page` with the table of metrics between its two markers."""
    before, rest = page.split(BEGIN_METRICS)
    _, after = rest.split(END_METRICS)
    rows = "\n".join(row for (row,) in conn.execute(METRICS))
    table = f"| metric | kind | labels | |\n|---|---|---|---|\n{rows}"
    return f"{before}{BEGIN_METRICS}\n{table}\n\n{END_METRICS}{after}"


def _short(name: str) -> str:
    return str(name).removeprefix("bookingdb.")


def as_markdown(contract: str) -> str:
    """The contract with its indented lists as blocks, and Raises, Locks and Returns as paragraphs."""
    text = re.sub(r"(?m)^((?:  .*\n?)+)", r"\n```text\n\1\n```\n", contract + "\n").replace(
        "\n\n```\n\n", "\n```\n\n"
    )
    text = re.sub(r"(?m)^(Raises|Locks|Returns)\b", r"\n\1", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
