"""A shop that need not be sound when the test is over: these tests do damage."""

import pytest

from tests.recovery.steps import Connection
from tests.shop import Shop


@pytest.fixture
def shop(conn: Connection) -> Shop:
    return Shop(conn)
