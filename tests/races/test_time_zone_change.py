"""A new time zone reaches every slot, also one that a refresh makes at that moment."""

import datetime as dt

import bookingdb
from tests.races.concurrency import background, guarded, wait_until_blocked
from tests.shop import DAY, NINE, Shop
from tests.support import Database

TEN = dt.time(10)


def test_beside_a_refresh(shop: Shop, database: Database) -> None:
    database.set_clock(f"{DAY - dt.timedelta(days=5)} 12:00Z")  # the same date in both zones
    bookingdb.update_business(shop.conn, horizon_days=21)
    with guarded(database) as refresher, guarded(database) as mover:
        refresher.execute("begin")
        assert bookingdb.refresh_future_schedule(refresher).created > 0
        with background(lambda: bookingdb.update_business(mover, time_zone="Asia/Tokyo")) as moving:
            wait_until_blocked(shop.conn, mover, refresher)
            refresher.execute("commit")
        moving.result()
    assert bookingdb.check_integrity(shop.conn) == []
    assert bookingdb.plan_schedule_refresh(shop.conn) == []


def test_beside_a_batch(shop: Shop, database: Database) -> None:
    """The slots are locked in their order, whatever order the table has them in."""
    shop.book(NINE)
    shop.conn.execute("create index backwards on bookingdb.time_slots (date desc, time desc)")
    shop.conn.execute("cluster bookingdb.time_slots using backwards")
    shop.conn.execute("drop index bookingdb.backwards")
    with guarded(database) as holder, guarded(database) as mover:
        holder.execute("begin")
        Shop(holder).book(NINE)
        with background(lambda: bookingdb.update_business(mover, time_zone="Asia/Tokyo")) as moving:
            wait_until_blocked(shop.conn, mover, holder)
            Shop(holder).book(TEN)
            holder.execute("commit")
        moving.result()
    assert (shop.slot(NINE)[0], shop.slot(TEN)[0]) == (2, 1)
    starts_at = shop.conn.execute(
        "select starts_at from bookingdb.time_slots where date = %s and time = %s", [DAY, NINE]
    ).fetchone()
    assert starts_at == (dt.datetime.combine(DAY, dt.time(), dt.UTC),)
