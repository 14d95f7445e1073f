"""Put many bookings into the database quickly: as the triggers would, but by the thousand."""

from typing import Any

import psycopg

from bookingdb.bench.contestants.peers import FLOOR
from bookingdb.bench.targets import Target

__all__ = ["fill_floor", "fill_ours"]

BATCH = 100_000
NUMBERED = """
  select n, current_date + %(first_day)s + n %% %(days)s as date,
         time '09:00' + (%(first_place)s + n / %(days)s %% %(places)s) * interval '30 minutes'
           as time
    from generate_series(%(first)s::int, %(last)s::int) n
"""
OURS = f"""
with wanted as ({NUMBERED}),
made as (
  insert into bookingdb.bookings
    (date, time, bouquets, customer_name, customer_email, confirmed_at, version, created_at,
     updated_at)
  select date, time, 2, 'Ada', 'ada@example.org', now(), 1, now(), now() from wanted
  returning *
),
logged as (
  insert into bookingdb.booking_audit_log (
    business_id, booking_id, booking_version, action_type, new_values, performed_by,
    performed_by_id, created_at, id, salt, hash)
  select m.business_id, m.booking_id, m.version, 'created', v.new, 'system', session_user,
         m.updated_at, v.id, v.salt,
         bookingdb.change_hash(
           null, bookingdb.personal_digest(v.salt, a.actor, null, bookingdb.personal_values(v.new)),
           v.id, 'created', m.updated_at, a.actor, null, null,
           bookingdb.public_values(v.new, bookingdb.personal_values(v.new)))
    from made m
   cross join lateral (
     select to_jsonb(m), gen_random_uuid(), gen_random_uuid()
   ) as v (new, id, salt)
   cross join (
     select row('system', session_user, null, null, null)::bookingdb.actor
   ) as a (actor)
)
update bookingdb.time_slots s
   set booked_count = s.booked_count + m.count, booked_bouquets = s.booked_bouquets + 2 * m.count
  from (select date, time, count(*) as count from made group by date, time) m
 where s.business_id = bookingdb.default_business_id() and s.date = m.date and s.time = m.time
"""
FLOORS = f"""
with wanted as ({NUMBERED}),
made as (
  insert into {FLOOR.schema}.bookings
    (business_id, date, time, bouquets, customer_name, customer_email)
  select bookingdb.default_business_id(), date, time, 2, 'Ada', 'ada@example.org' from wanted
  returning date, time
)
update {FLOOR.schema}.slots s
   set booked_count = s.booked_count + m.count, booked_bouquets = s.booked_bouquets + 2 * m.count
  from (select date, time, count(*) as count from made group by date, time) m
 where s.business_id = bookingdb.default_business_id() and s.date = m.date and s.time = m.time
"""
GUARDED = ("bookings", "time_slots")


def fill_ours(conn: psycopg.Connection[Any], target: Target, count: int) -> None:
    """Make bookings, audit rows and counters as the triggers would, which are switched off in
    between: an owner can do that, an application cannot."""
    for order in _orders(target, count):
        with conn.transaction():
            for table in GUARDED:
                conn.execute(f"alter table bookingdb.{table} disable trigger user".encode())
            conn.execute("set local time zone 'UTC'")
            conn.execute(OURS, order)
            for table in GUARDED:
                conn.execute(f"alter table bookingdb.{table} enable trigger user".encode())


def fill_floor(conn: psycopg.Connection[Any], target: Target, count: int) -> None:
    """The same for the floor."""
    for order in _orders(target, count):
        conn.execute(FLOORS.encode(), order)


def _orders(target: Target, count: int) -> list[dict[str, int]]:
    where = {
        "first_day": target.first_day,
        "days": target.last_day - target.first_day + 1,
        "first_place": target.first_place,
        "places": target.last_place - target.first_place + 1,
    }
    return [
        {**where, "first": first, "last": min(first + BATCH, count) - 1}
        for first in range(0, count, BATCH)
    ]
