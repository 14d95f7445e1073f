"""What would make a dispatcher stand still, spin, end too early, or tell secrets."""

import datetime as dt
import threading
import time
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

import bookingdb
from bookingdb.cli.service import logging_to_stderr
from bookingdb.dispatch import Dispatcher
from bookingdb.dispatch.link import Bell, Link
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate
from bookingdb.models import DeliveryState
from tests.races.concurrency import wait_until
from tests.shop import Shop, open_shop
from tests.support import Database
from tests.webhooks.dispatching import LONG_AGO, all_delivered, running, subscribe
from tests.webhooks.receiver import Answer, Received, Receiver

SECOND = dt.timedelta(seconds=1)


def test_a_delivery_that_somebody_has_locked_keeps_no_other_waiting(
    database: Database, shop: Shop
) -> None:
    may_answer = threading.Event()

    def answer(_: Received) -> Answer:
        may_answer.wait()
        return 200, {}, b""

    with Receiver() as slow, Receiver() as other, database.connect(autocommit=False) as app:
        slow.answer = answer
        endpoint = subscribe(shop.conn, slow)
        subscribe(shop.conn, other)
        with running(database.dsn):
            shop.book()
            slow.wait_for(1)
            (delivery,) = bookingdb.recent_deliveries(shop.conn, endpoint_id=endpoint)
            bookingdb.confirm_processed(app, delivery.webhook_id)
            may_answer.set()
            started = time.monotonic()
            for count in range(2, 5):
                shop.book(dt.time(10))
                other.wait_for(count)
            assert time.monotonic() - started < 2  # one wait for the lock would take as long
            app.rollback()
            all_delivered(database)


def test_a_lock_does_not_keep_it_from_stopping(database: Database, shop: Shop) -> None:
    may_answer = threading.Event()

    def answer(_: Received) -> Answer:
        may_answer.wait()
        return 200, {}, b""

    with Receiver() as receiver, database.connect(autocommit=False) as app:
        receiver.answer = answer
        subscribe(shop.conn, receiver)
        with running(database.dsn, poll=dt.timedelta(hours=1)):
            shop.book()
            receiver.wait_for(1)
            (delivery,) = bookingdb.recent_deliveries(shop.conn)
            bookingdb.confirm_processed(app, delivery.webhook_id)
            may_answer.set()
        app.rollback()
    (delivery,) = bookingdb.recent_deliveries(shop.conn)
    assert delivery.state == DeliveryState.PENDING


def test_a_sender_that_cannot_be_made_is_told_at_the_start(database: Database, shop: Shop) -> None:
    def make_sender() -> Any:
        raise OSError("no certificates")

    with pytest.raises(OSError, match="no certificates"):
        Dispatcher(database.dsn, make_sender=make_sender).run(once=True)


def test_once_waits_for_a_slow_rate_limit(database: Database, shop: Shop) -> None:
    with Receiver() as receiver:
        subscribe(shop.conn, receiver, rate_limit=1)
        for _ in range(2):
            shop.book()
        Dispatcher(database.dsn, allow_private_network=True).run(once=True)
        assert len(receiver.requests) == 2


def test_a_call_that_comes_with_an_answer_is_heard(database: Database, shop: Shop) -> None:
    with Link(database.dsn, listen=True) as link, closing(Bell()) as bell:
        link.ask_to_be_woken(True)
        booking = threading.Timer(0.2, shop.book)
        booking.start()
        link.conn.execute("select bookingdb.idle_time(), pg_sleep(1)")  # as if it were slow
        booking.join()
        started = time.monotonic()
        link.sleep(bell, dt.timedelta(seconds=30))
        assert time.monotonic() - started < 5


SETTINGS = [
    "default_transaction_isolation = 'serializable'",
    "default_transaction_isolation = 'repeatable read'",
    "intervalstyle = 'iso_8601'",
    "intervalstyle = 'sql_standard'",
    "datestyle = 'SQL, DMY'",
    "bytea_output = 'escape'",
    "client_encoding = 'LATIN1'",
    "statement_timeout = '1ms'",
    "idle_session_timeout = '50ms'",
    "standard_conforming_strings = off",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_of_the_database_do_not_matter(
    database: Database, shop: Shop, setting: str
) -> None:
    name = sql.Identifier(shop.conn.info.dbname)
    with Receiver() as receiver:
        receiver.answer = lambda _: (200, {}, "angenommen \N{CHECK MARK}".encode())
        subscribe(shop.conn, receiver, fields=["customer_name"])
        booking = shop.book(customer_name="Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}")
        shop.conn.execute(sql.SQL("alter database {} set " + setting).format(name))
        try:
            with running(database.dsn), running(database.dsn):
                receiver.wait_for(1)
                wait_until(lambda: bookingdb.reconcile(shop.conn, LONG_AGO) == [], "delivered")
        finally:
            shop.conn.execute(sql.SQL("alter database {} reset all").format(name))
        bodies = {r.body for r in receiver.requests}
    assert len(bodies) == 1
    assert "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}".encode() in bodies.pop()
    (row,) = bookingdb.delivery_trail(shop.conn, booking.booking_id)
    assert row.answer == "angenommen \N{CHECK MARK}"


def test_a_server_that_is_read_only_is_waited_for(database: Database, shop: Shop) -> None:
    """As after a failover, until the connection leads to the new primary."""
    name = sql.Identifier(shop.conn.info.dbname)
    with Receiver() as receiver:
        subscribe(shop.conn, receiver)
        shop.book()
        shop.conn.execute(
            sql.SQL("alter database {} set default_transaction_read_only = on").format(name)
        )
        with running(database.dsn):
            time.sleep(0.5)
            shop.conn.execute(sql.SQL("alter database {} reset all").format(name))
            receiver.wait_for(1)
            all_delivered(database)


def test_answers_that_the_database_cannot_hold_are_left_out(server: EmbeddedServer) -> None:
    """What could not be recorded would be sent again and again."""
    name = "latin_1252"
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute(
            f"create database {name} encoding 'WIN1252' lc_collate 'C' lc_ctype 'C'"
            " template template0".encode()
        )
    dsn = server.dsn(name)
    try:
        migrate(dsn)
        with Database(dsn).connect() as conn, Receiver() as receiver:
            receiver.answer = lambda _: (200, {}, "\N{CHECK MARK}".encode())
            shop = open_shop(conn)
            subscribe(conn, receiver, fields=["customer_name"])
            shop.book(customer_name="M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller")
            Dispatcher(dsn, allow_private_network=True).run(once=True)
            (delivery,) = bookingdb.recent_deliveries(conn)
            name_sent = receiver.requests[0].json()["data"]["booking"]["customer_name"]
        assert (delivery.state, delivery.status, delivery.answer) == ("delivered", 200, None)
        assert name_sent == "M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller"
    finally:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute(f"drop database {name} with (force)".encode())


class Odd:
    """A sender that fails as nobody has thought of."""

    def __enter__(self) -> "Odd":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def post(self, **_: object) -> Any:
        raise RuntimeError("odd")


@pytest.mark.parametrize("as_json", [False, True])
def test_no_traceback_tells_secrets(
    database: Database, shop: Shop, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    bookingdb.add_webhook_endpoint(
        shop.conn, "https://example.org/", secret=secret, headers={"x-key": "h34d3r"},
        fields=["customer_email"], retry_schedule=[],
    )  # fmt: skip
    shop.book()
    with logging_to_stderr(as_json=as_json, verbose=True):
        Dispatcher(
            make_conninfo(database.dsn),
            make_sender=lambda: Odd(),  # type: ignore[arg-type,return-value]
        ).run(once=True)
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    for word in ("MfKQ", "h34d3r", "ada@"):
        assert word not in said
