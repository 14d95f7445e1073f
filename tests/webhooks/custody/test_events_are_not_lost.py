"""Every committed change arrives, and nothing else, whatever the order of the commits."""

import logging
from typing import Any

import psycopg

from bookingdb.embedded import EmbeddedServer
from tests.support import Database
from tests.webhooks.custody.dispatchers import hired, relaying, settle
from tests.webhooks.custody.endpoints import subscribed
from tests.webhooks.custody.obstacles import in_the_way
from tests.webhooks.custody.verdict import changes_of, findings
from tests.webhooks.custody.writers import Writers

log = logging.getLogger(__name__)

TRANSACTIONS = 12


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
            obstacles.drop_prepared()
            obstacles.commit_prepared()
            writers.run(2)
            settle(big_shop)
            obstacles.commit_long()
            settle(big_shop)
        assert findings(big_shop, endpoints) == {}
        received = [r.webhook_id for endpoint in endpoints for r in endpoint.receipts]
        log.info(
            "%s, %d changes, %d requests, %d of them duplicates", dict(writers.counts),
            len(changes_of(big_shop)), len(received), len(received) - len(set(received)),
        )  # fmt: skip
        assert min(writers.counts["rolled back"], writers.counts["savepoints rolled back"]) > 0
        assert len(received) > len(set(received)), "some came twice"
