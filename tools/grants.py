"""The script that says which privileges are shipped, from those of a freshly migrated database."""

import textwrap
from itertools import groupby
from typing import Any

import psycopg

__all__ = ["shipped_grants_script"]

PRESENT = """
select kind, privilege, array_agg(grantee order by grantee), shipped_as
  from (select distinct kind, privilege, grantee, shipped_as from bookingdb.present_grants()) g
 group by kind, privilege, shipped_as
 order by kind, privilege, 3, shipped_as
"""
SCRIPT = """\
begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The privileges that access/grants and its kin give, for security_audit() to compare with.
-- Made from a fresh database by tools/generate.py: change the grants, never this. A partition
-- has those of its table.
create function bookingdb.shipped_grants()
returns table (kind text, object text, grantee text, privilege text)
language sql
immutable
begin atomic
  select g.kind, o.object, r.grantee, g.privilege
    from (values
{rows}
    ) as g (kind, privilege, grantees, objects)
   cross join lateral unnest(g.grantees) as r (grantee)
   cross join lateral unnest(g.objects) as o (object);
end;
comment on function bookingdb.shipped_grants is 'The privileges that are shipped.';

commit;
"""


def shipped_grants_script(conn: psycopg.Connection[Any]) -> str:
    """Objects of one kind that the same roles have the same privilege on, in one line or a few."""
    found = conn.execute(PRESENT.encode()).fetchall()
    rows = []
    for (kind, privilege, grantees), group in groupby(found, lambda row: row[:3]):
        names = textwrap.fill(
            f"'{{{', '.join(name for *_, name in group)}}}'::text[]),",
            width=110,
            initial_indent=" " * 7,
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
        rows.append(f"      ('{kind}', '{privilege}', '{{{','.join(grantees)}}}'::text[],\n{names}")
    return SCRIPT.format(rows="\n".join(rows).removesuffix(","))
