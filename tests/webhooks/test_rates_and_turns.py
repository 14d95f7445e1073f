"""Rate limits are kept in every window, and no endpoint keeps another waiting."""

import datetime as dt
import random
from uuid import UUID

import pytest

import bookingdb
from bookingdb import WebhookProfile
from tests.races.concurrency import all_of, at_once, connections
from tests.shop import Shop
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import HOOK, NOW, Clock, Connection, add, answer, relay

FILL = """
with made as (
  insert into bookingdb.webhook_deliveries
    (business_id, webhook_id, endpoint_id, event_id, event_type, event_at, booking_id,
     booking_version, due_at, created_at)
  select e.business_id, gen_random_uuid(), e.endpoint_id, gen_random_uuid(), 'booking.created',
         %(now)s, gen_random_uuid(), 1, %(now)s, %(now)s
    from bookingdb.webhook_endpoints e, generate_series(1, %(count)s)
   where e.endpoint_id = %(endpoint)s
  returning business_id, webhook_id
)
insert into bookingdb.webhook_payloads select business_id, webhook_id, '\\x7b7d' from made
"""
SECOND = dt.timedelta(seconds=1)


def fill(conn: Connection, endpoint: UUID, count: int) -> None:
    """So many deliveries, without bookings."""
    conn.execute(FILL, {"endpoint": endpoint, "count": count, "now": NOW})


def fullest_second(times: list[dt.datetime]) -> int:
    """The most claims in any window of one second, both ends included."""
    return max(sum(1 for other in times if t <= other <= t + SECOND) for t in times)


def claim_times(clock: Clock, conn: Connection, steps: list[float]) -> list[dt.datetime]:
    times: list[dt.datetime] = []
    for step in steps:
        clock.advance(seconds=step)
        times += [clock.now] * len(bookingdb.claim_deliveries(conn, lease=dt.timedelta(hours=1)))
    return times


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 25, 100])
def test_no_second_has_more_than_the_limit(shop: Shop, database: Database, limit: int) -> None:
    """And in the long run it is nearly used up."""
    clock = Clock(database)
    fill(shop.conn, add(shop.conn, rate_limit=limit).endpoint_id, 8 * limit)
    chance = random.Random(limit)
    steps = [chance.choice((0.001, 0.01, 0.05, 0.05, 0.2)) for _ in range(80)]
    times = claim_times(clock, shop.conn, steps)
    assert fullest_second(times) <= limit
    assert len(times) >= min(8 * limit, 0.7 * limit * (sum(steps) - 0.5))


def test_control_full_refill_lets_too_many_through(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "tokens_now", "0.8 * (p_rate_limit", "1.5 * (p_rate_limit")
    clock = Clock(database)
    fill(shop.conn, add(shop.conn, rate_limit=25).endpoint_id, 400)
    times = claim_times(clock, shop.conn, [0.05] * 40)
    assert fullest_second(times) > 25


def test_dispatchers_share_a_limit(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    fill(shop.conn, add(shop.conn, rate_limit=10).endpoint_id, 200)
    times: list[dt.datetime] = []
    with connections(database, 3) as conns:
        for _ in range(30):
            clock.advance(seconds=0.1)
            calls = [lambda c=c: bookingdb.claim_deliveries(c) for c in conns]
            times += [clock.now] * sum(map(len, all_of(at_once(calls))))
    assert fullest_second(times) <= 10
    assert len(times) > 15


@pytest.mark.parametrize("back", [0.5, 30, 7200])
def test_clock_that_is_set_back(shop: Shop, database: Database, back: float) -> None:
    """As when another server takes over: no error, no burst, no standstill."""
    clock = Clock(database)
    limited = add(shop.conn, rate_limit=5).endpoint_id
    free = add(shop.conn).endpoint_id
    for endpoint in (limited, free):
        fill(shop.conn, endpoint, 60)
    shop.conn.execute("update bookingdb.webhook_deliveries set due_at = '2001-01-01'")
    assert len(claim_times(clock, shop.conn, [1.0])) == 61
    clock.advance(seconds=-back)
    claimed = bookingdb.claim_deliveries(shop.conn)
    assert len(claimed) <= 1
    assert bookingdb.idle_time(shop.conn) <= dt.timedelta(minutes=1)
    assert len(claim_times(clock, shop.conn, [0.3] * 120)) > 5


def test_idle_time_knows_the_limit(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    fill(shop.conn, add(shop.conn, profile=WebhookProfile.MAKE).endpoint_id, 30)
    relay(shop.conn)
    assert len(bookingdb.claim_deliveries(shop.conn)) == 5
    idle = bookingdb.idle_time(shop.conn)
    assert dt.timedelta(seconds=0.04) <= idle <= dt.timedelta(seconds=0.06)
    clock.set(clock.now + idle + dt.timedelta(microseconds=1))
    assert len(bookingdb.claim_deliveries(shop.conn)) == 1


def test_endpoints_take_turns(shop: Shop) -> None:
    """Who has much waits no longer than its share, who has little is served at once."""
    busy, calm = add(shop.conn).endpoint_id, add(shop.conn, HOOK + "/calm").endpoint_id
    limited = add(shop.conn, rate_limit=5).endpoint_id
    fill(shop.conn, busy, 1000)
    fill(shop.conn, limited, 1000)
    fill(shop.conn, calm, 3)
    shares = [d.endpoint_id for d in bookingdb.claim_deliveries(shop.conn, limit=20)]
    assert [shares.count(e) for e in (busy, calm, limited)] == [16, 3, 1]
    assert set(shares[:3]) == {busy, calm, limited}


def test_paused_endpoint_with_thousands_slows_nobody(shop: Shop) -> None:
    paused, calm = add(shop.conn).endpoint_id, add(shop.conn, HOOK + "/calm").endpoint_id
    fill(shop.conn, paused, 5000)
    bookingdb.pause_webhook_endpoint(shop.conn, paused)
    shop.book()
    relay(shop.conn)
    (claimed,) = bookingdb.claim_deliveries(shop.conn, limit=10)
    assert claimed.endpoint_id == calm
    assert answer(shop.conn, claimed)
    assert bookingdb.idle_time(shop.conn) == dt.timedelta(minutes=1)
    bookingdb.resume_webhook_endpoint(shop.conn, paused)
    assert len(bookingdb.claim_deliveries(shop.conn, limit=10000)) == 5001
