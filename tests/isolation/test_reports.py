"""A report that a bound login makes is of its own business alone."""

import datetime as dt

import psycopg
import pytest

import bookingdb
from bookingdb.report import collect
from tests.isolation.world import OURS, SECRETS, THEIRS, World
from tests.shop import DAY

WEEK = dt.timedelta(weeks=1)


def test_a_bound_login_reports_its_own_business(world: World) -> None:
    with world.login("auditor") as conn:
        ours = collect(conn, DAY - WEEK, DAY + WEEK, OURS)
        assert ours.health is None
        assert not any(secret in str(ours).lower() for secret in SECRETS)
        with pytest.raises(bookingdb.InvalidArgument):
            collect(conn, DAY - WEEK, DAY + WEEK, THEIRS)
    with world.login("auditor", bound=False) as conn:
        theirs = collect(conn, DAY - WEEK, DAY + WEEK, THEIRS)
        assert theirs.health is not None
        assert theirs.summary.made_count > 0
        assert any(secret in str(theirs).lower() for secret in SECRETS)


def test_whoever_books_for_customers_makes_none(world: World) -> None:
    with world.login("app") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        collect(conn, DAY, DAY, OURS)
