"""A customer is erased: his data are gone everywhere, and everything else is as it was."""

import datetime as dt
import hashlib
import json
import random
from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import (
    DEFAULT_BUSINESS_ID,
    Actor,
    ActorKind,
    OpenBookings,
    PaymentMethod,
    WebhookProfile,
)
from tests.shop import DAY, NINE, Shop, open_shop
from tests.support import Database, rewrite, scalar, skip_unless_columns_can_be_added
from tests.webhooks.queue_steps import add, answer, claim, deliver, relay

ADA = "Ada.Lovelace@Example.org"
BOB = "bob@example.org"
TEN = dt.time(10)
CUSTOMER = Actor(
    ActorKind.CUSTOMER, "customer-4711", IPv4Address("203.0.113.77"), "Analytical Engine/1.0",
    "my wedding",
)  # fmt: skip
SECRETS = (
    "lovelace",
    "customer-4711",
    "203.0.113.77",
    "analytical",
    "wedding",
    "+44 1815",
    "lilies",
)


def book_ada(shop: Shop, time: dt.time = NINE, **arguments: Any) -> bookingdb.Booking:
    return shop.book(
        time,
        **{
            "customer_name": "Ada Lovelace",
            "customer_email": ADA,
            "customer_phone": "+44 1815",
            "notes": "white lilies",
            "actor": CUSTOMER,
            **arguments,
        },
    )


def erase(shop: Shop, email: str = ADA, **arguments: Any) -> bookingdb.Erasure:
    arguments = {"reason": "article 17", "open_bookings": OpenBookings.KEEP, **arguments}
    return bookingdb.erase_customer(shop.conn, email, **arguments)


def everything(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Each row of each table, as text."""
    names = conn.execute(
        "select relname from pg_class where relnamespace = 'bookingdb'::regnamespace"
        " and relkind in ('r', 'p') and not relispartition order by 1"
    ).fetchall()
    shown = {"webhook_payloads": "convert_from(payload, 'UTF8')"}
    return {
        name: [
            text
            for (text,) in conn.execute(
                f"select {shown.get(name, 'to_jsonb(t)::text')} from bookingdb.{name} t"
                " order by 1".encode()
            )
        ]
        for (name,) in names
    }


def found(conn: psycopg.Connection[Any], secrets: tuple[str, ...] = SECRETS) -> set[str]:
    text = json.dumps(everything(conn)).lower()
    return {secret for secret in secrets if secret in text}


def assert_sound(conn: psycopg.Connection[Any]) -> None:
    assert bookingdb.verify_audit(conn) == []
    assert bookingdb.check_integrity(conn) == []


def furnish(shop: Shop) -> list[Any]:
    """Ada everywhere; what receivers got of her."""
    conn = shop.conn
    add(conn, fields=[f.field for f in bookingdb.webhook_fields(conn)])
    book_ada(shop, idempotency_key="customer-4711-1", payment_method=PaymentMethod.PAY_NOW)
    gone = book_ada(shop, TEN)
    bookingdb.cancel_booking(conn, gone.booking_id, reason="my wedding is off", actor=CUSTOMER)
    hold = shop.book(TEN, customer_name=None, customer_email=None, hold_for=dt.timedelta(hours=1))
    bookingdb.confirm_booking(
        conn, hold.booking_id, customer_name="Ada Lovelace", customer_email=ADA
    )
    deleted = book_ada(shop, TEN)
    conn.execute("delete from bookingdb.bookings where booking_id = %s", [deleted.booking_id])
    for time in (dt.time(11), dt.time(11, 30)):
        for _ in range(3):
            shop.book(time, customer_email=BOB)
        bookingdb.join_waitlist(conn, DAY, time, 1, "Ada Lovelace", ADA, customer_phone="+44 1815")
    row = {"date": str(DAY), "time": "03:00", "bouquets": 1, "customer_name": "Ada Lovelace",
           "customer_email": ADA, "external_reference": "customer-4711",
           "notes": "lilies"}  # fmt: skip
    bookingdb.import_bookings(conn, [row], "file")
    sent = [json.loads(d.payload) for d in deliver(conn)]
    conn.execute(
        "update bookingdb.webhook_attempts a set answer = 'thanks, Ada Lovelace'"
        " from bookingdb.webhook_payloads p where p.webhook_id = a.webhook_id"
        " and convert_from(p.payload, 'UTF8') like '%Lovelace%'"
    )
    book_ada(shop, dt.time(9, 30))
    return sent


def test_nothing_is_left_and_everything_holds(shop: Shop) -> None:
    receipts = furnish(shop)
    bookingdb.seal_audit(shop.conn)
    assert found(shop.conn) == set(SECRETS)
    hashes = shop.conn.execute(
        "select id, hash from bookingdb.booking_audit_log order by 1"
    ).fetchall()
    erasure = erase(shop)
    assert found(shop.conn) == set()
    assert erasure.kept_mentions == 0
    # the waiting ones were taken off the list: their last rows are new
    kept = dict(shop.conn.execute("select id, hash from bookingdb.booking_audit_log").fetchall())
    assert all(kept[id_] == hash_ for id_, hash_ in hashes)
    assert_sound(shop.conn)
    assert bookingdb.verify_receipts(shop.conn, receipts) == []
    bookings = scalar(
        shop.conn,
        "select count(*) from bookingdb.bookings"
        " where customer_email = 'erased@erased.invalid' and customer_name = '[erased]'"
        " and erased_at is not null and idempotency_key is null",
    )
    assert (bookings, erasure.booking_count) == (6, 7)
    assert erasure.delivery_count > 8
    assert erasure.attempt_count > 8
    assert erasure.other_count == 3
    assert relay(shop.conn) > 0
    assert found(shop.conn) == set()


def test_what_follows_from_the_marks_works(shop: Shop) -> None:
    furnish(shop)
    erase(shop)
    shop.conn.execute(
        "select (jsonb_populate_record(null::bookingdb.bookings, v)).*"
        " from bookingdb.booking_audit_log, unnest(array[old_values, new_values]) v"
        " where v is not null"
    )
    bookingdb.replay_deliveries(shop.conn, from_=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    sent = deliver(shop.conn)
    assert len(sent) > 12
    assert not any(s in json.dumps([json.loads(d.payload) for d in sent]).lower() for s in SECRETS)
    redacted = [d for d in sent if d.event_type == "booking.redacted"]
    assert len(redacted) == 6


def test_the_second_time_nothing_is_written(shop: Shop) -> None:
    furnish(shop)
    erase(shop)
    before = everything(shop.conn)
    again = erase(shop, ADA.upper())
    assert (again.erasure_id, again.receipt, again.changes_digest) == (None, None, None)
    counts = "booking", "change", "delivery", "attempt", "other"
    assert [getattr(again, f"{name}_count") for name in counts] == [0] * 5
    after = everything(shop.conn)
    del before["relay_cursor"], after["relay_cursor"]
    assert after == before


def test_the_receipt_proves_whose_data_they_were(shop: Shop) -> None:
    furnish(shop)
    erasure = erase(shop, ADA.lower())
    assert erasure.receipt is not None
    assert erasure.erasure_id is not None
    secret = erasure.receipt.bytes + ADA.lower().encode()
    assert erasure.subject_digest == hashlib.sha256(secret).digest()
    is_of = bookingdb.is_erasure_of
    assert is_of(shop.conn, erasure.erasure_id, erasure.receipt, ADA)
    assert not is_of(shop.conn, erasure.erasure_id, erasure.receipt, BOB)
    assert not is_of(shop.conn, erasure.erasure_id, UUID(int=0), ADA)
    hashes = shop.conn.execute(
        "select hash from bookingdb.booking_audit_log where erasure_id = %s"
        " order by booking_id, booking_version, created_at",
        [erasure.erasure_id],
    ).fetchall()
    assert erasure.changes_digest == hashlib.sha256(b"".join(h for (h,) in hashes)).digest()
    assert str(erasure.receipt) not in json.dumps(everything(shop.conn))


def test_open_bookings_refuse(shop: Shop) -> None:
    booking = book_ada(shop)
    before = everything(shop.conn)
    with pytest.raises(bookingdb.CustomerHasOpenBookings) as caught:
        bookingdb.erase_customer(shop.conn, ADA, "article 17")
    assert caught.value.detail == f"1: {booking.booking_id}."
    assert everything(shop.conn) == before
    bookingdb.cancel_booking(shop.conn, booking.booking_id)
    assert bookingdb.erase_customer(shop.conn, ADA, "article 17").booking_count == 1


def test_open_bookings_are_cancelled_and_their_places_offered(shop: Shop) -> None:
    mine = book_ada(shop, bouquets=10)
    bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Ada Lovelace", ADA)
    bob = bookingdb.join_waitlist(shop.conn, DAY, NINE, 1, "Bob", BOB)
    erase(shop, open_bookings=OpenBookings.CANCEL, actor=Actor(ActorKind.CUSTOMER))
    assert bookingdb.get_booking(shop.conn, mine.booking_id).status == "cancelled"
    assert bookingdb.get_booking(shop.conn, bob.booking_id).status == "held"
    assert shop.slot()[:2] == (1, 1)
    actions = [e.action_type for e in bookingdb.booking_history(shop.conn, mine.booking_id)]
    assert actions == ["created", "cancelled", "redacted"]
    assert found(shop.conn) == set()
    assert_sound(shop.conn)


def test_open_bookings_are_kept_without_a_name(shop: Shop) -> None:
    booking = book_ada(shop, bouquets=4)
    erase(shop)
    kept = bookingdb.get_booking(shop.conn, booking.booking_id)
    assert (kept.status, kept.customer_name, kept.customer_phone, kept.notes) == (
        "confirmed", "[erased]", "[erased]", "[erased]",
    )  # fmt: skip
    assert shop.slot()[:2] == (1, 4)
    bookingdb.complete_booking(shop.conn, booking.booking_id)
    assert_sound(shop.conn)


def test_a_booking_that_changed_hands(shop: Shop) -> None:
    """What was about Ada goes, what is about Bob stays, and he can be erased later."""
    given = book_ada(shop)
    bookingdb.update_booking(
        shop.conn, given.booking_id, customer_name="Bob", customer_email=BOB,
        customer_phone="+49 30", notes="red",
    )  # fmt: skip
    taken = shop.book(TEN, customer_name="Bob", customer_email=BOB, notes="red")
    bookingdb.update_booking(
        shop.conn, taken.booking_id, customer_name="Ada Lovelace", customer_email=ADA
    )
    shop.conn.execute("update bookingdb.bookings set notes = 'lilies' where notes = 'red'"
                      " and booking_id = %s", [taken.booking_id])  # fmt: skip
    erase(shop)
    assert found(shop.conn) == set()
    assert_sound(shop.conn)
    now = bookingdb.get_booking(shop.conn, given.booking_id)
    assert (now.customer_name, now.customer_email, now.customer_phone) == ("Bob", BOB, "+49 30")
    (first,) = (e for e in bookingdb.booking_history(shop.conn, taken.booking_id)
                if e.booking_version == 1)  # fmt: skip
    assert first.new_values is not None
    assert (first.new_values["customer_email"], first.erasure_id) == (BOB, None)
    erase(shop, BOB)
    assert found(shop.conn, ("bob@", "+49 30", '"red"')) == set()
    assert_sound(shop.conn)


def test_both_at_the_same_instant(shop: Shop, database: Database) -> None:
    given = book_ada(shop)
    bookingdb.update_booking(shop.conn, given.booking_id, customer_name="Bob", customer_email=BOB)
    database.set_clock(dt.datetime.now(dt.UTC).isoformat())
    erase(shop)
    erase(shop, BOB)
    assert found(shop.conn, (*SECRETS, "bob@")) == set()
    assert_sound(shop.conn)


def test_a_column_that_the_shop_added(shop: Shop) -> None:
    skip_unless_columns_can_be_added(shop.conn)
    book_ada(shop)
    shop.conn.execute('alter table bookingdb.bookings add "Card\'s text" text')
    shop.conn.execute("alter table bookingdb.bookings add doubled int"
                      " generated always as (bouquets * 2) stored")  # fmt: skip
    shop.conn.execute("update bookingdb.bookings set \"Card's text\" = 'For Lord Byron'")
    assert found(shop.conn, ("byron",))
    erase(shop)
    assert not found(shop.conn, ("byron",))
    assert scalar(shop.conn, "select doubled from bookingdb.bookings") == 2
    assert_sound(shop.conn)


def test_others_rows_do_not_change(shop: Shop) -> None:
    """Many customers, whose bookings meet in the same slots; one after the other goes."""
    chance = random.Random(4711)
    names = [f"customer{n}@example.org" for n in range(8)]
    add(shop.conn)
    for n in range(50):
        name = chance.choice(names)
        time = dt.time(9 + n % 3, 30 * (n // 3 % 2))
        shop.book(time, date=DAY + dt.timedelta(n // 18), customer_name=name,
                  customer_email=name, notes=f"for {name} {n}")  # fmt: skip
    for (booking_id,) in shop.conn.execute("select booking_id from bookingdb.bookings").fetchall():
        if chance.random() < 0.4:
            bookingdb.cancel_booking(shop.conn, booking_id)
        elif chance.random() < 0.4:
            bookingdb.complete_booking(shop.conn, booking_id)
    deliver(shop.conn)
    bookingdb.seal_audit(shop.conn)
    for name in names[:4]:
        before = everything(shop.conn)
        erase(shop, name)
        after = everything(shop.conn)
        for table in ("bookings", "booking_audit_log", "webhook_payloads"):
            kept = [row for row in before[table] if name not in row]
            assert set(kept) <= set(after[table]), (name, table)
        assert not any(name in row for rows in after.values() for row in rows)
        assert_sound(shop.conn)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("update bookingdb.booking_audit_log set new_values = new_values"
         " || '{\"notes\": \"lilies\"}' where erasure_id is not null", "changed"),
        ("update bookingdb.booking_audit_log set reason = 'x' where erasure_id is not null",
         "changed"),
        ("delete from bookingdb.erasures", "changed"),
        ("update bookingdb.booking_audit_log l set (salt, personal_digest, old_values, new_values,"
         " reason, erasure_id) = (select e.salt, e.personal_digest, e.old_values, e.new_values,"
         " e.reason, e.erasure_id from bookingdb.erased_change(l, gen_random_uuid()) e)"
         " where erasure_id is null", "changed"),
    ],
    ids=["put back", "another reason", "tombstone", "by hand"],
)  # fmt: skip
def test_what_is_done_by_hand_is_named(
    conn: psycopg.Connection[Any], damage: str, finding: str
) -> None:
    shop = open_shop(conn)
    book_ada(shop)
    shop.book(TEN, customer_email=BOB)
    erase(shop)
    assert bookingdb.verify_audit(conn) == []
    conn.execute("set session_replication_role = replica")
    conn.execute(damage.encode())
    conn.execute("reset session_replication_role")
    assert {f.damage for f in bookingdb.verify_audit(conn)} == {finding}


@pytest.mark.parametrize(
    "statement",
    [
        "update bookingdb.settings_audit_log set reason = 'x'",
        "update bookingdb.settings_audit_log set old_values = null",
        "update bookingdb.settings_audit_log l set new_values = e.new_values, reason = e.reason"
        " from bookingdb.settings_audit_log o, bookingdb.erased_setting(o) e"
        " where l.id = o.id and l.table_name <> 'booking_quarantine'",
        "delete from bookingdb.settings_audit_log",
    ],
)
def test_the_log_of_settings_admits_an_erasure_and_nothing_else(shop: Shop, statement: str) -> None:
    furnish(shop)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.conn.execute(statement.encode())


def test_bad_arguments(shop: Shop) -> None:
    for email, reason, open_bookings in (
        ("nobody", "why", OpenBookings.KEEP),
        ("erased@erased.invalid", "why", OpenBookings.KEEP),
        (ADA, " ", OpenBookings.KEEP),
        (ADA, f"asked by {ADA.upper()}", OpenBookings.KEEP),
        (ADA, "why", None),
    ):
        with pytest.raises(bookingdb.InvalidArgument):
            erase(shop, email, reason=reason, open_bookings=open_bookings)
    with pytest.raises(bookingdb.InvalidArgument):
        bookingdb.export_customer(shop.conn, "nobody")


def test_what_is_kept_is_counted(shop: Shop) -> None:
    book_ada(shop)
    other = shop.book(TEN, customer_email=BOB, notes=f"a friend of {ADA}")
    erasure = erase(shop)
    assert erasure.kept_mentions == 2  # the other booking, and its audit row
    assert erase(shop).kept_mentions == 2
    assert bookingdb.export_customer(shop.conn, ADA)["mentions"] == {
        "bookings": 1, "booking_audit_log": 1,
    }  # fmt: skip
    bookingdb.update_booking(shop.conn, other.booking_id, notes="")
    assert erase(shop).kept_mentions == 2  # what it was before stands in the log


def test_a_guess_cannot_be_confirmed(shop: Shop) -> None:
    """With salt and digest anybody can try e-mails; the salt is gone, and so is the way."""
    confirm = (
        "select count(*) from bookingdb.booking_audit_log l where personal_digest ="
        " bookingdb.personal_digest(l.salt, row(performed_by, %(id)s, null, null, null),"
        " null, bookingdb.personal_values(new_values || %(guess)s))"
    )
    guess = {"id": None, "guess": json.dumps({"customer_name": "Ada", "customer_email": ADA})}
    actor = Actor(ActorKind.ADMIN)
    for keeps_salt in (False, True):
        if keeps_salt:
            rewrite(shop.conn, "erased_change", "v_change.salt := null;", "")
        shop.book(customer_name="Ada", customer_email=ADA, actor=actor)
        erase(shop)
        assert scalar(shop.conn, confirm, guess) == int(keeps_salt)
    shop.conn.execute("set session_replication_role = replica")
    shop.conn.execute("update bookingdb.booking_audit_log set salt = null"
                      " where erasure_id is not null")  # fmt: skip


@pytest.mark.parametrize("profile", WebhookProfile)
def test_a_delivery_whose_month_was_dropped(
    conn: psycopg.Connection[Any], profile: WebhookProfile
) -> None:
    """The audit row is gone, so the payload is erased as it stands."""
    shop = open_shop(conn)
    add(conn, profile=profile, fields=[f.field for f in bookingdb.webhook_fields(conn)])
    book_ada(shop)
    deliver(conn)
    conn.execute("set session_replication_role = replica")
    conn.execute("delete from bookingdb.booking_audit_log")
    conn.execute("reset session_replication_role")
    assert found(conn)
    erasure = erase(shop)
    assert (erasure.change_count, erasure.delivery_count, erasure.attempt_count) == (0, 1, 1)
    assert not found(conn)


def test_a_delivery_under_way_is_recalled(shop: Shop) -> None:
    """What its receiver answers, echoing what it was sent, comes too late to be kept."""
    add(shop.conn)
    book_ada(shop)
    (delivery,) = claim(shop.conn)
    erase(shop)
    assert not answer(shop.conn, delivery)
    answers = shop.conn.execute("select answer from bookingdb.webhook_attempts").fetchall()
    assert answers == [("Recalled: the customer was erased.",)]
    first, second = deliver(shop.conn)
    assert first.webhook_id == delivery.webhook_id
    assert b"Lovelace" not in first.payload
    assert second.event_type == "booking.redacted"


@pytest.mark.parametrize("is_relay", [False, True])
def test_repeatable_read_is_refused(shop: Shop, database: Database, is_relay: bool) -> None:
    add(shop.conn)
    booking = book_ada(shop)
    with database.connect(autocommit=False) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("select 1 from bookingdb.bookings")
        if is_relay:
            relay(shop.conn)
        else:
            bookingdb.update_booking(shop.conn, booking.booking_id, notes="roses")
        before = everything(shop.conn)
        with pytest.raises(psycopg.errors.SerializationFailure):
            bookingdb.erase_customer(other, ADA, "why", open_bookings=OpenBookings.KEEP)
        other.rollback()
    assert everything(shop.conn) == before


def test_export_holds_what_erasure_takes(shop: Shop) -> None:
    furnish(shop)
    given = book_ada(shop, dt.time(10, 30))
    bookingdb.update_booking(
        shop.conn, given.booking_id, customer_name="Robert", customer_email=BOB,
        customer_phone="+49 30", notes="red",
    )  # fmt: skip
    relay(shop.conn)
    export = bookingdb.export_customer(shop.conn, ADA.lower())
    text = json.dumps(export)
    assert not any(word in text for word in (BOB, "Robert", "+49 30"))
    before = values_of(everything(shop.conn))
    erase(shop)
    after = values_of(everything(shop.conn))
    taken = before - after
    assert {"Ada Lovelace", ADA, "+44 1815", "customer-4711-1", "thanks, Ada Lovelace"} <= taken
    stated = values_of({"export": [text]})
    missing = taken - stated - SIDE_EFFECTS
    assert {v for v in missing if not is_technical(v)} == set()


SIDE_EFFECTS = {"Robert", BOB, "+49 30", "red", "waiting"}


def is_technical(value: str) -> bool:
    """Salts, digests, times and ids that an update changes."""
    return value[:2] in ("20", "\\x") or value.count("-") == 4 or ":" in value


def values_of(tables: dict[str, list[str]]) -> set[str]:
    """Each text that stands anywhere."""
    texts: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)
        elif isinstance(value, str):
            texts.add(value)

    for table, rows in tables.items():
        for row in rows if table != "relay_cursor" else []:
            walk(json.loads(row))
    return texts


def test_only_this_business(shop: Shop) -> None:
    other = bookingdb.create_business(shop.conn, "Other", "UTC", business_id=UUID(int=1))
    book_ada(shop)
    again = erase(shop, business_id=other.business_id)
    assert again.erasure_id is None
    assert erase(shop, business_id=DEFAULT_BUSINESS_ID).booking_count == 1
