"""Secrets: nobody reads them but who sends, and changing one over loses nothing."""

import datetime as dt

import psycopg
import pytest

import bookingdb
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import Clock, add, answer, claim, deliver

ROLES = ("bookingdb_app", "bookingdb_admin", "bookingdb_auditor", "bookingdb_dispatcher")
DAY = dt.timedelta(days=1)


def secrets(shop: Shop) -> list[str]:
    """Those that sign now, as a dispatcher is told."""
    (endpoint,) = bookingdb.webhook_status(shop.conn)
    bookingdb.send_test_event(shop.conn, endpoint.endpoint_id)
    (delivery,) = deliver(shop.conn)
    return delivery.secrets


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_them(shop: Shop, database: Database, role: str) -> None:
    """Neither from their table nor through any function; the dispatcher when it claims."""
    endpoint = add(shop.conn, headers={"x-make-apikey": "sesame"})
    with database.login(role) as conn:
        for query in (
            "table bookingdb.webhook_secrets",
            "select value from bookingdb.webhook_secrets",
            "copy bookingdb.webhook_secrets to stdout",
            f"select bookingdb.secrets_of(null, '{endpoint.endpoint_id}', now())",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(query.encode())


def test_reports_do_not_tell_them(shop: Shop) -> None:
    endpoint = add(shop.conn, headers={"x-make-apikey": "sesame"})
    booking = shop.book()
    (claimed,) = claim(shop.conn)
    answer(shop.conn, claimed, 500)
    told = [
        bookingdb.webhook_status(shop.conn),
        bookingdb.recent_deliveries(shop.conn),
        bookingdb.delivery_trail(shop.conn, booking.booking_id),
        bookingdb.update_webhook_endpoint(shop.conn, endpoint.endpoint_id, description="x"),
        bookingdb.pause_webhook_endpoint(shop.conn, endpoint.endpoint_id),
        bookingdb.resume_webhook_endpoint(shop.conn, endpoint.endpoint_id),
        shop.conn.execute("table bookingdb.webhook_endpoints").fetchall(),
        shop.conn.execute("table bookingdb.settings_audit_log").fetchall(),
        claimed.payload,
    ]
    assert (claimed.secrets, claimed.headers) == ([endpoint.secret], {"x-make-apikey": "sesame"})
    assert "sesame" not in str(told)
    assert endpoint.secret not in str(told)


def test_rotation_with_overlap(shop: Shop, database: Database) -> None:
    """The newest first; the old ones sign until their time is over, and are gone after it."""
    clock = Clock(database)
    first = add(shop.conn)
    clock.advance(hours=1)
    second = bookingdb.rotate_webhook_secret(shop.conn, first.endpoint_id)
    assert secrets(shop) == [second, first.secret]
    clock.advance(hours=1)
    third = bookingdb.rotate_webhook_secret(shop.conn, first.endpoint_id, overlap=10 * DAY)
    assert secrets(shop) == [third, second, first.secret]
    clock.advance(hours=22, minutes=59)
    assert secrets(shop) == [third, second, first.secret]
    clock.advance(minutes=1)
    assert secrets(shop) == [third, second]  # a later rotation does not lengthen the first's life
    clock.advance(days=11)
    assert secrets(shop) == [third]
    now = bookingdb.rotate_webhook_secret(shop.conn, first.endpoint_id, overlap=0 * DAY)
    assert secrets(shop) == [now]
    assert scalar(shop.conn, "select count(*) from bookingdb.webhook_secrets") == 1


def test_own_secret_and_limits(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    own = "whsec_" + "A" * 32
    assert bookingdb.rotate_webhook_secret(shop.conn, endpoint, secret=own) == own
    for overlap in (-DAY, 31 * DAY):
        with pytest.raises(bookingdb.InvalidArgument, match="p_overlap"):
            bookingdb.rotate_webhook_secret(shop.conn, endpoint, overlap=overlap)


def test_headers_survive_a_rotation_and_go_with_the_endpoint(shop: Shop) -> None:
    endpoint = add(shop.conn, headers={"x-key": "sesame"}).endpoint_id
    bookingdb.rotate_webhook_secret(shop.conn, endpoint, overlap=0 * DAY)
    bookingdb.send_test_event(shop.conn, endpoint)
    (delivery,) = deliver(shop.conn)
    assert delivery.headers == {"x-key": "sesame"}
    bookingdb.update_webhook_endpoint(shop.conn, endpoint, headers={})
    bookingdb.send_test_event(shop.conn, endpoint)
    (delivery,) = deliver(shop.conn)
    assert (delivery.headers, len(delivery.secrets)) == ({}, 1)
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint)
    assert shop.conn.execute("table bookingdb.webhook_secrets").fetchall() == []


def test_secrets_are_random(shop: Shop) -> None:
    made = {add(shop.conn).secret for _ in range(50)}
    assert len(made) == 50
    assert all(len(secret) == len("whsec_") + 44 for secret in made)
