"""The relay begins anew: what lacks a delivery is queued, what has one is not, nothing is lost."""

import datetime as dt
from uuid import UUID

import pytest

import bookingdb
from bookingdb import ClaimedDelivery
from tests.races.concurrency import all_of, at_once, guarded
from tests.recovery.steps import ON_CALL, Connection, logged, state_of
from tests.shop import Shop
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import add, deliver, relay, versions

TEN = dt.time(10)
DAY = dt.timedelta(days=1)
LOSSES = {
    "deleted": "delete from bookingdb.relay_cursor",
    "ahead": "update bookingdb.relay_cursor set seen = '9000000:9000000:'",
    "far behind": "update bookingdb.relay_cursor set seen = '3:3:'",
    "an old pass": "update bookingdb.relay_cursor set relay_pass = 1, seen = '9000000:9000000:'",
    "in a pass": "update bookingdb.relay_cursor set target = '9:9:', target_position = '8'",
    "settled too late": "update bookingdb.relay_cursor set settled_before = 'infinity',"
    " seen = '9000000:9000000:'",
}


def lose(conn: Connection, how: str) -> None:
    conn.execute(LOSSES[how].encode())


def story(shop: Shop) -> set[UUID]:
    """One event is delivered, of two more nobody knows yet; the ids that are delivered."""
    add(shop.conn)
    booking = shop.book()
    sent = deliver(shop.conn)
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    shop.book(TEN)
    return {d.webhook_id for d in sent}


def is_complete(shop: Shop, before: set[UUID], sent: list[ClaimedDelivery]) -> bool:
    """Whether what lacked is sent, each once, and nothing that was sent before."""
    ids = [d.webhook_id for d in sent]
    since = dt.datetime.now(dt.UTC) - DAY
    return (
        len(ids) == len(set(ids)) == 2
        and before.isdisjoint(ids)
        and bookingdb.reconcile(shop.conn, since) == []
    )


@pytest.mark.parametrize("how", LOSSES)
def test_whatever_happened_to_the_cursor(shop: Shop, how: str) -> None:
    before = story(shop)
    lose(shop.conn, how)
    tables = ("relay_cursor", "webhook_deliveries")
    unchanged = state_of(shop.conn, *tables)
    (gap,) = bookingdb.rebuild_relay(shop.conn, dry_run=True)
    assert gap.missing_count == 2
    assert state_of(shop.conn, *tables) == unchanged
    (done,) = bookingdb.rebuild_relay(shop.conn, actor=ON_CALL)
    assert (done.endpoint_id, done.missing_count) == (gap.endpoint_id, 2)
    assert len(logged(shop.conn, "relay_cursor")) == 1
    assert is_complete(shop, before, deliver(shop.conn))
    assert bookingdb.check_integrity(shop.conn) == []
    shop.book(TEN)
    assert len(deliver(shop.conn)) == 1
    assert bookingdb.idle_time(shop.conn) > dt.timedelta(0)


@pytest.mark.parametrize("how", ["deleted", "ahead"])
def test_control_a_cursor_that_is_only_put_back(shop: Shop, how: str) -> None:
    """What was committed meanwhile is lost: what one would type by hand."""
    before = story(shop)
    lose(shop.conn, how)
    shop.conn.execute("delete from bookingdb.relay_cursor")
    shop.conn.execute(
        "insert into bookingdb.relay_cursor (system_identifier)"
        " select s.system_identifier from pg_control_system() s"
    )
    assert not is_complete(shop, before, deliver(shop.conn))
    bookingdb.rebuild_relay(shop.conn)
    assert is_complete(shop, before, deliver(shop.conn))


def test_pending_deliveries_of_a_later_pass_are_sent(shop: Shop) -> None:
    """A cursor at its first pass would keep them back."""
    add(shop.conn)
    for hour in (9, 10, 11):
        shop.book(dt.time(hour))
        relay(shop.conn)
    lose(shop.conn, "deleted")
    bookingdb.rebuild_relay(shop.conn)
    assert len(deliver(shop.conn)) == 3


def test_control_the_pass_is_forgotten(shop: Shop) -> None:
    rewrite(
        shop.conn,
        "cursor_anew",
        "(select max(d.relay_pass) from bookingdb.webhook_deliveries d)",
        "1",
    )
    with pytest.raises(AssertionError):
        test_pending_deliveries_of_a_later_pass_are_sent(shop)


def test_in_order_and_in_parts(shop: Shop) -> None:
    """Nothing of a booking overtakes, also when it takes several calls."""
    add(shop.conn)
    booking = shop.book()
    for note in "abc":
        bookingdb.update_booking(shop.conn, booking.booking_id, notes=note)
    lose(shop.conn, "deleted")
    bookingdb.rebuild_relay(shop.conn)
    assert bookingdb.relay_events(shop.conn, limit=3) == 3
    assert bookingdb.claim_deliveries(shop.conn) == []
    assert versions(deliver(shop.conn)) == [1, 2, 3, 4]


def test_beside_bookings_and_dispatchers(shop: Shop, database: Database) -> None:
    """It begins anew again and again, by two at once: each event is sent once."""
    add(shop.conn)
    done: list[bool] = []

    def book() -> list[UUID]:
        with guarded(database) as conn:
            for number in range(18):
                Shop(conn).book(dt.time(9 + number // 6, 30 * (number % 2)))
        done.append(True)
        return []

    def dispatch() -> list[UUID]:
        sent: list[UUID] = []
        with guarded(database) as conn:
            while not done or bookingdb.reconcile(conn, dt.datetime.now(dt.UTC) - DAY):
                sent += [d.webhook_id for d in deliver(conn)]
        return sent

    def rebuild() -> list[UUID]:
        with guarded(database) as conn:
            for _ in range(8):
                with conn.transaction():
                    lose(conn, "ahead")
                    bookingdb.rebuild_relay(conn)
        return []

    sent = [
        one
        for some in all_of(at_once([book, dispatch, dispatch, rebuild, rebuild]))
        for one in some
    ]
    assert len(sent) == len(set(sent)) == 18
