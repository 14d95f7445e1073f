"""Dead letters are sent again: the oldest first, so many at a time, and on record."""

import datetime as dt
from uuid import UUID

import pytest

import bookingdb
from tests.races.concurrency import (
    all_of,
    at_once,
    background,
    connections,
    guarded,
    wait_until_blocked,
)
from tests.recovery.steps import ON_CALL, logged, state_of
from tests.shop import Shop
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import HOOK, NOW, Clock, add, answer, claim, deliver

HOUR = dt.timedelta(hours=1)


def all_dead(shop: Shop, database: Database, events: int = 3) -> tuple[UUID, UUID]:
    """Two endpoints, of each as many dead letters, an hour apart; who those are."""
    clock = Clock(database)
    one = add(shop.conn, retry_schedule=[]).endpoint_id
    two = add(shop.conn, HOOK + "/2", retry_schedule=[]).endpoint_id
    for number in range(events):
        shop.book(dt.time(9 + number))
        for delivery in claim(shop.conn):
            answer(shop.conn, delivery, 500)
        clock.advance(hours=1)
    return one, two


@pytest.mark.parametrize("dry", [True, False])
def test_the_oldest_first(shop: Shop, database: Database, dry: bool) -> None:
    one, _ = all_dead(shop, database)
    before = state_of(shop.conn, "webhook_deliveries")
    letters = bookingdb.requeue_dead_letters(
        shop.conn, endpoint_id=one, limit=2, dry_run=dry, actor=ON_CALL
    )
    assert [(d.event_at, d.endpoint_id, d.attempt_count) for d in letters] == [
        (NOW, one, 1), (NOW + HOUR, one, 1),
    ]  # fmt: skip
    if dry:
        assert state_of(shop.conn, "webhook_deliveries") == before
        return
    assert {row["state"] for row in logged(shop.conn, "webhook_deliveries")} == {"pending"}
    assert [d.webhook_id for d in deliver(shop.conn)] == [d.webhook_id for d in letters]
    assert len(bookingdb.requeue_dead_letters(shop.conn)) == 4


def test_of_a_time_and_what_is_not_dead_stays(shop: Shop, database: Database) -> None:
    one, two = all_dead(shop, database)
    letters = bookingdb.requeue_dead_letters(shop.conn, from_=NOW + HOUR, to=NOW + 2 * HOUR)
    assert {d.endpoint_id for d in letters} == {one, two}
    assert len(deliver(shop.conn)) == 2
    bookingdb.remove_webhook_endpoint(shop.conn, two)
    again = bookingdb.requeue_dead_letters(shop.conn, dry_run=True)
    assert [d.event_at for d in again] == [NOW, NOW + 2 * HOUR]
    with pytest.raises(bookingdb.WebhookEndpointNotFound):
        bookingdb.requeue_dead_letters(shop.conn, endpoint_id=two)
    for bad in ({"limit": 0}, {"from_": NOW + HOUR, "to": NOW}):
        with pytest.raises(bookingdb.InvalidArgument):
            bookingdb.requeue_dead_letters(shop.conn, **bad)


def test_rate_limits_hold(shop: Shop, database: Database) -> None:
    one, _ = all_dead(shop, database)
    bookingdb.update_webhook_endpoint(shop.conn, one, rate_limit=1)
    bookingdb.requeue_dead_letters(shop.conn, endpoint_id=one)
    assert len(claim(shop.conn)) == 1


def requeue_at_once(shop: Shop, database: Database) -> list[UUID]:
    """What two say that they made pending, while a dispatcher sends it and it dies again."""
    all_dead(shop, database, events=1)

    def requeue() -> list[UUID]:
        with guarded(database) as conn:
            return [d.webhook_id for _ in range(10) for d in bookingdb.requeue_dead_letters(conn)]

    def fail() -> list[UUID]:
        with guarded(database) as conn:
            for _ in range(20):
                for delivery in claim(conn):
                    answer(conn, delivery, 500)
        return []

    return [one for some in all_of(at_once([requeue, requeue, fail])) for one in some]


def test_two_at_once_beside_a_dispatcher(shop: Shop, database: Database) -> None:
    """Each that they say is one more attempt, or is still to come."""
    said = requeue_at_once(shop, database)
    deliver(shop.conn)
    query = "select sum(attempt_count) - 2 from bookingdb.webhook_deliveries"
    assert shop.conn.execute(query).fetchone() == (len(said),)
    assert bookingdb.check_integrity(shop.conn) == []


def second_says(shop: Shop, database: Database) -> int:
    """How many letters are said by who looked before another one had committed."""
    all_dead(shop, database, events=1)
    with connections(database, 2) as (first, second):
        first.execute("begin")
        assert len(bookingdb.requeue_dead_letters(first)) == 2
        with background(lambda: bookingdb.requeue_dead_letters(second)) as later:
            wait_until_blocked(shop.conn, second, first)
            first.execute("commit")
        return len(later.result())


def test_what_another_was_faster_with_is_not_said(shop: Shop, database: Database) -> None:
    assert second_says(shop, database) == 0


def test_control_where_they_say_what_they_saw(shop: Shop, database: Database) -> None:
    changed = "return array(select s.webhook_id from unnest(v_sent) s)"
    rewrite(shop.conn, "requeue", changed, "return v_ids")
    assert second_says(shop, database) == 2
