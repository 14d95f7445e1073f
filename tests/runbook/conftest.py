"""A database a page, in which all is well before its alarm is provoked."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from pytest_postgresql import factories

from tests.health.conftest import findings, furnish
from tests.runbook.stage import Stage
from tests.support import Copies, Database


def furnish_for_runbook(*, host: str, port: int, user: str, dbname: str, **_: Any) -> None:
    with psycopg.connect(host=host, port=port, user=user, dbname=dbname, autocommit=True) as conn:
        furnish(conn)


template_that_is_well = factories.postgresql_noproc(
    load=[furnish_for_runbook], depends_on="template_with_shop"
)


@pytest.fixture
def stage(template_that_is_well: Any, server: Any, copies: Copies) -> Iterator[Stage]:
    database = Database(server.dsn(copies.make(template_that_is_well.template_dbname)))
    with database.connect() as conn, ExitStack() as stack:
        assert findings(conn) == {}
        endpoint = conn.execute("select endpoint_id from bookingdb.webhook_endpoints").fetchone()
        assert endpoint is not None
        yield Stage(database, conn, stack, {"ENDPOINT": str(endpoint[0]), "TABLE": "bookings"})
