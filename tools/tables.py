"""The page of the documentation that lists tables and columns, from the catalog's comments."""

from itertools import groupby
from typing import Any

import psycopg

__all__ = ["tables_page"]

COLUMNS = """
select c.relname, obj_description(c.oid), a.attname, format_type(a.atttypid, a.atttypmod),
       col_description(c.oid, a.attnum),
       (select string_agg(distinct upper(k.contype::text) || 'K', ', ' order by upper(k.contype::text) || 'K' desc)
          from pg_constraint k
         where k.conrelid = c.oid and k.contype in ('p', 'f') and a.attnum = any (k.conkey))
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'bookingdb'::regnamespace and c.relkind in ('r', 'p', 'v')
   and not c.relispartition
 order by c.relname, a.attnum
"""
START = """# The tables

Made from the catalog by tools/generate.py. All are in the schema `bookingdb`. Nobody but the owner writes to them;
who may read what is in `sql/access/grants.sql`. How they hang together: [architecture](architecture.md).
"""


def tables_page(conn: psycopg.Connection[Any]) -> str:
    """All tables and views with their columns, and what the comments say of them."""
    parts = [START]
    for (table, about), columns in groupby(conn.execute(COLUMNS), key=lambda row: row[:2]):
        parts.append(f"\n## {table}\n\n{about}\n\n| column | type | key | |\n|---|---|---|---|\n")
        for _, _, name, kind, comment, keys in columns:
            kind = kind.removeprefix("bookingdb.").replace(" with time zone", "tz")
            kind = kind.replace(" without time zone", "")
            said = (comment or "").replace("|", "\\|").replace("\n", " ")
            parts.append(f"| `{name}` | {kind} | {keys or ''} | {said} |\n")
    return "".join(parts)
