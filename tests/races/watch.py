"""A watch on the waiting lists, judged at each commit while the slot is still locked."""

import datetime as dt
from typing import Any

import psycopg

__all__ = ["findings", "set_watch", "unserved"]

Connection = psycopg.Connection[Any]

# Deferred, so that it sees what the transaction leaves behind. Who waits cannot change meanwhile:
# each change of that updates the slot, which whoever takes or frees a place has locked.
_WATCH = """
create table watch (finding text);

create function watch_gains() returns trigger language plpgsql security definer as $$
begin
  insert into watch
  select format('%s with %s passed over %s with %s at %s, %s',
                new.customer_email, new.bouquets, w.customer_email, w.bouquets, new.time, tg_op)
    from bookingdb.bookings w
   where (w.business_id, w.date, w.time) = (new.business_id, new.date, new.time)
     and w.status = 'waiting'
     and w.bouquets <= new.bouquets
     and (tg_argv[0] = 'newcomer' or w.created_at < new.created_at);
  return null;
end $$;
create constraint trigger watch_newcomers after insert on bookingdb.bookings
  deferrable initially deferred for each row when (new.status in ('held', 'confirmed'))
  execute function watch_gains('newcomer');
create constraint trigger watch_returning after update on bookingdb.bookings
  deferrable initially deferred for each row when (
    old.status = 'expired' and new.status in ('held', 'confirmed')
    or (old.date, old.time) <> (new.date, new.time)
  )
  execute function watch_gains('newcomer');
create constraint trigger watch_offers after update on bookingdb.bookings
  deferrable initially deferred for each row when (old.status = 'waiting' and new.status = 'held')
  execute function watch_gains('offer');

create view unserved as
select s.date, s.time, w.customer_email
  from bookingdb.time_slots s
  join bookingdb.bookings w using (business_id, date, time)
 where w.status = 'waiting'
   and not s.is_legacy
   and s.booked_count < s.max_bookings
   and s.booked_bouquets + w.bouquets <= s.max_bouquets;

create function watch_places() returns trigger language plpgsql security definer as $$
begin
  insert into watch
  select format('%s at %s waits beside a free place', u.customer_email, u.time)
    from unserved u
   where (u.date, u.time) = (new.date, new.time);
  return null;
end $$;
create constraint trigger watch_places after update on bookingdb.time_slots
  deferrable initially deferred for each row execute function watch_places();
"""


def set_watch(conn: Connection) -> None:
    """Watch this database from now on."""
    conn.execute(_WATCH)


def findings(conn: Connection) -> set[str]:
    """Who was passed over by whom, and who had to wait beside a free place, at any commit."""
    return {finding for (finding,) in conn.execute("select finding from watch")}


def unserved(conn: Connection, date: dt.date) -> list[tuple[dt.time, str]]:
    """Who waits now beside a place that is free and would do."""
    query = "select time, customer_email from unserved where date = %s"
    return conn.execute(query, [date]).fetchall()
