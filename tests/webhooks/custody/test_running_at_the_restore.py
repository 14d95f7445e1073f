"""Who writes while the relay begins anew after a restore is not taken for what came with it."""

from tests.shop import NINE, Shop
from tests.support import Database
from tests.webhooks.custody.guards import RUNNING
from tests.webhooks.queue_steps import add, relay, set_cursor


def relayed(database: Database, shop: Shop) -> int:
    """How many are of a change that was made before the relay ran, and committed after it."""
    set_cursor(shop.conn, "system_identifier = 1")  # as if restored from elsewhere
    with database.connect(autocommit=False) as slow:
        Shop(slow).book(NINE)
        relay(shop.conn)
        slow.commit()
    return relay(shop.conn)


def test_it_is_relayed(database: Database, shop: Shop) -> None:
    add(shop.conn)
    assert relayed(database, shop) == 1
    RUNNING.take_out(shop.conn)  # the control
    assert relayed(database, shop) == 0
