"""Endpoints that are gone, or fail for days, are paused; nothing of theirs is lost."""

import datetime as dt

import pytest

import bookingdb
from bookingdb import DeliveryState
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import HOOK, Clock, add, answer, body, claim, deliver

TEN = dt.time(10)
PAUSES = ["endpoint.paused"]


def paused(shop: Shop) -> list[str | None]:
    return [s.pause_reason for s in bookingdb.webhook_status(shop.conn) if s.paused_at]


def test_gone_pauses_and_tells_who_wants_to_know(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    watch = add(shop.conn, HOOK + "/watch", event_types=["endpoint.*"]).endpoint_id
    add(shop.conn, HOOK + "/deaf", event_types=["booking.cancelled"])
    shop.book()
    (delivery,) = claim(shop.conn)
    answer(shop.conn, delivery, 410)
    assert paused(shop) == ["The receiver says that it is gone (410)"]
    shop.book(TEN)
    (told,) = deliver(shop.conn)
    assert (told.endpoint_id, told.event_type) == (watch, "endpoint.paused")
    event = body(told)
    assert event["data"] == {
        "schema_version": 1, "business_id": str(bookingdb.DEFAULT_BUSINESS_ID),
        "endpoint_id": str(endpoint), "url": HOOK.removesuffix("/hook"), "reason": paused(shop)[0],
    }  # fmt: skip
    (entry,) = shop.conn.execute(
        "select performed_by from bookingdb.settings_audit_log"
        " where new_values ->> 'pause_reason' is not null"
    ).fetchall()
    assert entry == ("system",)


def test_endpoint_is_not_told_of_its_own_pause(shop: Shop) -> None:
    add(shop.conn, event_types=["*"])
    shop.book()
    answer(shop.conn, claim(shop.conn)[0], 410)
    assert scalar(shop.conn, "select count(*) from bookingdb.webhook_deliveries") == 1


def test_failing_for_too_long(shop: Shop, database: Database) -> None:
    """From the first failure since the last success, whichever delivery it was."""
    clock = Clock(database)
    endpoint = add(
        shop.conn, retry_schedule=[dt.timedelta(hours=1)] * 30, pause_after=dt.timedelta(hours=5)
    ).endpoint_id
    add(shop.conn, HOOK + "/watch", event_types=PAUSES)
    shop.book()
    answer(shop.conn, claim(shop.conn)[0], 500)
    clock.advance(hours=4, minutes=30)
    (delivery,) = claim(shop.conn)
    shop.book(TEN)
    answer(shop.conn, claim(shop.conn)[0])
    clock.advance(hours=1)
    answer(shop.conn, delivery, 500)
    assert paused(shop) == []
    for _ in range(3):
        clock.advance(hours=2)
        assert paused(shop) == []
        answer(shop.conn, claim(shop.conn)[0], 500)
    assert str(paused(shop)[0]).startswith("Nothing but failures since ")
    clock.advance(hours=2)
    (told,) = deliver(shop.conn)
    assert told.event_type == "endpoint.paused"
    resumed = bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    assert (resumed.paused_at, resumed.pause_reason) == (None, None)
    answer(shop.conn, claim(shop.conn)[0], 500)
    assert paused(shop) == []  # it has as long again


def test_nothing_is_lost_while_paused(shop: Shop) -> None:
    endpoint = add(shop.conn, retry_schedule=[dt.timedelta(hours=1)]).endpoint_id
    shop.book()
    (on_its_way,) = claim(shop.conn)
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint)
    bookingdb.pause_webhook_endpoint(shop.conn, endpoint, reason="again")
    assert paused(shop) == ["Paused by staff"]
    shop.book(TEN)
    assert claim(shop.conn) == []
    answer(shop.conn, on_its_way, 500)
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    assert len(deliver(shop.conn)) == 2


def test_resume_gives_retries_anew_and_at_once(shop: Shop, database: Database) -> None:
    clock = Clock(database)
    endpoint = add(shop.conn, retry_schedule=[dt.timedelta(hours=1)]).endpoint_id
    shop.book()
    answer(shop.conn, claim(shop.conn)[0], 429, retry_after=dt.timedelta(hours=1))
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    answer(shop.conn, claim(shop.conn)[0], 500)
    (recent,) = bookingdb.recent_deliveries(shop.conn)
    assert (recent.state, recent.attempt_count) == (DeliveryState.PENDING, 2)
    clock.advance(hours=2)
    answer(shop.conn, claim(shop.conn)[0], 500)
    assert bookingdb.recent_deliveries(shop.conn)[0].state is DeliveryState.DEAD


def test_resume_leaves_what_is_being_sent(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    (on_its_way,) = claim(shop.conn)
    bookingdb.resume_webhook_endpoint(shop.conn, endpoint)
    assert claim(shop.conn) == []
    assert answer(shop.conn, on_its_way)


@pytest.mark.parametrize("claimed", [False, True])
def test_remove_discards_what_waits(shop: Shop, claimed: bool) -> None:
    endpoint = add(shop.conn).endpoint_id
    kept = shop.book()
    deliver(shop.conn)
    shop.book(TEN)
    (open_one,) = claim(shop.conn)
    if not claimed:
        bookingdb.release_deliveries(shop.conn, [open_one.webhook_id], open_one.claim_id)
    assert bookingdb.remove_webhook_endpoint(shop.conn, endpoint) == 1
    assert claim(shop.conn) == []
    if claimed:
        assert not answer(shop.conn, open_one)
    states = shop.conn.execute("select state from bookingdb.webhook_deliveries order by 1")
    assert states.fetchall() == [("delivered",), ("discarded",)]
    (entry,) = bookingdb.delivery_trail(shop.conn, kept.booking_id)
    assert (entry.url, entry.status) == (HOOK, 200)
    shop.book(TEN)
    assert claim(shop.conn) == []
    assert bookingdb.webhook_status(shop.conn) == []
    assert bookingdb.replay_deliveries(shop.conn, booking_id=kept.booking_id) == 0
