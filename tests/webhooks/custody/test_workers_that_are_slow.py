"""Who is slower than the lease, or told to stop, loses nothing and overwrites nothing."""

import datetime as dt
import threading
from typing import Any

import psycopg
import pytest

from bookingdb.dispatch import Outcome, Sender
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database
from tests.webhooks.custody.dispatchers import dispatching, hired, settle
from tests.webhooks.custody.endpoints import listening
from tests.webhooks.custody.guards import CLAIM
from tests.webhooks.custody.verdict import findings
from tests.webhooks.dispatching import running

Connection = psycopg.Connection[Any]

LONG = dt.timedelta(hours=1)
SHORT = dt.timedelta(seconds=2)
STATUSES = "select status from bookingdb.webhook_attempts order by attempt_number"
DELIVERY = """
select state::text, attempt_count, retry_count, claim_id is not null
  from bookingdb.webhook_deliveries"""
IN_HAND = """
select count(*) filter (where claim_id is not null), count(*) filter (where attempt_count > 0)
  from bookingdb.webhook_deliveries"""
ENDED = """
select state::text, attempt_count, count(*)
  from bookingdb.webhook_deliveries group by 1, 2 order by 1"""


class Patient(Sender):
    """Waits for an answer as long as it takes, also when the lease is over."""

    def post(self, **arguments: Any) -> Outcome:
        return super().post(**{**arguments, "timeout": LONG})


def overtaken(
    database: Database, conn: Connection, late: int, taken: int, *, at_once: bool = False
) -> tuple[Any, Any]:
    """The delivery before and after a late answer, when another has taken over and got his.

    With `at_once` he has not got it yet when the late one comes; "before" is then None.
    """
    held = [threading.Event(), threading.Event()]
    statuses = iter([late, taken])
    events = iter(held)
    if not at_once:
        held[1].set()

    def delivery() -> Any:
        return conn.execute(DELIVERY).fetchone()

    def recorded(*expected: int | None) -> None:
        wanted = [(status,) for status in expected]
        wait_until(lambda: conn.execute(STATUSES).fetchall() == wanted, f"{expected} recorded")

    with listening(["booking.*"]) as [endpoint]:
        endpoint.decide = lambda _: next(statuses)
        endpoint.hold = lambda _: next(events).wait(60)
        endpoint.subscribe(conn, retry_schedule=[LONG])
        Shop(conn).book()
        options = {"workers": 1, "lease": SHORT}
        with running(
            database.dsn, **options, make_sender=lambda: Patient(allow_private_network=True)
        ) as slow:
            wait_until(lambda: endpoint.receipts, "the slow one's post")
            slow.stop()  # it finishes what it has begun, and takes nothing new
            with running(database.dsn, **options):
                wait_until(lambda: len(endpoint.receipts) == 2, "the other's post")
                if not at_once:
                    recorded(None, taken)
                before = None if at_once else delivery()
                held[0].set()
                recorded(late, *([] if at_once else [taken]))
                held[1].set()
                recorded(late, taken)
        if taken == 200:
            assert findings(conn, [endpoint]) == {}
        return before, delivery()


@pytest.fixture
def conn(big_shop_elsewhere: Connection) -> Connection:
    return big_shop_elsewhere


@pytest.mark.parametrize(("late", "taken"), [(200, 503), (503, 200)])
def test_a_late_result_overwrites_nothing(
    late: int, taken: int, database: Database, conn: Connection
) -> None:
    before, after = overtaken(database, conn, late, taken)
    state, retries = ("delivered", 0) if taken == 200 else ("pending", 1)
    assert before == after == (state, 2, retries, False)


def test_a_late_failure_does_not_take_the_delivery_from_who_sends_it(
    database: Database, conn: Connection
) -> None:
    _, after = overtaken(database, conn, 503, 200, at_once=True)
    assert after == ("delivered", 2, 0, False)


def test_without_fencing_it_is_overwritten(database: Database, conn: Connection) -> None:
    """The control."""
    CLAIM.take_out(conn)
    before, after = overtaken(database, conn, 200, 503)
    assert before != after, CLAIM.sees


def test_who_is_told_to_stop_finishes_and_gives_back(database: Database, conn: Connection) -> None:
    let_go = threading.Event()
    with listening(["booking.*"]) as [endpoint]:
        endpoint.decide = lambda _: 200
        endpoint.hold = lambda _: let_go.wait(60)
        endpoint.subscribe(conn, timeout=dt.timedelta(seconds=30))
        for _ in range(6):
            Shop(conn).book()
        with dispatching(database, lease=60) as process:
            wait_until(lambda: conn.execute(IN_HAND).fetchone() == (4, 4), "four are claimed")
            wait_until(lambda: len(endpoint.receipts) == 2, "two of them are being sent")
            process.terminate()
            wait_until(lambda: conn.execute(IN_HAND).fetchone() == (2, 2), "two are given back")
            assert process.poll() is None
            let_go.set()
            assert process.wait(60) == 0
        assert conn.execute(ENDED).fetchall() == [("delivered", 1, 2), ("pending", 0, 4)]
        assert len(endpoint.receipts) == 2
        with hired(database):
            settle(conn)
        assert findings(conn, [endpoint]) == {}
        assert len(endpoint.receipts) == 6, "none came twice"


def test_a_lease_shorter_than_the_timeout_is_enough(database: Database, conn: Connection) -> None:
    with listening(["booking.*"]) as [endpoint]:
        endpoint.subscribe(conn, timeout=dt.timedelta(seconds=30))
        Shop(conn).book()
        with running(database.dsn, lease=SHORT):
            settle(conn)
        assert findings(conn, [endpoint]) == {}
