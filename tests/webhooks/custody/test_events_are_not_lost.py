"""Every committed change arrives, and nothing else, whatever the order of the commits."""

import logging
from typing import Any

import psycopg
import pytest

from bookingdb.embedded import EmbeddedServer
from tests.support import Database
from tests.webhooks.custody.dispatchers import hired, relaying, settle
from tests.webhooks.custody.endpoints import subscribed
from tests.webhooks.custody.guards import BY_ID, BY_TIME, NO_ORDER, NO_PASS, Guard
from tests.webhooks.custody.obstacles import in_the_way
from tests.webhooks.custody.verdict import Findings, changes_of, findings
from tests.webhooks.custody.writers import Writers

log = logging.getLogger(__name__)

TRANSACTIONS = 20
ROUNDS = 20


def test_no_event_is_lost(
    own_server: EmbeddedServer, own_database: Database, big_shop: psycopg.Connection[Any]
) -> None:
    writers = Writers(own_database)
    with (
        subscribed(big_shop) as endpoints,
        in_the_way(own_server, own_database, big_shop) as obstacles,
    ):
        with hired(own_database), relaying(own_database):
            writers.run(TRANSACTIONS)
            settle(big_shop)
            assert findings(big_shop, endpoints) == {}, "with everything still in the way"
            obstacles.end_prepared(big_shop)
            writers.run(2)
            settle(big_shop)
            obstacles.commit_long(big_shop)
            settle(big_shop)
        assert findings(big_shop, endpoints) == {}
        received = [r.webhook_id for endpoint in endpoints for r in endpoint.receipts]
        log.info(
            "%s, %d changes, %d requests, %d of them duplicates", dict(writers.counts),
            len(changes_of(big_shop)), len(received), len(received) - len(set(received)),
        )  # fmt: skip
        assert min(writers.counts["rolled back"], writers.counts["savepoints rolled back"]) > 0
        assert len(received) > len(set(received)), "some came twice"


@pytest.mark.parametrize("guard", [BY_ID, BY_TIME, NO_ORDER], ids=lambda guard: guard.name)
def test_without_a_guard_it_is_seen(
    guard: Guard, own_database: Database, big_shop: psycopg.Connection[Any]
) -> None:
    """The controls: cursors as one writes them at first, and no order."""
    guard.take_out(big_shop)
    with subscribed(big_shop) as endpoints, hired(own_database), relaying(own_database):
        for number in range(ROUNDS):
            Writers(own_database, number).run(3)
            settle(big_shop)
            if is_seen(guard, findings(big_shop, endpoints), number):
                return
    pytest.fail(f"{guard.name}: never {guard.sees} in {ROUNDS} rounds")


def test_a_backlog_is_sent_in_order(
    own_database: Database, big_shop: psycopg.Connection[Any]
) -> None:
    """Relayed in steps, while what is relayed already could be sent; then the control."""
    with subscribed(big_shop) as endpoints:
        Writers(own_database).run(TRANSACTIONS // 2)
        with hired(own_database):
            settle(big_shop)
        assert findings(big_shop, endpoints) == {}
        NO_PASS.take_out(big_shop)
        for number in range(ROUNDS):
            Writers(own_database, number).run(3)
            with hired(own_database):
                settle(big_shop)
            if is_seen(NO_PASS, findings(big_shop, endpoints), number):
                return
    pytest.fail(f"{NO_PASS.name}: never {NO_PASS.sees} in {ROUNDS} rounds")


def is_seen(guard: Guard, found: Findings, number: int) -> bool:
    details = found.get(guard.sees, [])
    if details:
        log.info("%s: %d %s in round %d", guard.name, len(details), guard.sees, number + 1)
    return bool(details)
