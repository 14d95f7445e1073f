"""Who changes what an endpoint is sent loses nothing that happened before, and gets nothing old."""

from collections.abc import Callable, Sequence

import pytest

import bookingdb
from tests.races.concurrency import background, guarded, wait_until_blocked
from tests.shop import Shop
from tests.support import Database
from tests.webhooks.queue_steps import Connection, add, claim, deliver, relay

CREATED, CANCELLED, PAUSED = "booking.created", "booking.cancelled", "endpoint.paused"


def sent(shop: Shop) -> list[str]:
    return sorted(delivery.event_type for delivery in deliver(shop.conn))


def test_no_change_from_before(shop: Shop) -> None:
    shop.book()
    add(shop.conn)
    assert sent(shop) == []
    shop.book()
    assert sent(shop) == [CREATED]


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ([CREATED], [CREATED, CANCELLED], [CREATED], [CANCELLED, CREATED]),
        ([CREATED], ["booking.*"], [CREATED], [CANCELLED, CREATED]),
        ([CREATED], ["*"], [CREATED], [CANCELLED, CREATED]),
        (["booking.*"], ["*"], [CANCELLED, CREATED], [CANCELLED, CREATED]),
        (["*"], ["booking.*"], [CANCELLED, CREATED], [CANCELLED, CREATED]),
        (["booking.*"], [CREATED], [CREATED], [CREATED]),
        (["*"], [CANCELLED], [CANCELLED], [CANCELLED]),
        ([CREATED, CANCELLED], ["booking.*"], [CANCELLED, CREATED], [CANCELLED, CREATED]),
        ([CREATED], [CANCELLED], [], [CANCELLED]),
        ([PAUSED], ["booking.*", PAUSED], [], [CANCELLED, CREATED]),
        (["booking.*"], [PAUSED], [], []),
    ],
)
def test_changed_event_types(
    shop: Shop, before: Sequence[str], after: Sequence[str], old: list[str], new: list[str]
) -> None:
    """What is not relayed yet when they change: what was wanted then and is wanted still."""
    endpoint = add(shop.conn, event_types=list(before)).endpoint_id
    bookingdb.cancel_booking(shop.conn, shop.book().booking_id)
    bookingdb.update_webhook_endpoint(shop.conn, endpoint, event_types=list(after))
    assert sent(shop) == old
    bookingdb.cancel_booking(shop.conn, shop.book().booking_id)
    assert sent(shop) == new


def test_there_and_back(shop: Shop) -> None:
    """Changes that were made while a type was not wanted stay unsent."""
    endpoint = add(shop.conn, event_types=[CREATED]).endpoint_id
    shop.book()
    bookingdb.update_webhook_endpoint(shop.conn, endpoint, event_types=[CANCELLED])
    bookingdb.cancel_booking(shop.conn, shop.book().booking_id)
    bookingdb.update_webhook_endpoint(shop.conn, endpoint, event_types=["*"])
    assert sent(shop) == [CANCELLED]


def test_queued_deliveries_stay_when_their_type_goes(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    relay(shop.conn)
    bookingdb.update_webhook_endpoint(shop.conn, endpoint, event_types=[CANCELLED])
    assert [d.event_type for d in claim(shop.conn)] == [CREATED]


@pytest.mark.parametrize("relays_first", [True, False])
def test_endpoint_that_is_added_beside_a_relay(
    shop: Shop, database: Database, relays_first: bool
) -> None:
    """Whoever is second waits, so that a change after the call is never relayed without it."""
    shop.book()  # something to relay, from before
    with guarded(database) as adding, guarded(database) as relaying:
        first, second = (relaying, adding) if relays_first else (adding, relaying)
        acts: dict[Connection, Callable[[Connection], object]] = {adding: add, relaying: relay}
        first.execute("begin")
        acts[first](first)
        with background(lambda: acts[second](second)) as waiting:
            wait_until_blocked(shop.conn, second, first)
            if not relays_first:
                shop.book()
            first.execute("commit")
        waiting.result()
        if relays_first:
            shop.book()
    assert sent(shop) == [CREATED]
