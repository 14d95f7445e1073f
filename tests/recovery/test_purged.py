"""When the relay begins anew, what was purged is not sent again, and what was not is not lost."""

import datetime as dt

import pytest

import bookingdb
from tests.races.concurrency import connections
from tests.recovery.test_relay import DAY, TEN, lose
from tests.shop import Shop
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import Clock, add, deliver


def purged(shop: Shop, database: Database) -> Clock:
    """The first event was delivered and purged, the second delivered, the third not relayed."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    deliver(shop.conn)
    clock.advance(days=3)
    shop.book(TEN)
    deliver(shop.conn)
    clock.advance(days=2)
    assert bookingdb.purge_deliveries(shop.conn, older_than=3 * DAY) == 1
    shop.book(dt.time(11))
    return clock


@pytest.mark.parametrize("how", ["deleted", "ahead", "settled too late"])
def test_what_was_purged_is_not_sent_again(shop: Shop, database: Database, how: str) -> None:
    purged(shop, database)
    lose(shop.conn, how)
    bookingdb.rebuild_relay(shop.conn)
    assert len(deliver(shop.conn)) == 1


def test_unless_that_is_asked_for(shop: Shop, database: Database) -> None:
    clock = purged(shop, database)
    long_ago = clock.now - 100 * DAY
    for time, count in ((None, 1), (long_ago, 2)):
        (gap,) = bookingdb.rebuild_relay(shop.conn, settled_before=time, dry_run=True)
        assert gap.missing_count == count
    bookingdb.rebuild_relay(shop.conn, settled_before=long_ago)
    assert len(deliver(shop.conn)) == 2
    with pytest.raises(bookingdb.InvalidArgument, match="p_settled_before"):
        bookingdb.rebuild_relay(shop.conn, settled_before=clock.now)


def test_control_where_it_is_not_asked_what_was_purged(shop: Shop, database: Database) -> None:
    purged(shop, database)
    lose(shop.conn, "deleted")
    rewrite(
        shop.conn, "cursor_anew", "else least(min(d.finished_at), v_latest)", "else '-infinity'"
    )
    bookingdb.rebuild_relay(shop.conn)
    assert len(deliver(shop.conn)) == 2


def late_commit(shop: Shop, database: Database) -> int:
    """A change that began before the first delivery was finished, and was committed after."""
    add(shop.conn)
    with connections(database, 1) as (late,):
        late.execute("begin")
        Shop(late).book()
        shop.book(TEN)
        deliver(shop.conn)
        late.execute("commit")
    lose(shop.conn, "deleted")
    bookingdb.rebuild_relay(shop.conn)
    return len(deliver(shop.conn))


def test_a_young_event_is_never_taken_for_purged(shop: Shop, database: Database) -> None:
    assert late_commit(shop, database) == 1


def test_control_where_it_is(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "cursor_anew", "least(min(d.finished_at), v_latest)", "min(d.finished_at)")
    assert late_commit(shop, database) == 0
