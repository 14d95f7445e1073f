"""Leases of dispatchers that are gone are taken back; what such a dispatcher says late is noted."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import ClaimedDelivery
from tests.races.concurrency import all_of, at_once, background, connections, guarded
from tests.recovery.steps import ON_CALL, logged, state_of
from tests.shop import Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import Clock, add, answer, claim, deliver, delivered

MINUTE = dt.timedelta(minutes=1)
QUEUE = ("webhook_deliveries", "webhook_attempts")


@pytest.fixture
def clock(database: Database) -> Clock:
    return Clock(database)


def claimed(shop: Shop, *, minutes: float = 1) -> ClaimedDelivery:
    """A delivery that a dispatcher took, which is not heard of again."""
    add(shop.conn)
    shop.book()
    (delivery,) = claim(shop.conn, minutes=minutes)
    return delivery


@pytest.mark.parametrize("dry", [True, False])
def test_leases_that_have_run_out(shop: Shop, clock: Clock, dry: bool) -> None:
    delivery = claimed(shop)
    assert bookingdb.release_stuck_leases(shop.conn) == []
    clock.advance(minutes=2)
    before = state_of(shop.conn, *QUEUE)
    (lease,) = bookingdb.release_stuck_leases(shop.conn, dry_run=dry, actor=ON_CALL)
    assert (lease.webhook_id, lease.attempt_number) == (delivery.webhook_id, 1)
    assert lease.leased_until - lease.claimed_at == MINUTE
    if dry:
        assert state_of(shop.conn, *QUEUE) == before
        assert bookingdb.release_stuck_leases(shop.conn) == [lease]
        return
    (row,) = logged(shop.conn, "webhook_deliveries")
    assert (row["claim_id"], row["attempt_count"]) == (None, 1)
    assert bookingdb.release_stuck_leases(shop.conn) == []
    assert [d.attempt_number for d in deliver(shop.conn)] == [2]
    assert scalar(shop.conn, "select error from bookingdb.webhook_attempts"
                             " where attempt_number = 1") == "lost"  # fmt: skip


def test_leases_that_are_too_long(shop: Shop, clock: Clock) -> None:
    claimed(shop, minutes=60)
    clock.advance(minutes=5)
    assert bookingdb.release_stuck_leases(shop.conn) == []
    assert bookingdb.release_stuck_leases(shop.conn, older_than=6 * MINUTE) == []
    assert len(bookingdb.release_stuck_leases(shop.conn, older_than=5 * MINUTE)) == 1
    for bad in (dt.timedelta(0), dt.timedelta(hours=2)):
        with pytest.raises(bookingdb.InvalidArgument, match="p_older_than"):
            bookingdb.release_stuck_leases(shop.conn, older_than=bad)


def late_answer(shop: Shop, clock: Clock) -> tuple[bool, int]:
    """Whether what the lost dispatcher says counts; how many attempts are on record as lost."""
    late = claimed(shop)
    clock.advance(minutes=2)
    bookingdb.release_stuck_leases(shop.conn)
    counted = answer(shop.conn, late, 500)
    query = "select count(*) from bookingdb.webhook_attempts where error = 'lost'"
    return counted, scalar(shop.conn, query)


def test_a_late_answer_is_noted_and_does_not_count(shop: Shop, clock: Clock) -> None:
    assert late_answer(shop, clock) == (False, 0)
    assert len(deliver(shop.conn)) == 1


def test_control_where_the_token_is_kept(shop: Shop, clock: Clock) -> None:
    rewrite(
        shop.conn,
        "release_lease",
        "claim_id = null,\n         claimed_at = null",
        "claim_id = d.claim_id",
    )
    assert late_answer(shop, clock) == (True, 0)


def test_what_is_being_recorded_is_passed_over(
    shop: Shop, clock: Clock, database: Database
) -> None:
    delivery = claimed(shop)
    clock.advance(minutes=2)
    with connections(database, 1) as (recording,):
        recording.execute("begin")
        assert answer(recording, delivery)
        assert bookingdb.release_stuck_leases(shop.conn) == []
        recording.execute("commit")
    assert bookingdb.release_stuck_leases(shop.conn) == []
    assert delivered(shop.conn) == 1


def test_a_lease_that_was_claimed_anew_meanwhile_stays(
    shop: Shop, clock: Clock, database: Database
) -> None:
    """Between the look and the lock: as it is when another dispatcher is faster."""
    claimed(shop)
    clock.advance(minutes=2)
    stale = "(select d from bookingdb.webhook_deliveries d)"
    (old,) = shop.conn.execute(f"select {stale}::text").fetchall()
    (again,) = claim(shop.conn)
    release = "select bookingdb.release_lease(%s::bookingdb.webhook_deliveries)"
    assert scalar(shop.conn, release, [old[0]]) is False
    assert answer(shop.conn, again)


def test_beside_dispatchers(shop: Shop, database: Database) -> None:
    """They claim, answer and die, while leases are taken from them: each is delivered once."""
    add(shop.conn)
    for hour in (9, 10, 11):
        for minute in (0, 30):
            shop.book(dt.time(hour, minute))

    def dispatch() -> int:
        with guarded(database) as conn:
            count = 0
            while delivered(conn) < 6:
                for number, delivery in enumerate(claim(conn, limit=2, hours=1)):
                    if number == 0:  # the other one is forgotten
                        count += answer(conn, delivery)
            return count

    def release() -> None:
        with guarded(database) as conn:
            while delivered(conn) < 6:
                conn.execute(
                    "update bookingdb.webhook_deliveries set due_at = clock_timestamp()"
                    " where claim_id is not null"
                )
                bookingdb.release_stuck_leases(conn)

    with background(release) as releasing:
        counted = all_of(at_once([dispatch, dispatch]))
    releasing.result()
    assert (sum(counted), delivered(shop.conn)) == (6, 6)
    assert bookingdb.check_integrity(shop.conn) == []
