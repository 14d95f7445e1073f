"""A log with many changes, and ways to damage it that only a superuser has."""

from typing import Any

import psycopg

from tests.shop import DAY, hours, open_shop

__all__ = ["DAMAGES", "as_superuser", "write_history"]

MAKE = """
do $$
declare
  v_id uuid;
  v_customer constant jsonb := '{"performed_by": "customer", "performed_by_id": "Zoë\\n\\"",
    "ip_address": "2001:db8::1", "user_agent": "é\\t\\u0001 \\\\ 😀"}';
  v_staff constant jsonb := '{"performed_by": "admin", "performed_by_id": "bob",
    "ip_address": "192.0.2.1", "reason": "asked"}';
begin
  for n in 1..$1 loop
    v_id := (bookingdb.create_booking_safe(
      '$2'::date + n % 3, '09:00', 1 + n % 3, 'Ada ' || n, 'ada' || n || '@example.org',
      p_notes => 'no "lilies"', p_actor => v_customer)).booking_id;
    perform bookingdb.update_booking(v_id, p_notes => 'x' || n, p_actor => v_staff);
    perform bookingdb.reschedule_booking(v_id, '$2'::date + 1, '10:00', p_actor => v_customer);
    if n % 2 = 0 then
      perform bookingdb.cancel_booking(v_id, 'ill');
    elsif n % 5 = 0 then
      delete from bookingdb.bookings b where b.booking_id = v_id;
    else
      perform bookingdb.record_payment(v_id, 'paid');
    end if;
    commit;  -- else each version of a slot's row is read again and again
  end loop;
end $$
"""


def write_history(conn: psycopg.Connection[Any], count: int) -> None:
    """Bookings with four changes each, a tenth of which are deleted."""
    shop = open_shop(conn)
    shop.set_hours(hours(max_bookings=10**6, max_bouquets=10**7))
    text = MAKE.replace("%", "%").replace("$1", str(count)).replace("$2", str(DAY))
    conn.execute(text.encode())


def as_superuser(conn: psycopg.Connection[Any], statement: str, *arguments: Any) -> int:
    """Run a statement with all triggers off, as only a superuser can; how many rows it changed."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute("set local time zone 'UTC'")
        return conn.execute(statement.encode(), arguments).rowcount


LOG = "bookingdb.booking_audit_log"
CHANGE = f"update {LOG} l set {{}} where booking_id = any (%s) and booking_version = 2"
DELETE = f"delete from {LOG} where booking_id = any (%s) and booking_version {{}}"
FORGED = f"""
insert into {LOG}
select f.* from {LOG} l
 cross join lateral (select jsonb_populate_record(l, jsonb_build_object(
   'id', gen_random_uuid(), 'created_at', l.created_at + interval '1 ms') || {{}})) c (change)
 cross join lateral jsonb_populate_record(c.change, jsonb_build_object(
   'hash', bookingdb.expected_hash(c.change))) f
 where l.booking_id = any (%s) and l.booking_version = {{}}
"""
NEXT = """
jsonb_build_object('booking_version', 5, 'previous_hash', l.hash, 'old_values', l.new_values,
                   'new_values', l.new_values || '{"version": 5}')"""
REHASHED = f"""
update {LOG} l
   set new_values = l.new_values || '{{"bouquets": 9}}',
       hash = bookingdb.expected_hash(jsonb_populate_record(
         l, jsonb_build_object('new_values', l.new_values || '{{"bouquets": 9}}')))
 where l.booking_id = any (%s) and l.booking_version = 2
"""
SWAPPED = f"""
update {LOG} l set created_at = o.created_at
  from {LOG} o
 where l.booking_id = any (%s) and l.booking_version in (2, 3)
   and o.booking_id = l.booking_id and o.booking_version = 5 - l.booking_version
"""
ERASED = """
salt = null, erasure_id = gen_random_uuid(), old_values = bookingdb.erased_values(old_values),
new_values = bookingdb.erased_values(new_values), reason = '[erased]',
personal_digest = bookingdb.personal_digest(
  salt, row(performed_by, performed_by_id, ip_address, user_agent, reason),
  bookingdb.personal_values(old_values), bookingdb.personal_values(new_values))"""
CHANGED = {("changed", 2)}
# name -> what is named of a booking with four rows, and how it is done
DAMAGES: dict[str, tuple[set[tuple[str, int]], str]] = {
    "value": (CHANGED, CHANGE.format("""new_values = new_values || '{"bouquets": 9}'""")),
    "old value": (CHANGED, CHANGE.format("""old_values = old_values || '{"date": null}'""")),
    "personal value": (CHANGED, CHANGE.format("""new_values = new_values || '{"notes": "y"}'""")),
    "another key": (CHANGED, CHANGE.format("""new_values = new_values || '{"tip": 1}'""")),
    "actor": (CHANGED, CHANGE.format("performed_by_id = 'eve'")),
    "kind of actor": (CHANGED, CHANGE.format("performed_by = 'customer'")),
    "address": (CHANGED, CHANGE.format("ip_address = '192.0.2.9'")),
    "reason": (CHANGED, CHANGE.format("reason = 'x'")),
    "waiver": (CHANGED, CHANGE.format("waived = '{lead_time}'")),
    "action": (CHANGED, CHANGE.format("action_type = 'cancelled'")),
    "time": (CHANGED, CHANGE.format("created_at = created_at + interval '1 ms'")),
    "id": (CHANGED, CHANGE.format("id = gen_random_uuid()")),
    "salt": (CHANGED, CHANGE.format("salt = gen_random_uuid()")),
    "hash": (CHANGED, CHANGE.format("hash = sha256(hash)")),
    "rewritten with its hash": (CHANGED, REHASHED),
    "erased by hand": (CHANGED, CHANGE.format(ERASED)),
    "booking": (
        {("changed", 4)},
        "update bookingdb.bookings set customer_name = 'Eve' where booking_id = any (%s)",
    ),
    "the first": ({("removed", 1)}, DELETE.format("= 1")),
    "the second": ({("removed", 2)}, DELETE.format("= 2")),
    "two": ({("removed", 3)}, DELETE.format("in (2, 3)")),
    "forged twin": ({("inserted", 2)}, FORGED.format('\'{"reason": "x"}\'', 2)),
    "forged end": ({("inserted", 5)}, FORGED.format(NEXT, 4)),
    "versions": (
        {("reordered", 2), ("reordered", 3)},
        f"update {LOG} set booking_version = 5 - booking_version"
        " where booking_id = any (%s) and booking_version in (2, 3)",
    ),
    "times": ({("reordered", 2), ("reordered", 3)}, SWAPPED),
    "the last": ({("cut_off", 4)}, DELETE.format("= 4")),
    "half": ({("cut_off", 3)}, DELETE.format("in (3, 4)")),
    "all": ({("cut_off", 1)}, DELETE.format("> 0")),
}
