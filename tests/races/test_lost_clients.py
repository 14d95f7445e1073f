"""Backends and clients that die at any moment leave nothing half done, and nothing undone."""

import random
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from tests.races.concurrency import background, guarded, retried, wait_until, wait_until_blocked
from tests.shop import Shop, hours
from tests.support import Database

Connection = psycopg.Connection[Any]

BOOKERS = 8
TERMINATIONS = 40
CLIENTS = 10
TERMINATED = None, "57P01"  # the connection is gone, or says why


def hang_up(conn: Connection) -> None:
    """Go away without a word, as a client does that is killed."""
    with socket.socket(fileno=conn.pgconn.socket) as wire:
        wire.shutdown(socket.SHUT_RDWR)
        wire.detach()
    conn.close()


def wait_until_gone(observer: Connection, pid: int) -> None:
    wait_until(
        lambda: (
            not observer.execute("select from pg_stat_activity where pid = %s", [pid]).fetchone()
        ),
        "the backend to go",
    )


def has_more(bookings: set[UUID], number: int) -> bool:
    return len(bookings) > number


def test_backends_that_are_terminated(shop: Shop, database: Database) -> None:
    shop.set_hours(hours(max_bookings=1000, max_bouquets=1000))
    stop = threading.Event()
    acknowledged: set[UUID] = set()
    pids: dict[int, int] = {}

    def book_on(booker: int) -> None:
        chance = random.Random(booker)
        while not stop.is_set():
            try:
                with guarded(database) as conn:
                    pids[booker] = conn.info.backend_pid
                    while not stop.is_set():
                        booking = retried(conn, lambda conn: Shop(conn).book())
                        acknowledged.add(booking.booking_id)
                        if chance.random() < 0.3:
                            bookingdb.cancel_booking(conn, booking.booking_id)
            except psycopg.OperationalError as error:
                if error.sqlstate not in TERMINATED:
                    raise

    with ThreadPoolExecutor(BOOKERS) as pool:
        running = [pool.submit(book_on, booker) for booker in range(BOOKERS)]
        try:
            for number in range(TERMINATIONS):
                wait_until(partial(has_more, acknowledged, 10 * number), "bookings")
                shop.conn.execute("select pg_terminate_backend(%s)", [pids[number % BOOKERS]])
        finally:
            stop.set()
        for booker in running:
            booker.result()
    stored = shop.conn.execute("select booking_id from bookingdb.bookings").fetchall()
    assert acknowledged <= {booking_id for (booking_id,) in stored}
    assert bookingdb.check_integrity(shop.conn) == []


def test_backend_that_is_terminated_in_the_middle(shop: Shop, database: Database) -> None:
    """The booking is written, its place not yet taken: nothing of it stays."""
    with guarded(database) as holder, guarded(database) as booker:
        holder.execute("begin")
        Shop(holder).book()
        with background(lambda: Shop(booker).book()) as booking:
            wait_until_blocked(shop.conn, booker, holder)
            shop.conn.execute("select pg_terminate_backend(%s)", [booker.info.backend_pid])
        assert isinstance(booking.exception(), psycopg.OperationalError)
        holder.execute("commit")
    assert shop.slot()[0] == 1
    assert shop.conn.execute("select count(*) from bookingdb.booking_audit_log").fetchone() == (1,)


def test_client_that_is_gone_before_commit(shop: Shop, database: Database) -> None:
    shop.set_hours(hours(max_bookings=1))
    conn = guarded(database)
    conn.execute("begin")
    Shop(conn).book()
    hang_up(conn)
    with guarded(database) as other:
        Shop(other).book()  # waits until the server has noticed
    assert shop.slot()[0] == 1


def test_clients_that_are_gone_at_commit(shop: Shop, database: Database) -> None:
    """They cannot know whether they booked; the same key tells, and books once."""
    shop.set_hours(hours(max_bookings=CLIENTS))
    for number in range(CLIENTS):
        key = f"order-{number}"
        conn = guarded(database)
        conn.execute("begin")
        Shop(conn).book(idempotency_key=key)
        conn.pgconn.send_query(b"commit")
        conn.pgconn.flush()
        pid = conn.info.backend_pid
        hang_up(conn)
        wait_until_gone(shop.conn, pid)
        assert shop.book(idempotency_key=key) == shop.book(idempotency_key=key)
    assert shop.slot()[0] == CLIENTS
