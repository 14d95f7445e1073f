"""A plan that is steered by enable_… = off costs so much by the reckoning of PostgreSQL 15 to 17
that it would be compiled at each call, which takes a second."""

from typing import Any

import psycopg

STEERED = """
select p.oid::regprocedure::text
  from pg_proc p
 where p.pronamespace = 'bookingdb'::regnamespace
   and exists (select from unnest(p.proconfig) c where c ~ '^enable_.*=off$')
   and not 'jit=off' = any (p.proconfig)
"""


def test_who_steers_plans_switches_jit_off(conn: psycopg.Connection[Any]) -> None:
    assert conn.execute(STEERED).fetchall() == []


def test_who_is_called_every_few_seconds_switches_jit_off(conn: psycopg.Connection[Any]) -> None:
    """Half a second a call, until PostgreSQL 17, on servers that were built with it."""
    query = """
        select proname from pg_proc
         where pronamespace = 'bookingdb'::regnamespace
           and proname in ('health_checks', 'metrics', 'watch_overbooking')
           and 'jit=off' = any (proconfig)
         order by 1
    """
    names = [name for (name,) in conn.execute(query)]
    assert names == ["health_checks", "metrics", "watch_overbooking"]
