"""A dispatcher that is killed at any step takes no event with it."""

import logging
from typing import Any

import psycopg
import pytest

from tests.support import Database, scalar
from tests.webhooks.custody.dispatchers import hired, killed_at, settle
from tests.webhooks.custody.endpoints import subscribed
from tests.webhooks.custody.verdict import changes_of, findings
from tests.webhooks.custody.writers import Writers, writing

log = logging.getLogger(__name__)

STEPS = {
    "before it claims": "claiming",
    "after it has claimed, before it sends": "claimed",
    "after it has sent": "sent",
    "before it records": "recording",
}
LOST = "select count(*) from bookingdb.webhook_attempts where error = 'lost'"


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_what_it_had_is_taken_over(
    step: str, database: Database, big_shop_elsewhere: psycopg.Connection[Any]
) -> None:
    conn = big_shop_elsewhere
    with subscribed(conn) as endpoints:
        writers = Writers(database)
        with writing(writers, 4):
            killed_at(database, step, 1, 4)
            killed_at(database, step, 2)
        with hired(database):
            settle(conn)
        assert findings(conn, endpoints) == {}
        received = [r.webhook_id for endpoint in endpoints for r in endpoint.receipts]
        lost = scalar(conn, LOST)
        log.info(
            "3 killed at %s: %s, %d changes, %d requests, %d of them duplicates, %d lost attempts",
            step, dict(writers.counts), len(changes_of(conn)), len(received),
            len(received) - len(set(received)), lost,
        )  # fmt: skip
        assert lost > 0 or step == "claiming"
