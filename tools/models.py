"""The text of bookingdb/models.py: a dataclass per kind of row, an enum per closed vocabulary."""

import textwrap
from typing import Any

import psycopg

from tools.naming import HEADER, MODELS, NULLABLE, camel, python_type

__all__ = ["model_names", "models_text"]

TABLE_FIELDS = """
select a.attname, format_type(coalesce(nullif(ct.typbasetype, 0), ct.oid), null), not a.attnotnull,
       col_description(c.oid, a.attnum), obj_description(coalesce(nullif(c.oid, 0), 0), 'pg_class'),
       obj_description(t.oid, 'pg_type')
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_type t on t.typrelid = c.oid
  join pg_type ct on ct.oid = a.atttypid
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


def model_names(conn: psycopg.Connection[Any]) -> list[str]:
    enums = (camel(name) for name, _, _ in conn.execute(ENUMS))
    return sorted({"DEFAULT_BUSINESS_ID", *enums, *MODELS.values()})


def models_text(conn: psycopg.Connection[Any]) -> str:
    (default_id,) = conn.execute("select bookingdb.default_business_id()").fetchall()[0]
    parts = [
        f'DEFAULT_BUSINESS_ID = UUID("{default_id}")\n"""The business that is meant when none is named."""\n'
    ]
    for name, doc, labels in conn.execute(ENUMS):
        members = "\n".join(f'    {label.upper()} = "{label}"' for label in labels)
        parts.append(f'class {camel(name)}(StrEnum):\n    """{doc}"""\n\n{members}\n')
    for model, source in {m: s for s, m in reversed(MODELS.items())}.items():
        if fields := conn.execute(TABLE_FIELDS, [source]).fetchall():
            doc = fields[0][4] or fields[0][5]
            columns = [(f[0], f[1], f[2], f[3]) for f in fields]
        else:
            outputs = conn.execute(OUTPUT_FIELDS, [source]).fetchall()
            doc = outputs[0][2]
            columns = [(f[0], f[1], f"{source}.{f[0]}" in NULLABLE, None) for f in outputs]
        parts.append(dataclass_text(model, doc, columns))
    imports = (
        "import datetime as dt\nfrom dataclasses import dataclass\nfrom enum import StrEnum\n"
        "from decimal import Decimal\nfrom ipaddress import IPv4Address, IPv6Address\nfrom typing import Any\nfrom uuid import UUID\n\n"
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
