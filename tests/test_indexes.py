"""Each index is there for a call that reads it, and none without one."""

import pytest

import bookingdb
from tests.shop import DAY, NINE, Shop
from tests.support import scalar

READERS = {
    "alarms_open": "select * from bookingdb.health_checks()",
    "bookings_by_external_reference":  # a partner asks by his own id
        "select from bookingdb.bookings where business_id = bookingdb.default_business_id()"
        " and external_reference = 'x-1'",
    "bookings_by_hold_expiry": "select bookingdb.expire_holds()",
    "bookings_by_idempotency_key":
        "select bookingdb.create_booking_safe('DAY', '09:30', 1, 'Ada', 'ada@example.org',"
        " p_idempotency_key => 'k')",
    "bookings_by_slot": "select * from bookingdb.calendar_events('DAY', 'DAY')",
    "bookings_waiting": "select bookingdb.join_waitlist('DAY', '09:00', 1, 'C', 'c@example.org')",
    "booking_audit_log_xid": "select bookingdb.relay_events()",
    "row_of_source_once": "select * from bookingdb.quarantined_bookings()",
    "schedule_exceptions_by_date": "select bookingdb.clear_schedule_exception('DAY')",
    "time_slots_by_start": "select * from bookingdb.refresh_future_schedule()",
    "time_slots_waited_for": "select bookingdb.expire_holds()",
    "webhook_deliveries_created_at": "select bookingdb.purge_deliveries('1 day')",
    "webhook_deliveries_dead": "select * from bookingdb.webhook_status()",
    "webhook_deliveries_due": "select * from bookingdb.claim_deliveries()",
    "webhook_deliveries_order": "select * from bookingdb.claim_deliveries()",
}  # fmt: skip
OTHERS = """
select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
 where c.relnamespace = 'bookingdb'::regnamespace and not c.relispartition
   and not exists (select from pg_constraint k
                    where k.conindid = i.indexrelid and k.contype in ('p', 'x'))
"""
SCANS = """
select sum(pg_stat_get_xact_numscans(relid))
  from (select 'bookingdb.{index}'::regclass
        union select relid from pg_partition_tree('bookingdb.{index}')) t (relid)
"""


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """With something for each index to find."""
    bookingdb.add_webhook_endpoint(shop.conn, "https://example.org/hook")
    shop.book(bouquets=10)
    bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Bob", "bob@example.org")
    bookingdb.set_schedule_exception(shop.conn, DAY, [], reason="A holiday")
    bookingdb.relay_events(shop.conn)
    shop.conn.execute("set enable_seqscan = off")  # tables as small as these need no index
    return shop


def test_list_is_complete(shop: Shop) -> None:
    found = {name.removeprefix("bookingdb.") for (name,) in shop.conn.execute(OTHERS)}
    assert found == set(READERS)


@pytest.mark.parametrize("index", READERS)
def test_index_is_read(busy: Shop, index: str) -> None:
    scans = SCANS.format(index=index)
    with busy.conn.transaction():
        before = scalar(busy.conn, scans)
        busy.conn.execute(READERS[index].replace("DAY", str(DAY)).encode())
        assert scalar(busy.conn, scans) > before
