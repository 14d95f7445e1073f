"""A year of 20 slots a day for 30 businesses: a statement a business, progress on the terminal."""

import pytest
from psycopg.types.json import Jsonb

from tests.cli.conftest import BOOKINGDB, Cli, on_a_terminal
from tests.shop import hours
from tests.support import Database

COUNT = 30


@pytest.fixture
def chain(database: Database) -> Cli:
    with database.connect() as conn:
        conn.execute(
            "select bookingdb.create_business('Shop ' || n, 'Europe/Berlin', 364,"
            " p_business_id => gen_random_uuid()) from generate_series(1, %s) n",
            [COUNT],
        )
        conn.execute(
            "select bookingdb.set_opening_hours(%s, p_business_id => b.business_id)"
            " from bookingdb.businesses b",
            [Jsonb([hours("09:00", "19:00")])],
        )
    return Cli(database.dsn)


@pytest.mark.long
def test_a_year_for_many_businesses(chain: Cli) -> None:
    refreshed = chain.json("refresh", "--all")["businesses"]
    assert len(refreshed) == COUNT
    assert all(364 * 20 <= b["counts"]["created"] <= 365 * 20 for b in refreshed)
    assert "Shop 17" in on_a_terminal([*BOOKINGDB, "refresh", "--all"], chain)
