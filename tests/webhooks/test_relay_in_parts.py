"""Nothing of a pass is sent before the pass is complete, so that no version overtakes another."""

import bookingdb
from tests.shop import Shop, hours
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import add, deliver, relay, versions


def book_with_crossed_ids(shop: Shop, database: Database) -> None:
    """Version 2 is written by a transaction with a lower id than version 1's."""
    with database.connect() as early:
        early.execute("begin")
        early.execute("select pg_current_xact_id()")
        booking = shop.book()
        bookingdb.update_booking(early, booking.booking_id, notes="x")
        early.execute("commit")


def first_part(shop: Shop, database: Database) -> list[int | None]:
    """The versions that could be sent after the first part of a pass."""
    add(shop.conn)
    book_with_crossed_ids(shop, database)
    assert bookingdb.relay_events(shop.conn, limit=1) == 1
    return versions(bookingdb.claim_deliveries(shop.conn))


def test_nothing_is_sent_before_a_pass_is_complete(shop: Shop, database: Database) -> None:
    assert first_part(shop, database) == []
    assert bookingdb.idle_time(shop.conn).total_seconds() == 0
    assert bookingdb.relay_events(shop.conn, limit=1) == 1
    assert versions(bookingdb.claim_deliveries(shop.conn)) == []
    assert bookingdb.relay_events(shop.conn, limit=1) == 0
    assert versions(deliver(shop.conn)) == [1, 2]


def test_control_without_passes_version_2_comes_first(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "due_deliveries", "(d.relay_pass < (", "(0 <= (")
    assert first_part(shop, database) == [2]


def test_transactions_are_not_divided(shop: Shop) -> None:
    add(shop.conn)
    shop.set_hours(hours(max_bookings=50, max_bouquets=50))
    with shop.conn.transaction():
        for _ in range(20):
            shop.book()
    shop.book()
    assert bookingdb.relay_events(shop.conn, limit=3) == 20
    assert bookingdb.relay_events(shop.conn, limit=3) == 1
    assert len(deliver(shop.conn)) == 21


def test_changes_during_a_pass_belong_to_the_next(shop: Shop) -> None:
    """A pass ends although new changes are made all the time."""
    add(shop.conn)
    for _ in range(2):
        shop.book()
    assert bookingdb.relay_events(shop.conn, limit=1) == 1
    shop.set_hours(hours(max_bookings=50, max_bouquets=50))
    for _ in range(5):
        shop.book()
    assert bookingdb.relay_events(shop.conn, limit=1) == 1
    assert bookingdb.relay_events(shop.conn, limit=1) == 0
    assert len(bookingdb.claim_deliveries(shop.conn)) == 2
    assert relay(shop.conn, limit=1) == 5
    assert len(bookingdb.claim_deliveries(shop.conn)) == 5


def test_events_that_are_not_about_bookings_do_not_wait(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    shop.book()
    bookingdb.relay_events(shop.conn, limit=1)
    bookingdb.send_test_event(shop.conn, endpoint)
    assert [d.event_type for d in bookingdb.claim_deliveries(shop.conn)] == ["webhook.test"]


def test_pass_that_is_interrupted_goes_on(shop: Shop, database: Database) -> None:
    """By another dispatcher, from where the first one got."""
    add(shop.conn)
    for _ in range(3):
        shop.book()
    with database.connect() as lost:
        bookingdb.relay_events(lost, limit=1)
    assert relay(shop.conn) == 2
    assert len(deliver(shop.conn)) == 3
