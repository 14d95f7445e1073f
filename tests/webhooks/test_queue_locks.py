"""All lock endpoints first, then the cursor, deliveries and health: nobody deadlocks.

As in the races of bookings, somebody holds a lock until the others wait in a known order.
"""

import datetime as dt
import random
import time
from collections.abc import Callable

import pytest

import bookingdb
from tests.races.concurrency import (
    all_of,
    at_once,
    background,
    connections,
    guarded,
    wait_until_blocked,
)  # fmt: skip
from tests.shop import Shop, hours
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import HOOK, Connection, add, answer, claim, relay

HOLD_HEALTH = "select from bookingdb.webhook_endpoint_health for update"
HOLD_CURSOR = "select from bookingdb.relay_cursor for update"


def collide(
    database: Database, hold: str, first: Callable[[Connection], object],
    second: Callable[[Connection], object],
) -> None:  # fmt: skip
    """Both wait, the second for the first or for the lock that is held; then that is let go."""
    with connections(database, 4) as (observer, holder, one, two):
        holder.execute("begin")
        holder.execute(hold.encode())
        with background(lambda: first(one)) as earlier:
            wait_until_blocked(observer, one, holder)
            with background(lambda: second(two)) as later:
                for _ in range(200):
                    row = observer.execute(
                        "select cardinality(pg_blocking_pids(%s))", [two.info.backend_pid]
                    ).fetchone()
                    if row and row[0]:
                        break
                    time.sleep(0.005)
                holder.execute("commit")
            later.result()
        earlier.result()


def resume_beside_a_failure(shop: Shop, database: Database) -> None:
    """One updates health and then all that waits, the other what waits and then health."""
    endpoint = add(shop.conn).endpoint_id
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    (delivery,) = claim(shop.conn)
    collide(
        database, HOLD_HEALTH,
        lambda conn: bookingdb.resume_webhook_endpoint(conn, endpoint),
        lambda conn: answer(conn, delivery, 500),
    )  # fmt: skip


def remove_beside_a_pause(shop: Shop, database: Database) -> None:
    """One changes the endpoint and then its deliveries, the other the reverse."""
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    (delivery,) = claim(shop.conn)
    collide(
        database, HOLD_CURSOR,
        lambda conn: bookingdb.remove_webhook_endpoint(conn, endpoint),
        lambda conn: answer(conn, delivery, 410),
    )  # fmt: skip


STORIES = [resume_beside_a_failure, remove_beside_a_pause]


@pytest.mark.parametrize("story", STORIES)
def test_no_deadlock(
    shop: Shop, database: Database, story: Callable[[Shop, Database], None]
) -> None:
    story(shop, database)


def test_control_deliveries_first(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "lock_delivery", "      for key share;", ";")
    with pytest.raises(bookingdb.DeadlockDetected):
        remove_beside_a_pause(shop, database)


def test_attempts_of_an_endpoint_that_is_being_changed_are_passed_over(
    shop: Shop, database: Database
) -> None:
    """Who records many waits for no endpoint with deliveries of it or of others in hand."""
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    (delivery,) = claim(shop.conn)
    attempt = {
        "business_id": str(delivery.business_id),
        "webhook_id": str(delivery.webhook_id),
        "claim_id": str(delivery.claim_id),
        "attempt_number": delivery.attempt_number,
        "started_at": "2026-01-01T00:00:00Z",
        "duration": 0.1,
        "status": 200,
    }
    with guarded(database) as admin:
        admin.execute("begin")
        bookingdb.pause_webhook_endpoint(admin, endpoint)
        assert bookingdb.record_attempts(shop.conn, [attempt]) == []
        admin.execute("commit")
    (recorded,) = bookingdb.record_attempts(shop.conn, [attempt])
    assert recorded.counted


def pause_beside_a_removal(shop: Shop, database: Database, first: str) -> None:
    """Of an endpoint that would be told of the pause."""
    paused = add(shop.conn).endpoint_id
    told = add(shop.conn, HOOK + "/told", event_types=["endpoint.*"]).endpoint_id
    acts: dict[str, Callable[[Connection], object]] = {
        "pause": lambda conn: bookingdb.pause_webhook_endpoint(conn, paused),
        "remove": lambda conn: bookingdb.remove_webhook_endpoint(conn, told),
    }
    with guarded(database) as one, guarded(database) as two:
        one.execute("begin")
        acts.pop(first)(one)
        ((_, act),) = acts.items()
        with background(lambda: act(two)) as waiting:
            try:
                wait_until_blocked(shop.conn, two, one)
            finally:
                one.execute("commit")
        waiting.result()


@pytest.mark.parametrize("first", ["pause", "remove"])
def test_no_event_for_an_endpoint_that_goes(shop: Shop, database: Database, first: str) -> None:
    pause_beside_a_removal(shop, database, first)
    assert bookingdb.check_integrity(shop.conn) == []


def test_relay_beside_a_removal(shop: Shop, database: Database) -> None:
    """What is queued meanwhile is discarded with the rest."""
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    with guarded(database) as relaying, guarded(database) as removing:
        relaying.execute("begin")
        relay(relaying)
        with background(lambda: bookingdb.remove_webhook_endpoint(removing, endpoint)) as waiting:
            wait_until_blocked(shop.conn, removing, relaying)
            relaying.execute("commit")
        assert waiting.result() == 1


def replay_beside_a_pause(shop: Shop, database: Database) -> None:
    """Who pauses the last endpoint locks it, then the others, to tell them; a replay locks all."""
    last = max(add(shop.conn, event_types=["*"]).endpoint_id for _ in range(3))
    with connections(database, 3) as (observer, pausing, replaying):
        pausing.execute("begin")
        pausing.execute(
            "select bookingdb.lock_endpoint(%s, bookingdb.default_business_id())", [last]
        )
        with background(
            lambda: bookingdb.replay_deliveries(replaying, to=dt.datetime.now(dt.UTC))
        ) as replay:
            wait_until_blocked(observer, replaying, pausing)
            bookingdb.pause_webhook_endpoint(pausing, last)
            pausing.execute("commit")
        replay.result()


def test_replay_waits_for_a_pause_that_tells_the_others(shop: Shop, database: Database) -> None:
    replay_beside_a_pause(shop, database)


def test_control_replay_locks_as_if_to_remove(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "send_again", "for no key update", "for update")
    with pytest.raises(bookingdb.DeadlockDetected):
        replay_beside_a_pause(shop, database)


def test_everybody_at_once(shop: Shop, database: Database) -> None:
    """A second of all that can be done to the queue: no deadlock, nothing that is not sound."""
    shop.set_hours(hours(max_bookings=5000, max_bouquets=5000))
    endpoints = [
        add(shop.conn, event_types=["*"], rate_limit=limit, retry_schedule=None).endpoint_id
        for limit in (0, 1000, 0)
    ]
    end = time.monotonic() + 4

    def book(conn: Connection, chance: random.Random) -> None:
        booking = Shop(conn).book()
        for note in range(chance.randint(0, 3)):
            bookingdb.update_booking(conn, booking.booking_id, notes=f"{note}")

    def send(conn: Connection, chance: random.Random) -> None:
        claimed = claim(conn, limit=chance.randint(1, 30))
        if claimed and chance.random() < 0.2:
            ids = [d.webhook_id for d in claimed]
            bookingdb.release_deliveries(conn, ids, claimed[0].claim_id)
        for delivery in claimed:
            answer(conn, delivery, chance.choice((200, 200, 500, 429, 410)))

    def manage(conn: Connection, chance: random.Random) -> None:
        endpoint = chance.choice(endpoints)
        act = chance.randrange(6)
        if act == 0:
            bookingdb.pause_webhook_endpoint(conn, endpoint)
        elif act == 1:
            bookingdb.replay_deliveries(conn, to=dt.datetime.now(dt.UTC))
        elif act == 2:
            bookingdb.update_webhook_endpoint(conn, endpoint, event_types=["booking.*"])
        elif act == 3:
            bookingdb.remove_webhook_endpoint(conn, add(conn, event_types=["*"]).endpoint_id)
        elif act == 4:
            for row in bookingdb.recent_deliveries(conn, limit=3):
                bookingdb.confirm_processed(conn, row.webhook_id)
        bookingdb.resume_webhook_endpoint(conn, endpoint)

    def keep_on(act: Callable[[Connection, random.Random], None], conn: Connection, n: int) -> int:
        chance, count = random.Random(n), 0
        while time.monotonic() < end:
            act(conn, chance)
            count += 1
        return count

    acts = [book, book, send, send, send, manage, manage]
    with connections(database, len(acts)) as conns:
        calls = [
            lambda a=act, c=conn, n=number: keep_on(a, c, n)
            for number, (act, conn) in enumerate(zip(acts, conns, strict=True))
        ]
        assert min(all_of(at_once(calls))) > 3
    assert bookingdb.check_integrity(shop.conn) == []
