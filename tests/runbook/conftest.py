"""A database a page, in which all is well before its alarm is provoked."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.health.conftest import findings, furnish
from tests.runbook.stage import Stage
from tests.support import Copies, Database


@pytest.fixture
def stage(template_with_shop: Any, server: Any, copies: Copies) -> Iterator[Stage]:
    database = Database(server.dsn(copies.make(template_with_shop.template_dbname)))
    with database.connect() as conn, ExitStack() as stack:
        furnish(conn)  # now: a change that is not relayed for a minute is an alarm
        assert findings(conn) == {}
        endpoint = conn.execute("select endpoint_id from bookingdb.webhook_endpoints").fetchone()
        assert endpoint is not None
        yield Stage(database, conn, stack, {"ENDPOINT": str(endpoint[0]), "TABLE": "bookings"})
