"""A refusal never waits for the lock of a busy slot; only who can be served waits for it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import MaximumBookingsReached, MaximumBouquetsReached, SlotNotFound, SlotNotOffered
from tests.races.concurrency import background, guarded, wait_until_blocked
from tests.races.writers import insert_by_hand
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]

TEN = dt.time(10)


@pytest.fixture
def holder(database: Database) -> Iterator[Connection]:
    with guarded(database) as conn:
        yield conn


@pytest.fixture
def caller(database: Database) -> Iterator[Connection]:
    """A connection on which a wait is an error."""
    with guarded(database) as conn:
        conn.execute("set statement_timeout = '10s'")
        yield conn


def test_slot_without_enough_bouquets(shop: Shop, holder: Connection, caller: Connection) -> None:
    shop.book(bouquets=8)
    with holder.transaction():
        Shop(holder).book()
        with pytest.raises(MaximumBouquetsReached):
            Shop(caller).book(bouquets=3)


def test_slot_without_a_booking_left(shop: Shop, holder: Connection, caller: Connection) -> None:
    booking, *_ = [shop.book() for _ in range(3)]
    with holder.transaction():
        bookingdb.cancel_booking(holder, booking.booking_id)
        with pytest.raises(MaximumBookingsReached):
            Shop(caller).book()


def test_legacy_slot(shop: Shop, holder: Connection, caller: Connection) -> None:
    booking = shop.book()
    shop.set_hours(hours("10:00", "12:00"))
    with holder.transaction():
        bookingdb.cancel_booking(holder, booking.booking_id)
        with pytest.raises(SlotNotOffered):
            Shop(caller).book()


def test_unknown_slot(shop: Shop, holder: Connection, caller: Connection) -> None:
    with holder.transaction():
        Shop(holder).book()
        with pytest.raises(SlotNotFound):
            Shop(caller).book(dt.time(9, 1))
    assert shop.slot()[0] == 1


def test_neighbour_slot_does_not_wait_either(
    shop: Shop, holder: Connection, caller: Connection
) -> None:
    with holder.transaction():
        Shop(holder).book()
        Shop(caller).book(TEN)
    assert (shop.slot()[0], shop.slot(TEN)[0]) == (1, 1)


def test_who_can_be_served_waits(shop: Shop, holder: Connection, caller: Connection) -> None:
    """The control: there is a lock to queue behind, and the judge would see it."""
    holder.execute("begin")
    Shop(holder).book()
    with background(lambda: Shop(caller).book()) as waiting:
        wait_until_blocked(shop.conn, caller, holder)
        assert shop.conn.execute(
            "select wait_event_type from pg_stat_activity where pid = %s",
            [caller.info.backend_pid],
        ).fetchone() == ("Lock",)
        holder.execute("commit")
    assert waiting.result().date == DAY
    assert shop.slot(NINE)[0] == 2


def test_a_wait_would_be_noticed(shop: Shop, holder: Connection, caller: Connection) -> None:
    """The control of the judge: hand-written SQL looks at nothing before, and queues."""
    booking, *_ = [shop.book() for _ in range(3)]
    caller.execute("set statement_timeout = '200ms'")
    with holder.transaction():
        bookingdb.cancel_booking(holder, booking.booking_id)
        with pytest.raises(psycopg.errors.QueryCanceled):
            insert_by_hand(caller)
