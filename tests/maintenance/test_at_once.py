"""Two at once, and beside bookings: nobody waits for maintenance, and it does nothing twice."""

import datetime as dt

import pytest
from psycopg import errors

import bookingdb
from bookingdb import MaintenanceTask
from tests.shop import NINE, Shop
from tests.support import Database, rewrite
from tests.webhooks.queue_steps import NOW, Clock

T = MaintenanceTask
IMPATIENT = "-c lock_timeout=300ms"
TEN = dt.time(10)


def test_second_passes_over_what_the_first_is_at(shop: Shop, database: Database) -> None:
    with database.connect(autocommit=False) as first:
        assert bookingdb.maintain(first, tasks=[T.SEALS])
        assert {s.task for s in bookingdb.maintain(shop.conn)} == {*T} - {T.SEALS}
        assert bookingdb.maintain(shop.conn, tasks=[T.SEALS], force=True) == []
        first.commit()
    assert bookingdb.maintain(shop.conn, tasks=[T.SEALS]) == []


def test_without_its_lock_it_waits(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "begin_task", "or not pg_try_advisory_xact_lock", "or null = hashint8")
    with database.connect(autocommit=False) as first:
        assert bookingdb.maintain(first, tasks=[T.SEALS])
        shop.conn.execute("set statement_timeout = 300")
        with pytest.raises(errors.QueryCanceled):
            bookingdb.maintain(shop.conn, tasks=[T.SEALS])
    shop.conn.execute("reset statement_timeout")


def everything_to_do(shop: Shop, database: Database) -> None:
    """A hold at nine has run out; a day of slots and a month of the log are missing."""
    shop.book(hold_for=dt.timedelta(minutes=1))
    shop.book(TEN, bouquets=2)
    Clock(database).set(NOW + dt.timedelta(days=1, minutes=2))
    shop.conn.execute(
        "drop view bookingdb.booking_audit_log_partitions;"
        " do $$ begin execute (select format('drop table bookingdb.%I', max(relname)) from pg_class"
        " where relname like 'booking\\_audit\\_log\\_20%' and relkind = 'r'); end $$"
    )


def test_bookings_go_on_while_it_runs(shop: Shop, database: Database) -> None:
    """All tasks in one transaction that is still open; only the slot of the hold is locked."""
    everything_to_do(shop, database)
    with database.connect(autocommit=False) as maintaining:
        done = {s.task for s in bookingdb.maintain(maintaining) if s.done}
        assert done >= {T.SEALS, T.SLOTS_AHEAD, T.EXPIRED_HOLDS, T.AUDIT_PARTITIONS}
        with database.connect(options=IMPATIENT) as conn:
            busy = Shop(conn)
            booking = busy.book(TEN)
            bookingdb.cancel_booking(conn, booking.booking_id)
            with pytest.raises(errors.LockNotAvailable):
                busy.book(NINE)
        maintaining.commit()
    shop.book(NINE)


def test_it_would_be_seen_if_they_waited(shop: Shop, database: Database) -> None:
    everything_to_do(shop, database)
    rewrite(shop.conn, "do_task", "case p_task", "lock bookingdb.booking_audit_log; case p_task")
    with database.connect(autocommit=False) as maintaining:
        bookingdb.maintain(maintaining)
        with database.connect(options=IMPATIENT) as conn, pytest.raises(errors.LockNotAvailable):
            Shop(conn).book(TEN)
