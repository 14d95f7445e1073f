"""The log of a month goes when all of it was sent, and not before."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest

import bookingdb
from tests.exports import finish, pretend_exported
from tests.races.concurrency import background, guarded, wait_until_blocked
from tests.shop import NINE, Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import NOW, Clock, add, answer, claim, deliver, relay, set_cursor

MONTH = NOW.date()
NEXT = (MONTH.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
NAME = f"bookingdb.booking_audit_log_{MONTH:%Y_%m}"


@pytest.fixture
def over(shop: Shop, database: Database) -> Iterator[Shop]:
    """A shop with bookings of a month that is over."""
    clock = Clock(database)
    add(shop.conn)
    shop.book()
    clock.set(dt.datetime.combine(NEXT, NINE, dt.UTC) + dt.timedelta(days=3))
    yield shop
    shop.conn.execute("delete from bookingdb.bookings")


def exists(shop: Shop) -> bool:
    return bool(scalar(shop.conn, f"select to_regclass('{NAME}') is not null"))


def test_drop_table_is_refused(over: Shop) -> None:
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        over.conn.execute(f"drop table {NAME}".encode())
    over.conn.execute(f"alter table bookingdb.booking_audit_log detach partition {NAME}".encode())
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        over.conn.execute(f"drop table {NAME}".encode())
    over.conn.execute(
        "alter table bookingdb.booking_audit_log attach partition"
        f" {NAME} for values from ('{MONTH:%Y-%m}-01 UTC') to ('{NEXT} UTC')".encode()
    )


def test_refused_before_it_is_relayed(over: Shop) -> None:
    with pytest.raises(bookingdb.EventsNotDelivered) as caught:
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert caught.value.detail == "1 changes not relayed, 0 deliveries pending."
    assert exists(over)


def test_refused_before_it_is_delivered(over: Shop) -> None:
    (delivery,) = claim(over.conn)
    answer(over.conn, delivery, 500)
    with pytest.raises(bookingdb.EventsNotDelivered, match=f"{MONTH:%Y-%m}") as caught:
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert caught.value.detail == "0 changes not relayed, 1 deliveries pending."
    bookingdb.pause_webhook_endpoint(over.conn, delivery.endpoint_id)
    with pytest.raises(bookingdb.EventsNotDelivered):
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert exists(over)


def test_refused_in_the_middle_of_a_pass(over: Shop) -> None:
    with over.conn.transaction():
        over.conn.execute("update bookingdb.bookings set notes = 'x'")
    bookingdb.relay_events(over.conn, limit=1)
    with pytest.raises(bookingdb.EventsNotDelivered):
        bookingdb.drop_audit_partition(over.conn, MONTH)


def test_refused_on_another_server_until_it_is_relayed_there(over: Shop) -> None:
    deliver(over.conn)
    set_cursor(over.conn, "system_identifier = 1")
    with pytest.raises(bookingdb.EventsNotDelivered):
        bookingdb.drop_audit_partition(over.conn, MONTH)
    relay(over.conn)
    finish(over.conn, MONTH)
    assert bookingdb.drop_audit_partition(over.conn, MONTH) == 1


def test_refused_before_it_is_sealed(over: Shop) -> None:
    deliver(over.conn)
    pretend_exported(over.conn, MONTH)
    with pytest.raises(bookingdb.EventsNotDelivered) as caught:
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert caught.value.detail == "1 changes not sealed."


def test_refused_before_it_is_exported(over: Shop) -> None:
    finish(over.conn)
    with pytest.raises(bookingdb.EventsNotDelivered) as caught:
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert caught.value.detail == "1 changes not exported as they are."


def test_refused_when_a_change_came_after_the_export(over: Shop) -> None:
    finish(over.conn, MONTH)
    over.conn.execute(
        "insert into bookingdb.booking_audit_log (business_id, booking_id, booking_version,"
        " action_type, old_values, performed_by, created_at, hash)"
        " select business_id, booking_id, 2, 'modified', '{}', 'system', created_at, '\\x00'"
        " from bookingdb.booking_audit_log limit 1"
    )
    finish(over.conn)
    with pytest.raises(bookingdb.EventsNotDelivered) as caught:
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert caught.value.detail == "2 changes not exported as they are."


def test_gone_when_all_is_done(over: Shop) -> None:
    finish(over.conn, MONTH)
    assert bookingdb.drop_audit_partition(over.conn, MONTH) == 1
    assert not exists(over)
    partitions = over.conn.execute(
        "select partition from bookingdb.booking_audit_log_partitions"
    ).fetchall()
    assert (NAME.removeprefix("bookingdb."),) not in partitions
    assert len(partitions) > 10
    since = dt.datetime.combine(MONTH.replace(day=1), NINE, dt.UTC)
    assert bookingdb.reconcile(over.conn, since) == []
    with pytest.raises(bookingdb.InvalidArgument, match="p_month"):
        bookingdb.drop_audit_partition(over.conn, MONTH)
    assert relay(over.conn) == 0


@pytest.mark.parametrize(
    ("done", "guard"),
    [
        ("nothing", "v_unseen > 0 or v_open > 0 or bookingdb.relayed_until() < p_next"),
        ("relayed", "v_open > 0"),
        ("delivered", "v_unsealed > 0"),
        ("sealed", "v_now.row_count > 0"),
    ],
)
def test_control_without_guard_it_goes_too_soon(over: Shop, done: str, guard: str) -> None:
    """With all others: each guard alone keeps what is not done yet."""
    if done == "sealed":
        finish(over.conn)
    else:
        pretend_exported(over.conn, MONTH)
    if done == "relayed":
        relay(over.conn)
    if done == "delivered":
        deliver(over.conn)
    rewrite(over.conn, "month_hindrance", guard, "false")
    if done in ("nothing", "relayed"):
        rewrite(over.conn, "month_hindrance", "v_unsealed > 0", "false")
    assert bookingdb.drop_audit_partition(over.conn, MONTH) == 1


def test_month_that_is_not_over(shop: Shop) -> None:
    relay(shop.conn)
    for month in (MONTH, NEXT, dt.date(2001, 1, 1), dt.date(9999, 12, 31)):
        with pytest.raises(bookingdb.InvalidArgument, match="p_month"):
            bookingdb.drop_audit_partition(shop.conn, month)


def test_late_commit_of_that_month_is_waited_for(over: Shop, database: Database) -> None:
    """Who began before midnight has rows of that month, and commits after it."""
    finish(over.conn, MONTH)
    with database.connect() as late, guarded(database) as dropping:
        late.execute("begin")
        late.execute(
            "insert into bookingdb.booking_audit_log (business_id, booking_id, booking_version,"
            " action_type, performed_by, created_at, hash)"
            " select business_id, booking_id, 2, 'modified', 'system', created_at, hash"
            " from bookingdb.booking_audit_log limit 1"
        )
        with background(lambda: bookingdb.drop_audit_partition(dropping, MONTH)) as waiting:
            wait_until_blocked(over.conn, dropping, late)
            late.execute("commit")
        with pytest.raises(bookingdb.EventsNotDelivered):
            waiting.result()


def test_readers_of_the_log_do_not_deadlock_with_it(over: Shop, database: Database) -> None:
    """Whoever reads the log keeps it, and may read on."""
    finish(over.conn, MONTH)
    with guarded(database) as reader, guarded(database) as dropping:
        reader.execute("begin")
        reader.execute("select from only bookingdb.booking_audit_log")
        with background(lambda: bookingdb.drop_audit_partition(dropping, MONTH)) as waiting:
            wait_until_blocked(over.conn, dropping, reader)
            reader.execute("select count(*) from bookingdb.booking_audit_log")
            reader.execute("commit")
        assert waiting.result() == 1
