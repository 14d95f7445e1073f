"""The relay takes every committed change once, whatever the order of ids, times and commits."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import all_of, at_once, background, connections, wait_until_blocked
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import Connection, add, deliver, relay

TEN = dt.time(10)

TAKE_BY_TIME = """
create or replace function bookingdb.unseen_changes(
  p_cursor bookingdb.relay_cursor, p_limit int
)
returns setof bookingdb.booking_audit_log language plpgsql as $$
begin
  return query
    select * from bookingdb.booking_audit_log l
     where l.created_at > coalesce(
       (select max(d.event_at) from bookingdb.webhook_deliveries d), '-infinity')
     order by l.created_at limit p_limit;
end $$;
"""


def unsent(conn: Connection) -> int:
    query = (
        "select count(*) from bookingdb.booking_audit_log l where not exists"
        " (select from bookingdb.webhook_deliveries d where d.event_id = l.id)"
    )
    return int(scalar(conn, query))


@contextmanager
def open_transaction(database: Database) -> Iterator[Connection]:
    """A connection with a transaction under way, that has an id."""
    with database.connect() as conn:
        conn.execute("begin")
        conn.execute("select pg_current_xact_id()")
        yield conn


def commit_late(shop: Shop, database: Database) -> None:
    """The first to get an id and a time is the last to commit, and the relay runs between."""
    with open_transaction(database) as late:
        Shop(late).book(TEN)
        shop.book()
        assert relay(shop.conn) == 1
        late.execute("commit")
    relay(shop.conn)


def test_out_of_order_commits(shop: Shop, database: Database) -> None:
    add(shop.conn)
    commit_late(shop, database)
    assert unsent(shop.conn) == 0


def test_control_cursor_on_time_loses_them(shop: Shop, database: Database) -> None:
    shop.conn.execute(TAKE_BY_TIME)
    add(shop.conn)
    commit_late(shop, database)
    assert unsent(shop.conn) == 1


def test_rolled_back_changes_are_never_sent(shop: Shop) -> None:
    add(shop.conn)
    with shop.conn.transaction(force_rollback=True):
        shop.book()
    with shop.conn.transaction():
        kept = shop.book()
        with shop.conn.transaction(force_rollback=True):
            shop.book()
    assert [d.booking_id for d in deliver(shop.conn)] == [kept.booking_id]


def test_savepoints_belong_to_their_transaction(shop: Shop, database: Database) -> None:
    """Rows of subtransactions are taken when the whole is committed, not before."""
    add(shop.conn)
    with open_transaction(database) as conn:
        for _ in range(3):
            with conn.transaction():
                Shop(conn).book()
        assert relay(shop.conn) == 0
        conn.execute("commit")
    assert len(deliver(shop.conn)) == 3


@pytest.mark.parametrize("elsewhere", [False, True])
def test_long_transaction_delays_nothing(
    shop: Shop, database: Database, server: EmbeddedServer, elsewhere: bool
) -> None:
    """Neither in this database nor in another one of the server."""
    add(shop.conn)
    place = Database(server.dsn()) if elsewhere else database
    with open_transaction(place) as slow:
        if elsewhere:
            slow.execute("select pg_current_xact_id()")
        else:
            Shop(slow).book(TEN)
        for _ in range(2):
            shop.book()
            assert len(deliver(shop.conn)) == 1
        assert bookingdb.idle_time(shop.conn).total_seconds() > 0
        slow.execute("commit")
    assert len(deliver(shop.conn)) == (0 if elsewhere else 1)


def relay_in_the_middle(shop: Shop, database: Database) -> None:
    """One transaction books, relays and books again; another one ends in between."""
    with open_transaction(database) as conn:
        Shop(conn).book()
        shop.conn.execute("select pg_current_xact_id()")  # the own one is no longer the newest
        bookingdb.relay_events(conn)
        Shop(conn).book()
        conn.execute("commit")
    relay(shop.conn)


def test_own_changes_around_a_relay(shop: Shop, database: Database) -> None:
    add(shop.conn)
    relay_in_the_middle(shop, database)
    assert unsent(shop.conn) == 0
    assert len(deliver(shop.conn)) == 2


def test_control_own_transaction_taken_for_done(shop: Shop, database: Database) -> None:
    rewrite(shop.conn, "relay_events", "bookingdb.others_snapshot()", "pg_current_snapshot()")
    add(shop.conn)
    relay_in_the_middle(shop, database)
    assert unsent(shop.conn) == 1


def test_rolled_back_relay_takes_nothing(shop: Shop) -> None:
    add(shop.conn)
    shop.book()
    with shop.conn.transaction(force_rollback=True):
        assert relay(shop.conn) == 1
    assert len(deliver(shop.conn)) == 1


@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable"])
def test_two_relays_at_once(shop: Shop, database: Database, level: str) -> None:
    """The second waits for the first, and takes what is left."""
    add(shop.conn)
    with connections(database, 2) as (first, second):
        first.execute("begin")
        shop.book()
        assert bookingdb.relay_events(first) == 1
        second.execute(f"begin isolation level {level}".encode())
        with background(lambda: bookingdb.relay_events(second)) as waiting:
            wait_until_blocked(shop.conn, second, first)
            first.execute("commit")
        try:
            assert waiting.result() == 0
            second.execute("commit")
        except bookingdb.SerializationFailure:
            assert level != "read committed"
            second.execute("rollback")
    assert unsent(shop.conn) == 0
    assert len(deliver(shop.conn)) == 1


def test_many_writers_and_relays(shop: Shop, database: Database) -> None:
    """Transactions of every length and outcome; in the end each change is queued once."""
    add(shop.conn)
    add(shop.conn, event_types=["booking.created"])
    shop.set_hours(hours(max_bookings=500, max_bouquets=500))

    def write(conn: Connection, chance: random.Random) -> int:
        done = 0
        for _ in range(25):
            force = chance.random() < 0.3
            with conn.transaction(force_rollback=force):
                for _ in range(chance.choice((1, 1, 2, 5))):
                    bookingdb.create_booking_safe(conn, DAY, NINE, 1, "Ada", "ada@example.org")
                    done += not force
                    conn.execute("select pg_sleep(%s)", [chance.random() * 0.003])
        return done

    def relay_often(conn: Connection) -> int:
        return sum(bookingdb.relay_events(conn, limit=7) for _ in range(150))

    with connections(database, 6) as conns:
        calls: list[Callable[[], int]] = [
            *(lambda c=c, n=n: write(c, random.Random(n)) for n, c in enumerate(conns[:4])),
            *(lambda c=c: relay_often(c) for c in conns[4:]),
        ]
        written = sum(all_of(at_once(calls))[:4])
    relay(shop.conn)
    assert unsent(shop.conn) == 0
    assert scalar(shop.conn, "select count(*) from bookingdb.webhook_deliveries") == 2 * written
    assert scalar(shop.conn, "select count(*) from bookingdb.webhook_payloads") == 2 * written


def test_limits_of_a_call(shop: Shop) -> None:
    for limit in (0, -1, 100001):
        with pytest.raises(bookingdb.InvalidArgument, match="p_limit"):
            bookingdb.relay_events(shop.conn, limit=limit)


def test_cursor_must_be_there(conn: psycopg.Connection[object]) -> None:
    conn.execute("delete from bookingdb.relay_cursor")
    with pytest.raises(psycopg.errors.NoDataFound):
        bookingdb.relay_events(conn)
