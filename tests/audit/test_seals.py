"""Seals are Merkle roots that outlive the rows; who holds receipts catches a superuser."""

import datetime as dt
import hashlib
from typing import Any
from uuid import uuid4

import psycopg
import pytest

import bookingdb
from bookingdb import DEFAULT_BUSINESS_ID, AuditProof
from tests.audit.history import LOG, as_superuser
from tests.shop import Shop
from tests.support import Database, scalar
from tests.webhooks.queue_steps import add, body, deliver


def root_of(proof: AuditProof) -> bytes:
    """The root by RFC 6962, from the row's hash and its path."""
    node = hashlib.sha256(b"\x00" + proof.hash).digest()
    for step in proof.path:
        side, neighbour = step.split()
        pair = (
            (bytes.fromhex(neighbour), node) if side == "left" else (node, bytes.fromhex(neighbour))
        )
        node = hashlib.sha256(b"\x01" + b"".join(pair)).digest()
    return node


def merkle_tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, to the letter."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    parts = merkle_tree_hash(leaves[:split]) + merkle_tree_hash(leaves[split:])
    return hashlib.sha256(b"\x01" + parts).digest()


def change(shop: Shop, count: int) -> None:
    for n in range(count):
        shop.conn.execute("update bookingdb.bookings set notes = %s", [f"{n} {uuid4()}"])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 13, 31])
def test_every_row_has_its_proof(shop: Shop, count: int) -> None:
    shop.book()
    change(shop, count - 1)
    (seal,) = bookingdb.seal_audit(shop.conn)
    assert (seal.seal_number, seal.row_count) == (1, count)
    shop.conn.execute("set timezone = 'UTC'")
    sealed_at = scalar(shop.conn, "select to_jsonb(%s::timestamptz)::text", [seal.sealed_at])
    rows = shop.conn.execute(f"select id, hash from {LOG} order by created_at".encode()).fetchall()
    assert seal.root == merkle_tree_hash([row[1] for row in rows])
    for number, (audit_id, digest) in enumerate(rows, 1):
        proof = bookingdb.audit_proof(shop.conn, audit_id)
        assert (proof.hash, proof.leaf_number, root_of(proof)) == (digest, number, seal.root)
        head = f"1\n{DEFAULT_BUSINESS_ID}\n1\n{count}\n{sealed_at}"
        digest = hashlib.sha256(bytes(32) + proof.root + head.encode()).digest()
        assert proof.seal_hash == digest


def test_seals_are_chained_and_nothing_is_sealed_twice(shop: Shop) -> None:
    shop.book()
    (first,) = bookingdb.seal_audit(shop.conn)
    assert bookingdb.seal_audit(shop.conn) == []
    change(shop, 2)
    (second,) = bookingdb.seal_audit(shop.conn)
    assert (second.seal_number, second.row_count) == (2, 2)
    previous = "select previous_hash from bookingdb.audit_seals where seal_number = 2"
    assert scalar(shop.conn, previous) == first.hash
    assert bookingdb.verify_audit(shop.conn) == []


def test_what_commits_late_is_sealed_later(shop: Shop, database: Database) -> None:
    """Of a transaction that ran while others were sealed; not what was rolled back."""
    with database.connect() as late:
        late.execute("begin")
        late.execute("savepoint s")
        Shop(late).book(dt.time(10))
        late.execute("rollback to s")
        Shop(late).book(dt.time(10))
        shop.book()
        assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [1]
        late.execute("commit")
    assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [1]
    with shop.conn.transaction():
        shop.book()
        assert bookingdb.seal_audit(shop.conn) == []  # its own rows may have successors
    assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [1]
    assert bookingdb.verify_audit(shop.conn) == []


def test_each_business_has_its_own(shop: Shop) -> None:
    other = bookingdb.create_business(shop.conn, "Other", "UTC", business_id=uuid4()).business_id
    shop.book()
    shop.conn.execute(
        "insert into bookingdb.time_slots (business_id, date, time, max_bookings, max_bouquets)"
        " select %s, date, time, 1, 1 from bookingdb.time_slots", [other]
    )  # fmt: skip
    shop.book(business_id=other)
    seals = bookingdb.seal_audit(shop.conn)
    assert {(s.business_id, s.seal_number, s.row_count) for s in seals} == {
        (DEFAULT_BUSINESS_ID, 1, 1), (other, 1, 1),
    }  # fmt: skip


def test_pages(shop: Shop) -> None:
    """No more than 10,000 rows are in a seal: here of rows that were written by hand."""
    shop.book()
    as_superuser(
        shop.conn,
        f"insert into {LOG} (business_id, booking_id, booking_version, action_type, performed_by,"
        " hash) select business_id, gen_random_uuid(), 1, 'created', 'system', hash"
        f" from {LOG}, generate_series(1, 10000)",
    )
    assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [10000, 1]


def test_on_another_server_what_is_in_no_seal_is_sealed(shop: Shop) -> None:
    shop.book()
    bookingdb.seal_audit(shop.conn)
    change(shop, 2)
    shop.conn.execute("update bookingdb.audit_seal_cursor set system_identifier = 1, seen = '3:3:'")
    assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [2]
    change(shop, 1)
    assert [seal.row_count for seal in bookingdb.seal_audit(shop.conn)] == [1]
    assert bookingdb.verify_audit(shop.conn) == []


def test_row_without_seal_has_no_proof(shop: Shop) -> None:
    shop.book()
    for audit_id in (uuid4(), scalar(shop.conn, f"select id from {LOG}")):
        with pytest.raises(bookingdb.InvalidArgument, match="p_audit_id"):
            bookingdb.audit_proof(shop.conn, audit_id)


@pytest.mark.parametrize("role", ["postgres", "bookingdb_owner"])
@pytest.mark.parametrize(
    "statement", ["update {} set row_count = 2", "delete from {}", "truncate {}"]
)
def test_seals_are_append_only(shop: Shop, role: str, statement: str) -> None:
    shop.book()
    bookingdb.seal_audit(shop.conn)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only")
    with refused, shop.conn.transaction():
        shop.conn.execute(f"set local role {role}".encode())
        shop.conn.execute(statement.format("bookingdb.audit_seals").encode())


@pytest.mark.parametrize(
    ("statement", "damage"),
    [
        ("update {} set root = sha256(root) where seal_number = 1", "changed"),
        ("update {} set hashes[1] = sha256(hashes[1]) where seal_number = 1", "changed"),
        ("update {} set row_count = 7 where seal_number = 1", "changed"),
        ("update {} set sealed_at = now() + interval '1 day' where seal_number = 1", "changed"),
        ("delete from {} where seal_number = 1", "removed"),
    ],
)
def test_damaged_seals(shop: Shop, statement: str, damage: str) -> None:
    for _ in range(3):
        shop.book()
        bookingdb.seal_audit(shop.conn)
    as_superuser(shop.conn, statement.format("bookingdb.audit_seals"))
    assert damage in {f.damage for f in bookingdb.verify_audit(shop.conn)}


def rewrite_everything(conn: psycopg.Connection[Any]) -> None:
    """What a superuser can do who knows the format: another history, sound from end to end."""
    as_superuser(conn, "update bookingdb.bookings set bouquets = 2")
    as_superuser(
        conn,
        f"update {LOG} set new_values = new_values || '{{\"bouquets\": 2}}', old_values ="
        " old_values || '{\"bouquets\": 2}'",
    )
    for version in (1, 2):
        as_superuser(
            conn,
            f"update {LOG} l set previous_hash = b.hash, hash = bookingdb.expected_hash("
            " jsonb_populate_record(l, jsonb_build_object('previous_hash', b.hash)))"
            f" from {LOG} l2 left join {LOG} b on b.booking_id = l2.booking_id"
            "  and b.booking_version = l2.booking_version - 1"
            " where l2.id = l.id and l.booking_version = %s",
            version,
        )
    as_superuser(conn, "update bookingdb.time_slots set booked_bouquets = 2 * booked_count")


def rewrite_seals(conn: psycopg.Connection[Any]) -> None:
    as_superuser(
        conn,
        "update bookingdb.audit_seals s set hashes = array(select l.hash from"
        f" unnest(s.audit_ids) with ordinality u (id, n) join {LOG} l using (id) order by u.n)",
    )
    as_superuser(conn, "update bookingdb.audit_seals set root = bookingdb.merkle_root(hashes)")
    as_superuser(conn, "update bookingdb.audit_seals s set hash = bookingdb.seal_hash(s)")


def test_superuser_who_rewrites_everything_is_caught_by_receipts(shop: Shop) -> None:
    """By the seal until that is rewritten, too; then by whoever received webhooks."""
    add(shop.conn, event_types=["*"])
    booking = shop.book()
    bookingdb.update_booking(shop.conn, booking.booking_id, notes="x")
    bookingdb.seal_audit(shop.conn)
    receipts = sorted(map(body, deliver(shop.conn)), key=lambda event: "seal" in event["data"])
    assert [receipt["type"] for receipt in receipts] == [
        "booking.created", "booking.modified", "audit.sealed",
    ]  # fmt: skip
    assert bookingdb.verify_receipts(shop.conn, receipts) == []
    rewrite_everything(shop.conn)
    assert {f.damage for f in bookingdb.verify_audit(shop.conn)} == {"changed"}
    rewrite_seals(shop.conn)
    assert bookingdb.verify_audit(shop.conn) == []
    found = bookingdb.verify_receipts(shop.conn, receipts)
    assert [(f.receipt, f.damage, f.booking_version) for f in found] == [
        (1, "changed", 1), (2, "changed", 2), (3, "changed", None),
    ]  # fmt: skip
    with shop.conn.transaction(force_rollback=True):
        as_superuser(shop.conn, f"delete from {LOG}")
        as_superuser(shop.conn, "delete from bookingdb.audit_seals")
        found = bookingdb.verify_receipts(shop.conn, receipts)
    assert [f.damage for f in found] == ["removed"] * 3


def test_receipts_that_are_none(shop: Shop) -> None:
    event = {"type": "webhook.test", "data": {"business_id": str(DEFAULT_BUSINESS_ID)}}
    assert bookingdb.verify_receipts(shop.conn, [event]) == []
    wrong: dict[str, Any]
    for wrong in ({}, {"data": {}}, {"data": {"business_id": str(uuid4())}}):
        with pytest.raises(bookingdb.InvalidArgument, match="p_receipts") as caught:
            bookingdb.verify_receipts(shop.conn, [event, wrong])
        assert "Receipt 2" in str(caught.value.detail)
