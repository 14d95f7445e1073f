"""A standby that is killed: reads go on at the primary."""

import warnings

import pytest

import bookingdb
from bookingdb import Fallback
from tests.replicas.pair import Pair, server_of
from tests.shop import DAY


def test_replica_is_gone(pair: Pair) -> None:
    db, reasons = pair.replicated()
    assert server_of(db) == "replica"
    pair.server.crash()
    try:
        with pytest.warns(RuntimeWarning, match="replica is lost"):
            assert len(bookingdb.available_slots(db, DAY, DAY)) == 6
        with warnings.catch_warnings(action="error"):
            assert len(bookingdb.available_slots(db, DAY, DAY)) == 6
    finally:
        pair.server.start()
    assert reasons == [Fallback.LOST, Fallback.LOST]
    with pair.connect() as replica:
        db = bookingdb.Replicated(pair.primary, replica, token=db.token())
        assert server_of(db) == "replica"
