"""How a session spells times, intervals and bytes makes no difference to what is stored."""

import datetime as dt

import pytest

import bookingdb
from tests.shop import DAY, NINE, Shop

SPELLINGS = "TimeZone = 'Asia/Tokyo'", "bytea_output = 'escape'"
BOOK = """
select booking_id from bookingdb.create_booking_safe(
  %s, %s, 1, 'Ada', 'ada@example.org', p_idempotency_key => 'order-1',
  p_hold_for => interval '90 minutes')
"""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_audit_log_agrees_with_the_bookings(shop: Shop, spelling: str) -> None:
    shop.book(idempotency_key="one", hold_for=dt.timedelta(minutes=5))
    shop.conn.execute(f"set {spelling}".encode())
    shop.book(idempotency_key="two", hold_for=dt.timedelta(minutes=5))
    assert bookingdb.check_integrity(shop.conn) == []
    shop.conn.execute("reset all")
    assert bookingdb.check_integrity(shop.conn) == []


def test_same_request_from_another_session(shop: Shop) -> None:
    first = shop.conn.execute(BOOK, [DAY, NINE]).fetchone()
    shop.conn.execute("set IntervalStyle = 'iso_8601'")
    shop.conn.execute("set DateStyle = 'German'")
    assert shop.conn.execute(BOOK, [DAY, NINE]).fetchone() == first
