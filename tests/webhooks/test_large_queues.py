"""With 50,000 changes and deliveries nothing reads them all that has no reason to.

Measured in pages, which do not depend on how busy the machine is. Without statistics, as they are
after a burst, and with plans that were made while the tables were empty; and with statistics.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import bookingdb
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import HOOK, Connection, add, deliver

COUNT = 50_000
CHANGES = f"""
set session_replication_role = replica;
insert into bookingdb.booking_audit_log
  (business_id, booking_id, booking_version, action_type, new_values, performed_by, created_at,
   hash)
select l.business_id, gen_random_uuid(), 1, 'created', l.new_values, 'system',
       clock_timestamp(), l.hash
  from (select * from bookingdb.booking_audit_log limit 1) l, generate_series(1, {COUNT});
do $$ begin for n in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$;
update bookingdb.booking_audit_log l
   set xid = ((l.xid::text::bigint + 1 + floor(5000 * random())::int)::text)::xid8
 where l.performed_by = 'system';
"""
QUEUE = f"""
with made as (
  insert into bookingdb.webhook_deliveries
    (business_id, webhook_id, endpoint_id, event_id, event_type, event_at, booking_id,
     booking_version, due_at, state, finished_at)
  select e.business_id, gen_random_uuid(), e.endpoint_id, gen_random_uuid(), 'booking.created',
         now(), md5((n / 4)::text)::uuid, n %% 4 + 1, now(), s.state,
         case when s.state <> 'pending' then now() end
    from generate_series(1, {COUNT}) n
    join bookingdb.webhook_endpoints e on e.url = %(url)s
   cross join lateral (
     select case when n %% 2 = 0 then %(state)s else 'pending' end::bookingdb.delivery_state
   ) s (state)
  returning business_id, webhook_id
)
insert into bookingdb.webhook_payloads select business_id, webhook_id, '\\x7b7d' from made
"""


def pages(conn: Connection, call: str, arguments: Any = None) -> int:
    """How many pages a call looks at."""
    query = f"explain (analyze, buffers, timing off, format json) select * from {call}"
    (plan,) = scalar(conn, query, arguments)
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


@pytest.fixture
def large(shop: Shop, database: Database) -> Iterator[Shop]:
    """A paused endpoint, a busy one and a new one; plans that were made when all was empty."""
    for state in ("paused", "busy", "new"):
        add(shop.conn, f"{HOOK}/{state}")
    shop.book()
    for _ in range(8):
        deliver(shop.conn)
        bookingdb.idle_time(shop.conn)
    paused, *_ = bookingdb.webhook_status(shop.conn)
    bookingdb.pause_webhook_endpoint(shop.conn, paused.endpoint_id)
    with database.connect() as conn:
        for table in ("deliveries", "payloads"):
            conn.execute(
                f"alter table bookingdb.webhook_{table} set (autovacuum_enabled = off)".encode()
            )
        conn.execute(QUEUE, {"url": HOOK + "/paused", "state": "delivered"})
        conn.execute(QUEUE, {"url": HOOK + "/busy", "state": "dead"})
    yield shop
    with database.connect() as conn:
        conn.execute("truncate bookingdb.webhook_deliveries")


def test_calls(large: Shop) -> None:
    """All on one queue, which takes seconds to fill."""
    for _ in ("without statistics", "with statistics"):
        steps_of_a_dispatcher(large.conn)
        questions_about_one_booking(large.conn)
        large.conn.execute("analyze")
    control_without_its_index(large.conn)


def steps_of_a_dispatcher(conn: Connection) -> None:
    assert pages(conn, "bookingdb.relay_events()") < 1000
    assert pages(conn, "bookingdb.idle_time()") < 1000
    assert pages(conn, "bookingdb.claim_deliveries(10)") < 2000
    (claimed, *_) = bookingdb.claim_deliveries(conn, limit=10)
    record = "bookingdb.record_attempt(%s, %s, 1, now(), '1 s', %s, %s, p_business_id => %s)"
    for status, error in ((200, None), (500, "status")):
        (claimed, *_) = bookingdb.claim_deliveries(conn, limit=1)
        arguments = [claimed.webhook_id, claimed.claim_id, status, error, claimed.business_id]
        assert pages(conn, record, arguments) < 500


def questions_about_one_booking(conn: Connection) -> None:
    booking = scalar(conn, "select booking_id from bookingdb.bookings")
    endpoint = bookingdb.webhook_status(conn)[2].endpoint_id
    assert pages(conn, "bookingdb.delivery_trail(%s)", [booking]) < 1000
    assert pages(conn, "bookingdb.recent_deliveries(p_limit => 20)") < 6000
    recent = "bookingdb.recent_deliveries(p_booking_id => %s)"
    assert pages(conn, recent, [booking]) < 1000
    assert pages(conn, "bookingdb.replay_deliveries(p_booking_id => %s)", [booking]) < 1000
    assert pages(conn, "bookingdb.send_test_event(%s)", [endpoint]) < 500


def control_without_its_index(conn: Connection) -> None:
    conn.execute("drop index bookingdb.webhook_deliveries_due")
    assert pages(conn, "bookingdb.claim_deliveries(10)") > 2000


def test_relay_of_a_backlog(shop: Shop) -> None:
    """Each part costs what it takes, not what is left of a backlog."""
    add(shop.conn)
    shop.book()
    for _ in range(8):
        deliver(shop.conn)
    for statement in CHANGES.split(";\n"):
        shop.conn.execute(statement.encode())
    shop.conn.execute("set session_replication_role = origin")
    bookingdb.relay_events(shop.conn, limit=100)
    for _ in range(2):
        assert pages(shop.conn, "bookingdb.relay_events(100)") < 4000
    assert pages(shop.conn, "bookingdb.idle_time()") < 1000
    assert pages(shop.conn, "bookingdb.is_behind()") < 500
    shop.conn.execute("truncate bookingdb.webhook_deliveries")
    shop.conn.execute("set session_replication_role = replica")
    shop.conn.execute(
        "delete from bookingdb.booking_audit_log where booking_id not in"
        " (select booking_id from bookingdb.bookings)"
    )
