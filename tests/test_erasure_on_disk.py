"""After an erasure and a rewrite neither a dump nor a file of the server has the customer's data.

Before it, each of them is found in both: so it would be seen.
"""

import datetime as dt
import os
import subprocess
from collections.abc import Iterator
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, OpenBookings, PaymentMethod
from bookingdb.cli.erasures import rewrite
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.shop import DAY, Shop, open_shop
from tests.webhooks.queue_steps import add, claim, deliver, relay

EMAIL = "Qzemail@Qzhost.example"
ADDRESS = IPv6Address("2001:db8:4711::815")
ADA = Actor(ActorKind.CUSTOMER, "Qzactor", ADDRESS, "Qzagent/1.0", "Qzreason")
WORDS = (
    "qzemail", "qzname", "qzphone", "qznotes", "qzactor", "qzagent", "qzreason", "qzkey",
    "qzreference", "qzadded", "qzecho", "qzcancel", "qzimport", "2001:db8:4711",
)  # fmt: skip
# Packed in columns of type inet: family, bits of the mask, address.
BYTES = [*(word.encode() for word in WORDS), ADDRESS.packed.lower()]
WHO: dict[str, Any] = {"customer_name": "Qzname", "customer_email": EMAIL, "actor": ADA}
TEN, ELEVEN = dt.time(10), dt.time(11)


@pytest.fixture
def own_server(server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    # Nothing is logged, or it would stand in the log.
    settings = {**UNSAFE_TEST_SETTINGS, "autovacuum": "off", "jit": "off"}
    with EmbeddedServer(settings=settings, bindir=server.bindir) as own:
        yield own


def in_files(server: EmbeddedServer) -> set[bytes]:
    """What of the customer stands in a file of the server, but for its write-ahead log."""
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute("checkpoint")
    found = set()
    for folder, folders, names in os.walk(server.data_dir):
        if "pg_wal" in folders:
            folders.remove("pg_wal")
        for name in names:
            content = Path(folder, name).read_bytes().lower()
            found |= {word for word in BYTES if word in content}
    return found


def in_dump(server: EmbeddedServer) -> set[str]:
    """What of the customer stands in a dump of the database."""
    program = str(server.bindir / "pg_dump")
    dump = subprocess.run([program, "-d", server.dsn()], capture_output=True, check=True).stdout
    text = dump.decode().lower()
    # The payloads are bytea: dumped as hexadecimal digits.
    return {word for word in WORDS if word in text or word.encode().hex() in text}


def furnish(shop: Shop) -> None:
    """The customer everywhere, beside others."""
    conn = shop.conn
    add(conn, fields=[f.field for f in bookingdb.webhook_fields(conn)])
    more = {**WHO, "customer_phone": "Qzphone", "notes": "Qznotes"}
    booking = shop.book(idempotency_key="Qzkey", payment_method=PaymentMethod.PAY_NOW, **more)
    conn.execute("update bookingdb.bookings set external_reference = 'Qzreference'")
    hold = shop.book(TEN, customer_name=None, customer_email=None, hold_for=dt.timedelta(hours=1))
    bookingdb.confirm_booking(
        conn, hold.booking_id, customer_name="Qzname", customer_email=EMAIL, actor=ADA
    )
    bookingdb.mark_no_show(conn, hold.booking_id)
    gone = shop.book(TEN, **more)
    bookingdb.cancel_booking(conn, gone.booking_id, reason="Qzcancel", actor=ADA)
    deleted = shop.book(TEN, **more)
    conn.execute("delete from bookingdb.bookings where booking_id = %s", [deleted.booking_id])
    given = shop.book(dt.time(10, 30), **more)
    bookingdb.update_booking(
        conn, given.booking_id, customer_name="Bob", customer_email="bob@example.org",
        customer_phone="", notes="",
    )  # fmt: skip
    for _ in range(3):
        shop.book(ELEVEN)
    bookingdb.join_waitlist(conn, DAY, ELEVEN, 1, "Qzname", EMAIL, actor=ADA)
    row = {"date": str(DAY), "time": "03:00", "bouquets": 1, "customer_name": "Qzname",
           "customer_email": EMAIL, "notes": "Qzimport"}  # fmt: skip
    bookingdb.import_bookings(conn, [row, {**row, "time": "09:30"}], "file")
    deliver(conn)
    conn.execute("update bookingdb.webhook_attempts set answer = 'Qzecho'"
                 " where webhook_id in (select webhook_id from bookingdb.webhook_payloads"
                 " where convert_from(payload, 'UTF8') like '%Qz%')")  # fmt: skip
    conn.execute("update bookingdb.webhook_deliveries set state = 'dead'"
                 " where booking_id = %s", [gone.booking_id])  # fmt: skip
    bookingdb.update_booking(conn, booking.booking_id, bouquets=2, actor=ADA)
    bookingdb.update_booking(conn, booking.booking_id, bouquets=3, actor=ADA)
    relay(conn)
    assert len(claim(conn)) == 1  # under way; the next one waits for it
    bookingdb.seal_audit(conn)
    conn.execute("alter table bookingdb.bookings add card_text text")
    conn.execute(
        "update bookingdb.bookings set card_text"
        " = case customer_email when %s then 'Qzadded' else 'none' end",
        [EMAIL],
    )
    conn.execute("analyze")


def test_nothing_is_left_in_dump_and_files(own_server: EmbeddedServer) -> None:
    migrate(own_server.dsn())
    with psycopg.connect(own_server.dsn(), autocommit=True) as conn:
        shop = open_shop(conn)
        furnish(shop)
        ((compressed,),) = conn.execute(
            "select count(*) from bookingdb.booking_audit_log"
            " where pg_column_compression(new_values) is not null"
        ).fetchall()
        assert compressed == 0
        ((known,),) = conn.execute(
            "select count(*) from pg_stats where schemaname = 'bookingdb'"
            " and most_common_vals::text ilike '%qz%'"
        ).fetchall()
        assert known > 0
        assert in_dump(own_server) == set(WORDS)
        assert in_files(own_server) == {*BYTES}
        bookingdb.erase_customer(conn, EMAIL, "asked for it", open_bookings=OpenBookings.KEEP)
        assert in_dump(own_server) == set()
        assert in_files(own_server) != set()  # dead rows, statistics
        rewrite(own_server.dsn())
        assert in_files(own_server) == set()
        assert bookingdb.verify_audit(conn) == []
        assert bookingdb.check_integrity(conn) == []
