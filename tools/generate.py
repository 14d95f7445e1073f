"""Write the typed wrappers, models and reference pages from the catalog of a migrated database.

    python -m tools.generate            write them
    python -m tools.generate --check    fail if they are not what the catalog says

Names, order, types and defaults come from pg_proc, fields from pg_attribute, docstrings from the
contract comments in sql/: a wrapper cannot differ from its function.
"""

import argparse
import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

import bookingdb.errors
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate
from tools.reference import contract_of, functions_page, with_schema_picture

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bookingdb"

MODELS = {  # what returns rows -> the name of its model
    "businesses": "Business",
    "opening_hours": "OpeningHours",
    "time_slots": "TimeSlot",
    "bookings": "Booking",
    "booking_audit_log": "AuditEntry",
    "actor": "Actor",
    "available_slots": "AvailableSlot",
    "why_unavailable": "Refusal",
    "plan_schedule_refresh": "PlannedChange",
    "refresh_future_schedule": "RefreshCounts",
    "check_integrity": "IntegrityFinding",
    "error_catalog": "ErrorEntry",
    "status_moves": "StatusMove",
    "payment_moves": "PaymentMove",
}
MODULES = {  # folder below sql/functions -> module and what it is about
    "booking": ("bookings", "The life of a booking."),
    "schedule": ("schedule", "Opening hours, slots and what is free."),
    "business": ("businesses", "Businesses and their settings."),
    "actor": ("actor", "Who acts."),
    "audit": ("audit", "What happened to a booking."),
    "integrity": ("integrity", "Everything that must never be."),
    "core": ("catalog", "What bookingdb says of itself: its errors and legal moves."),
}
OPTIONAL = {  # NULL is a value, though there is no default
    ("create_booking_safe", "customer_name"),
    ("create_booking_safe", "customer_email"),
    ("set_actor", "actor"),
}
TYPES = {
    "boolean": "bool",
    "bytea": "bytes",
    "date": "dt.date",
    "daterange": "Range[dt.date]",
    "inet": "IPv4Address | IPv6Address",
    "integer": "int",
    "interval": "dt.timedelta",
    "jsonb": "dict[str, Any]",
    "text": "str",
    "time without time zone": "dt.time",
    "timestamp with time zone": "dt.datetime",
    "uuid": "UUID",
    "void": "None",
    "xid8": "str",
}
ALIASES = {"create_booking": "create_booking_safe"}
JSON_ARGUMENTS = {
    "actor": "Actor",
    "hours": "Sequence[Mapping[str, Any]]",
    "requests": "Sequence[Mapping[str, Any]]",
}
HEADER = '"""{doc}\n\nMade from the catalog by tools/generate.py.\n"""\n\n'

FUNCTIONS = """
select p.proname as name, p.pronargs as count, p.proargnames as names, p.proretset as is_set,
       array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, n)
              order by n) as types,
       array(select pg_get_function_arg_default(p.oid, n) from generate_series(1, p.pronargs) n
              order by n) as defaults,
       coalesce(c.relname, format_type(p.prorettype, null)) as returns,
       p.proargmodes is not null as has_outputs
  from pg_proc p
  left join pg_type t on t.oid = p.prorettype
  left join pg_class c on c.oid = t.typrelid
 where p.pronamespace = 'bookingdb'::regnamespace
   and p.prokind = 'f'
   and (has_function_privilege('bookingdb_admin', p.oid, 'execute')
        or has_function_privilege('bookingdb_auditor', p.oid, 'execute'))
   and p.proname <> 'default_business_id'
"""
TABLE_FIELDS = """
select a.attname, format_type(a.atttypid, null), not a.attnotnull,
       col_description(c.oid, a.attnum), obj_description(coalesce(nullif(c.oid, 0), 0), 'pg_class'),
       obj_description(t.oid, 'pg_type')
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_type t on t.typrelid = c.oid
 where c.relnamespace = 'bookingdb'::regnamespace and c.relname = %s
   and a.attnum > 0 and not a.attisdropped
 order by a.attnum
"""
OUTPUT_FIELDS = """
select o.name, format_type(o.type, null), obj_description(p.oid, 'pg_proc')
  from pg_proc p
 cross join unnest(p.proallargtypes, p.proargnames, p.proargmodes) with ordinality
         as o (type, name, mode, n)
 where p.pronamespace = 'bookingdb'::regnamespace and p.proname = %s and o.mode in ('o', 't')
 order by o.n
"""
ENUMS = """
select t.typname, obj_description(t.oid, 'pg_type'),
       array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by enumsortorder)
  from pg_type t
 where t.typnamespace = 'bookingdb'::regnamespace and t.typtype = 'e'
 order by t.oid
"""


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def python_type(name: str) -> str:
    return TYPES.get(name) or camel(name.removeprefix("bookingdb."))


@dataclass(frozen=True)
class Parameter:
    name: str
    sql_type: str
    default: str | None
    is_optional: bool

    @property
    def python_name(self) -> str:
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name

    @property
    def annotation(self) -> str:
        kind = JSON_ARGUMENTS[self.name] if self.sql_type == "jsonb" else python_type(self.sql_type)
        return f"{kind} | None" if self.is_optional or self.default == "None" else kind

    @property
    def signature(self) -> str:
        text = f"{self.python_name}: {self.annotation}"
        return text if self.default is None else f"{text} = {self.default}"

    @property
    def placeholder(self) -> str:
        # A Python int is sent as the smallest type it fits; the function wants int.
        cast = "::int" if self.sql_type == "integer" else ""
        return f"p_{self.name} => %({self.name})s{cast}"

    @property
    def argument(self) -> str:
        value = f"jsonb({self.name})" if self.sql_type == "jsonb" else self.python_name
        return f'"{self.name}": {value}'


def python_default(sql: str | None) -> str | None:
    if sql is None:
        return None
    if sql == "bookingdb.default_business_id()":
        return "DEFAULT_BUSINESS_ID"
    value, _, kind = sql.partition("::")
    if value == "NULL":
        return "None"
    if kind == "interval":
        hours, minutes, seconds = (int(part) for part in value.strip("'").split(":"))
        return f"dt.timedelta(seconds={hours * 3600 + minutes * 60 + seconds})"
    if kind.startswith("bookingdb."):
        return f"{python_type(kind)}.{value.strip(chr(39)).upper()}"
    return value.capitalize() if value in ("true", "false") else value


def docstring_of(script: Path) -> str:
    return re.sub(r"\bp_(\w+)", r"`\1`", contract_of(script)).replace("\\", "\\\\")


def function_text(row: Any, path: Path, *, is_async: bool) -> str:
    parameters = [
        Parameter(
            name.removeprefix("p_"), kind, python_default(default), (row.name, name[2:]) in OPTIONAL
        )
        for name, kind, default in zip(
            (row.names or [])[: row.count], row.types, row.defaults, strict=True
        )
    ]
    model = MODELS.get(row.name if row.has_outputs else row.returns) or python_type(row.returns)
    returns = f"list[{model}]" if row.is_set else model
    required = [p.signature for p in parameters if p.default is None]
    optional = [p.signature for p in parameters if p.default is not None]
    connection = "AsyncConnection[Any]" if is_async else "Connection[Any]"
    signature = ",\n    ".join(
        [f"conn: {connection}", *required, *(["*", *optional] if optional else [])]
    )
    fetch = ("await a" if is_async else "") + ("fetch_all" if row.is_set else "fetch_one")
    target = "*" if row.has_outputs or row.returns in MODELS else ""
    placeholders = ",".join(f"\n          {p.placeholder}" for p in parameters)
    call = f"bookingdb.{row.name}({placeholders}{chr(10) + 8 * ' ' if placeholders else ''})"
    query = f"select {target or 'x'} from {call}" + ("" if target else " as x")
    doc = docstring_of(path)
    arguments = ", ".join(p.argument for p in parameters)
    quote = '"""' if parameters else '"'
    body = f"{fetch}(conn, {'type(None)' if model == 'None' else model}, {quote}{query}{quote}, {{{arguments}}})"
    return (
        f"{'async ' if is_async else ''}def {row.name}(\n    {signature},\n) -> {returns}:\n"
        f'    """'
        + "\n".join(f"    {line}".rstrip() for line in doc.splitlines()).strip()
        + f'\n    """\n    {"" if model == "None" else "return "}{body}\n'
    )


def module_text(doc: str, functions: list[str], names: list[str], *, is_async: bool) -> str:
    body = "\n\n".join(functions)

    def used(*candidates: str) -> list[str]:
        return [c for c in candidates if re.search(rf"\b{c}\b", body)]

    lines = [HEADER.format(doc=doc)]
    if "dt." in body:
        lines.append("import datetime as dt\n")
    if abstract := used("Mapping", "Sequence"):
        lines.append(f"from collections.abc import {', '.join(abstract)}\n")
    lines.append("from typing import Any\n")
    if used("UUID"):
        lines.append("from uuid import UUID\n")
    lines.append(f"\nfrom psycopg import {'Async' if is_async else ''}Connection\n\n")
    lines.append(
        f"from bookingdb._call import {', '.join(used('afetch_all', 'afetch_one', 'fetch_all', 'fetch_one'))}\n"
    )
    if used("jsonb"):
        lines.append("from bookingdb._rows import jsonb\n")
    models = used(
        "DEFAULT_BUSINESS_ID", *sorted({*MODELS.values(), "PaymentMethod", "PaymentStatus"})
    )
    lines.append(f"from bookingdb.models import {', '.join(models)}\n\n" if models else "\n")
    lines.append(f"__all__ = [{', '.join(repr(n) for n in names)}]\n\n\n")
    return "".join(lines) + body


def model_names(conn: psycopg.Connection[Any]) -> list[str]:
    enums = (camel(name) for name, _, _ in conn.execute(ENUMS))
    return sorted(["DEFAULT_BUSINESS_ID", *enums, *MODELS.values()])


def models_text(conn: psycopg.Connection[Any]) -> str:
    (default_id,) = conn.execute("select bookingdb.default_business_id()").fetchall()[0]
    parts = [
        f'DEFAULT_BUSINESS_ID = UUID("{default_id}")\n"""The business that is meant when none is named."""\n'
    ]
    for name, doc, labels in conn.execute(ENUMS):
        members = "\n".join(f'    {label.upper()} = "{label}"' for label in labels)
        parts.append(f'class {camel(name)}(StrEnum):\n    """{doc}"""\n\n{members}\n')
    for source, model in MODELS.items():
        if fields := conn.execute(TABLE_FIELDS, [source]).fetchall():
            doc = fields[0][4] or fields[0][5]
            columns = [(f[0], f[1], f[2], f[3]) for f in fields]
        else:
            outputs = conn.execute(OUTPUT_FIELDS, [source]).fetchall()
            doc = outputs[0][2]
            columns = [(f[0], f[1], f[0] == "from_status", None) for f in outputs]
        parts.append(dataclass_text(model, doc, columns))
    imports = (
        "import datetime as dt\nfrom dataclasses import dataclass\nfrom enum import StrEnum\n"
        "from ipaddress import IPv4Address, IPv6Address\nfrom typing import Any\nfrom uuid import UUID\n\n"
        "from psycopg.types.range import Range\n\n"
    )
    doc = "What the functions return: one frozen dataclass per kind of row, one enum per closed vocabulary."
    return (
        HEADER.format(doc=doc)
        + imports
        + f"__all__ = {model_names(conn)!r}\n\n"
        + "\n\n".join(parts)
    )


def dataclass_text(model: str, doc: str, columns: list[tuple[str, str, bool, str | None]]) -> str:
    lines = [f"@dataclass(frozen=True, slots=True)\nclass {model}:\n", docstring(doc), "\n"]
    for name, kind, is_nullable, comment in columns:
        nullable = is_nullable and not (model == "Actor" and name == "performed_by")
        hint = python_type(kind) + (" | str" if (model, kind) == ("Actor", "inet") else "")
        hint += " | None" if nullable else ""
        default = " = None" if model == "Actor" and nullable else ""
        lines.append(f"    {name}: {hint}{default}\n")
        if comment:
            lines.append(docstring(comment))
    return "".join(lines)


def docstring(text: str) -> str:
    lines = textwrap.wrap(text, 90)
    return '    """' + "\n    ".join(lines) + ("\n    " if len(lines) > 1 else "") + '"""\n'


def render(conn: psycopg.Connection[Any]) -> Iterator[tuple[Path, str]]:
    """Every generated file below the package with its text (before formatting)."""
    cursor: psycopg.Cursor[Any] = conn.cursor(row_factory=namedtuple_row)
    rows = {row.name: row for row in cursor.execute(FUNCTIONS)}
    yield PACKAGE / "models.py", models_text(conn)
    for folder, (module, doc) in MODULES.items():
        names = scripts(folder, rows)
        for is_async in (False, True):
            functions = [
                function_text(rows[n], ROOT / f"sql/functions/{folder}/{n}.sql", is_async=is_async)
                for n in names
            ]
            text = module_text(doc, functions, names, is_async=is_async)
            yield PACKAGE / ("aio" if is_async else "") / f"{module}.py", text
    areas = [
        (
            doc.rstrip("."),
            [(n, ROOT / f"sql/functions/{folder}/{n}.sql") for n in scripts(folder, rows)],
        )
        for folder, (_, doc) in MODULES.items()
    ]
    yield ROOT / "docs/functions.md", functions_page(conn, areas)
    page = ROOT / "docs/architecture.md"
    yield page, with_schema_picture(conn, page.read_text(encoding="utf-8"))
    for is_async in (False, True):
        yield (
            PACKAGE / ("aio" if is_async else "") / "__init__.py",
            package_text(conn, rows, is_async=is_async),
        )


def package_text(conn: psycopg.Connection[Any], rows: dict[str, Any], *, is_async: bool) -> str:
    """The __init__ of the package, or of its asynchronous half."""
    prefix = "bookingdb.aio" if is_async else "bookingdb"
    origins = {
        prefix + "." + module: scripts(folder, rows) for folder, (module, _) in MODULES.items()
    }
    doc = "The same functions for an `AsyncConnection`."
    if not is_async:
        doc = (
            "A booking engine that lives inside PostgreSQL: typed wrappers of its functions.\n\n"
            "Each wrapper is one call on a connection of the caller's, who keeps the transaction:\n"
            "nothing here commits. `bookingdb.aio` has the same functions for asynchronous connections."
        )
        origins["bookingdb.errors"] = bookingdb.errors.__all__
        origins["bookingdb.models"] = model_names(conn)
    imports = "".join(
        f"from {origin} import {', '.join(names)}\n" for origin, names in origins.items()
    )
    aliases = "".join(f"{alias} = {name}\n" for alias, name in ALIASES.items())
    exported = sorted([*ALIASES, *(n for names in origins.values() for n in names)])
    return HEADER.format(doc=doc) + imports + f"\n__all__ = {exported!r}\n\n{aliases}"


def scripts(folder: str, rows: dict[str, Any]) -> list[str]:
    """The public functions whose scripts are in a folder."""
    return [
        p.stem for p in sorted((ROOT / "sql/functions" / folder).glob("*.sql")) if p.stem in rows
    ]


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
