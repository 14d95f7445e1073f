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
