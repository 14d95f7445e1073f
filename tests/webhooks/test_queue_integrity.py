"""check_integrity finds what the queue could only get into behind the functions' back."""

import pytest

import bookingdb
from tests.shop import Shop
from tests.webhooks.queue_steps import add, deliver, relay

BEHIND = "set session_replication_role = replica"


@pytest.mark.parametrize(
    ("damage", "check_name"),
    [
        ("delete from bookingdb.webhook_endpoints", "delivery_without_endpoint"),
        (
            "update bookingdb.webhook_deliveries set endpoint_id = gen_random_uuid()",
            "delivery_without_endpoint",
        ),
        ("delete from bookingdb.webhook_payloads", "delivery_without_payload"),
        (
            "update bookingdb.webhook_endpoints set removed_at = now()",
            "delivery_to_removed_endpoint",
        ),
        ("delete from bookingdb.webhook_secrets", "endpoint_without_secret"),
        ("update bookingdb.webhook_secrets set expires_at = now()", "endpoint_without_secret"),
        ("update bookingdb.webhook_secrets set header_name = 'x'", "endpoint_without_secret"),
        ("delete from bookingdb.webhook_endpoint_health", "endpoint_without_health"),
        ("delete from bookingdb.relay_cursor", "relay_cursor_missing"),
        (
            "alter table bookingdb.webhook_deliveries drop constraint claimed_is_pending",
            "guard_missing",
        ),
        ("alter table bookingdb.webhook_endpoints disable trigger audit", "trigger_disabled"),
    ],
)
def test_damage_is_found(shop: Shop, damage: str, check_name: str) -> None:
    add(shop.conn)
    shop.book()
    deliver(shop.conn)
    shop.book()
    relay(shop.conn)
    assert bookingdb.check_integrity(shop.conn) == []
    with shop.conn.transaction(force_rollback=True):
        shop.conn.execute(BEHIND)
        shop.conn.execute(damage.encode())
        findings = bookingdb.check_integrity(shop.conn)
        assert {f.check_name for f in findings} == {check_name}
        assert all(f.object and f.detail for f in findings)


def test_removed_endpoint_is_sound(shop: Shop) -> None:
    endpoint = add(shop.conn).endpoint_id
    shop.book()
    relay(shop.conn)
    bookingdb.remove_webhook_endpoint(shop.conn, endpoint)
    assert bookingdb.check_integrity(shop.conn) == []
