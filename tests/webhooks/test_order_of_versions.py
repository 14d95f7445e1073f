"""Version n+1 of a booking is never claimed while version n is open for the same endpoint."""

import random
from uuid import UUID

import bookingdb
from tests.shop import Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import NOW, Clock, add, answer, claim, deliver, due_at, versions

EARLIER = "(NOT (EXISTS ( SELECT"


def book_and_change(shop: Shop, changes: int = 2) -> None:
    booking = shop.book()
    for number in range(changes):
        bookingdb.update_booking(shop.conn, booking.booking_id, notes=f"note {number}")


def overtakes(shop: Shop, database: Database) -> bool:
    """Whether a version is claimed while an earlier one is open, in a random story."""
    clock = Clock(database)
    chance = random.Random(7)
    add(shop.conn)
    add(shop.conn)
    book_and_change(shop, 4)
    book_and_change(shop, 4)
    done: dict[object, set[int]] = {}
    claims = 0
    while claimed := claim(shop.conn, limit=chance.randint(1, 4)):
        for delivery in claimed:
            claims += 1
            before = done.setdefault((delivery.endpoint_id, delivery.booking_id), set())
            assert delivery.booking_version
            if not set(range(1, delivery.booking_version)) <= before:
                return True
            if chance.random() < 0.3:
                answer(shop.conn, delivery, 500)
            elif chance.random() < 0.2:
                clock.advance(minutes=2)  # it dies
            else:
                answer(shop.conn, delivery)
                before.add(delivery.booking_version)
        clock.advance(hours=chance.choice((0, 1, 30)))
    assert claims > 20
    return False


def test_never_overtaken(shop: Shop, database: Database) -> None:
    assert not overtakes(shop, database)
    assert scalar(
        shop.conn, "select count(*) from bookingdb.webhook_deliveries where state = 'delivered'"
    ) == 20  # fmt: skip


def test_control_without_looking_at_earlier_ones(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "due_deliveries", EARLIER, "(true or EXISTS (( SELECT")
    assert overtakes(shop, database)


def test_followers_wait_with_a_retry_and_come_with_its_end(shop: Shop, database: Database) -> None:
    """So that nobody looks at them in vain, and nobody forgets them."""
    clock = Clock(database)
    add(shop.conn)
    book_and_change(shop)
    (first,) = claim(shop.conn)
    assert first.booking_version == 1
    answer(shop.conn, first, 500)
    retry = due_at(shop.conn, first.webhook_id)
    rows = shop.conn.execute("select distinct due_at from bookingdb.webhook_deliveries").fetchall()
    assert rows == [(retry,)]
    bookingdb.update_booking(shop.conn, the_booking(shop), notes="last")
    assert claim(shop.conn) == []
    rows = shop.conn.execute("select distinct due_at from bookingdb.webhook_deliveries").fetchall()
    assert rows == [(retry,)]  # what is relayed later waits as well
    clock.set(retry)
    assert versions(deliver(shop.conn)) == [1, 2, 3, 4]
    assert retry > NOW


def the_booking(shop: Shop) -> UUID:
    booking_id: UUID = scalar(shop.conn, "select booking_id from bookingdb.bookings")
    return booking_id


def test_dead_version_lets_the_next_go(shop: Shop, database: Database) -> None:
    Clock(database)
    add(shop.conn, retry_schedule=[])
    book_and_change(shop)
    (first,) = claim(shop.conn)
    answer(shop.conn, first, 500)
    assert versions(deliver(shop.conn)) == [2, 3]


def test_endpoints_and_bookings_do_not_wait_for_each_other(shop: Shop) -> None:
    bad, good = add(shop.conn).endpoint_id, add(shop.conn).endpoint_id
    book_and_change(shop)
    book_and_change(shop)
    sent: list[tuple[object, int | None]] = []
    failed = 0
    while claimed := claim(shop.conn):
        for delivery in claimed:
            if delivery.endpoint_id == bad:
                answer(shop.conn, delivery, 500)
                failed += 1
            else:
                answer(shop.conn, delivery)
                sent.append((delivery.endpoint_id, delivery.booking_version))
    assert failed == 2
    assert sorted(version or 0 for _, version in sent) == [1, 1, 2, 2, 3, 3]
    assert {endpoint for endpoint, _ in sent} == {good}


def test_deleted_booking_that_comes_again(shop: Shop) -> None:
    """All versions of one id go in order, also over its deletion."""
    add(shop.conn)
    book_and_change(shop)
    shop.conn.execute("delete from bookingdb.bookings")
    sent = deliver(shop.conn)
    assert versions(sent) == [1, 2, 3, 4]
    assert sent[-1].event_type == "booking.deleted"
