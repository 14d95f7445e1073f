"""What an endpoint may not have stays in the database: personal fields, keys, columns to come."""

from typing import Any

import bookingdb
from bookingdb import Actor, ActorKind
from tests.shop import DAY, NINE, Shop
from tests.support import rewrite, skip_unless_columns_can_be_added
from tests.webhooks.queue_steps import add, body, deliver

IDS = {"business_id", "booking_id"}
NEVER = {"idempotency_key", "idempotency_digest", "version"}  # the version is in data.version
OF_ACTORS = {"performed_by_id", "ip_address", "user_agent", "reason"}
PERSONAL: dict[str, Any] = {
    "customer_name": "Ada Lovelace",
    "customer_email": "ada@private.example",
    "customer_phone": "+49 30 1234567",
    "notes": "ring twice",
}
ACTOR = Actor(
    ActorKind.CUSTOMER, performed_by_id="customer-77", ip_address="192.0.2.77",
    user_agent="Private Browser", reason="family matter",
)  # fmt: skip


def book_and_change(shop: Shop) -> None:
    booking = shop.book(**PERSONAL, idempotency_key="order-1", actor=ACTOR)
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="three times", actor=ACTOR)
    bookingdb.cancel_booking(shop.conn, booking.booking_id, reason="ill", actor=ACTOR)


def add_column(shop: Shop) -> None:
    skip_unless_columns_can_be_added(shop.conn)
    shop.conn.execute("alter table bookingdb.bookings add passport text default 'X123'")


def book_plainly(shop: Shop) -> None:
    """Without the package, which does not know the new column."""
    query = "select from bookingdb.create_booking_safe(%s, %s, 1, 'Ada', 'ada@example.org')"
    shop.conn.execute(query, [DAY, NINE])


def columns(shop: Shop) -> set[str]:
    query = (
        "select attname from pg_attribute where attnum > 0 and not attisdropped"
        " and attrelid = 'bookingdb.bookings'::regclass"
    )
    return {name for (name,) in shop.conn.execute(query)}


def keys(event: Any) -> set[str]:
    """The names of everything in it, at any depth."""
    if isinstance(event, dict):
        return set(event).union(*(keys(value) for value in event.values()))
    if isinstance(event, list):
        return set(event)
    return set()


def test_nothing_personal_unless_asked(shop: Shop) -> None:
    add(shop.conn)
    book_and_change(shop)
    sent = deliver(shop.conn)
    assert len(sent) == 3
    text = " ".join(delivery.payload.decode() for delivery in sent)
    told = (*PERSONAL.values(), "three times", "ill", "order-1", '77"', "Private", "family")
    assert [value for value in told if f'"{value}' in text] == []
    personal = {f.field for f in bookingdb.webhook_fields(shop.conn) if f.is_personal}
    for delivery in sent:
        assert not keys(body(delivery)) & (personal | NEVER - {"version"})
        assert body(delivery)["data"]["actor"] == {"performed_by": "customer"}


def test_personal_where_asked(shop: Shop) -> None:
    add(shop.conn, fields=["customer_email", "reason"])
    book_and_change(shop)
    created, updated, cancelled = (body(d)["data"] for d in deliver(shop.conn))
    assert created["booking"].keys() == IDS | {"customer_email"}
    assert created["actor"] == {"performed_by": "customer", "reason": "family matter"}
    assert (updated["changed"], updated["previous"]) == ([], {})
    assert (cancelled["changed"], cancelled["version"]) == ([], 3)


def test_only_ids(shop: Shop) -> None:
    add(shop.conn, fields=[])
    book_and_change(shop)
    for event in map(body, deliver(shop.conn)):
        assert event["data"]["booking"].keys() == IDS
        assert event["data"]["actor"] == {"performed_by": "customer"}


def test_every_column_is_a_field_an_id_or_hidden(shop: Shop) -> None:
    """Whoever adds a column decides whether endpoints may have it."""
    fields = {f.field for f in bookingdb.webhook_fields(shop.conn)}
    assert columns(shop) == (fields - OF_ACTORS) | IDS | NEVER
    add(shop.conn, fields=sorted(fields))
    book_and_change(shop)
    for event in map(body, deliver(shop.conn)):
        assert event["data"]["booking"].keys() == (fields - OF_ACTORS) | IDS
        assert event["data"]["actor"].keys() == OF_ACTORS | {"performed_by"}


def test_column_to_come_is_hidden(shop: Shop) -> None:
    """Also from endpoints that have every field there is, and of bookings before it."""
    fields = sorted(f.field for f in bookingdb.webhook_fields(shop.conn))
    add(shop.conn, fields=fields)
    shop.book()
    add_column(shop)
    book_plainly(shop)
    shop.conn.execute("update bookingdb.bookings set passport = 'X456'")
    sent = deliver(shop.conn)
    assert len(sent) == 4
    assert all(b"passport" not in d.payload and b"X" not in d.payload for d in sent)


def test_control_list_of_what_is_hidden(shop: Shop) -> None:
    """Hiding by a list of names, such as it is today, would give the new column away."""
    rewrite(
        shop.conn,
        "hidden_columns",
        "a.attname <> ALL",
        "a.attname::text = any (array(select field from bookingdb.webhook_fields()"
        " union select unnest('{idempotency_key,idempotency_digest,version}'::text[])))"
        " and a.attname <> ALL",
    )
    add(shop.conn)
    add_column(shop)
    book_plainly(shop)
    (delivery,) = deliver(shop.conn)
    assert body(delivery)["data"]["booking"]["passport"] == "X123"
