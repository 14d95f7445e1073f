"""Bookings that people argue about, and that are hard to show."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import bookingdb
from bookingdb import Actor, ActorKind, WebhookError
from tests.shop import DAY, Shop

__all__ = ["INJECTIONS", "LONG", "NAMES", "erased", "long_and_deleted", "quarrel"]

CUSTOMER = Actor(
    ActorKind.CUSTOMER, "ada", "2001:db8:85a3::8a2e:370:7334",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
)  # fmt: skip
STAFF = Actor(ActorKind.ADMIN, "bob@shop.example", "192.0.2.7", "counter", "customer rang")
NAMES = ["Zoë 🌷 Müller-Lüdenscheidt", "ليلى حسن", "שרה לוי"]
LONG = "W" * 700
INJECTIONS = [
    "<script>document.title = 'ran'</script>",
    '"><img src=https://evil.example/pixel onerror="document.title=\'ran\'">',
    "</style><link rel=stylesheet href=https://evil.example/style.css><style>",
    "{{ 7 * 7 }} {% raw %}",
]


def quarrel(shop: Shop) -> UUID:
    """Moved, paid, told to two receivers of which one answers HTML; with names in three scripts."""
    hook = "https://hooks.shop.example/bookings/"
    bookingdb.add_webhook_endpoint(shop.conn, hook + "3f9c" * 30, retry_schedule=[])
    bookingdb.add_webhook_endpoint(shop.conn, hook)
    booking = shop.book(
        bouquets=2, customer_name=NAMES[0], customer_phone="+49 30 1234567", actor=CUSTOMER,
        notes="\n".join(["Roses, no lilies.", *INJECTIONS]),
    ).booking_id  # fmt: skip
    _deliver(shop, [(200, "ok"), (500, "<html><body>" + INJECTIONS[0] + "</body></html>")])
    bookingdb.reschedule_booking(shop.conn, booking, DAY, dt.time(10, 30), bouquets=3, actor=STAFF)
    bookingdb.update_booking(shop.conn, booking, customer_name=NAMES[1], actor=CUSTOMER)
    bookingdb.update_booking(shop.conn, booking, customer_name=NAMES[2], notes=LONG, actor=STAFF)
    _deliver(shop, [(200, "Accepted"), (None, "connection refused")])
    bookingdb.cancel_booking(shop.conn, booking, reason="She never came <b>", actor=STAFF)
    return booking


def long_and_deleted(shop: Shop, changes: int = 100) -> UUID:
    """So many changes, the last of which deletes the booking."""
    booking = shop.book(actor=CUSTOMER).booking_id
    for number in range(2, changes):
        shop.conn.execute(
            "update bookingdb.bookings set notes = %s, bouquets = %s",
            [f"note {number}", number % 9 + 1],
        )
    shop.conn.execute("delete from bookingdb.bookings")
    return booking


def erased(file: dict[str, Any]) -> dict[str, Any]:
    """The file with what is personal in it erased, and hashes and a seal for proof."""

    def without(values: Any) -> Any:
        if isinstance(values, dict):
            gone = {name: "[erased]" for name in ("customer_name", "notes") if values.get(name)}
            return values | gone | {"customer_email": "erased@erased.invalid"}
        return values

    timeline = [
        change
        | {
            "old_values": without(change["old_values"]),
            "new_values": without(change["new_values"]),
            "erasure_id": change["id"],
            "changes": [
                item | ({"new": "[erased]"} if item["field"].startswith("customer") else {})
                for item in change["changes"]
            ],
        }
        for change in file["timeline"]
    ]
    rows = [
        row
        | {"hash": f"{n:02x}" * 32, "previous_hash": f"{n - 1:02x}" * 32}
        | {"seal": {"seal_number": 7, "root": "ab" * 32, "path": ["cd" * 32, "ef" * 32]}}
        for n, row in enumerate(file["proof"]["changes"], 1)
    ]
    proof = file["proof"] | {"changes": rows}
    return file | {"booking": without(file["booking"]), "timeline": timeline, "proof": proof}


def _deliver(shop: Shop, answers: list[tuple[int | None, str]]) -> None:
    """Relay what there is, and let the receivers answer in turn."""
    bookingdb.relay_events(shop.conn)
    turns: Iterator[tuple[int | None, str]] = iter(answers * 9)
    for claimed in bookingdb.claim_deliveries(shop.conn):
        status, answer = next(turns)
        bookingdb.record_attempt(
            shop.conn, claimed.webhook_id, claimed.claim_id, claimed.attempt_number,
            dt.datetime.now(dt.UTC), dt.timedelta(milliseconds=140), status=status, answer=answer,
            error=None if status == 200
            else WebhookError.STATUS if status else WebhookError.CONNECTION,
        )  # fmt: skip
