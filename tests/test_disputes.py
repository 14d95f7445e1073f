"""All of a dispute in one document: every change, who was told, and what proves it."""

from uuid import uuid4

import pytest

import bookingdb
from tests.browser.cases import LONG, quarrel
from tests.shop import DAY, Shop


def test_document_has_it_all(shop: Shop) -> None:
    booking = quarrel(shop)
    file = bookingdb.dispute_file(shop.conn, booking)
    assert file["business"]["time_zone"] == "Europe/Berlin"
    assert (file["deleted"], file["booking"]["status"]) == (False, "cancelled")
    history = bookingdb.booking_history(shop.conn, booking)
    assert [change["id"] for change in file["timeline"]] == [str(entry.id) for entry in history]
    for change, entry in zip(file["timeline"], history, strict=True):
        assert (change["old_values"], change["new_values"]) == (entry.old_values, entry.new_values)
        assert change["at"] == f"{entry.created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert change["at_local"][-6:] in ("+01:00", "+02:00")
        assert len(change["changes"]) == len(entry.changes)
    moved = file["timeline"][1]
    assert moved["changes"] == [
        {"field": "time", "old": "09:00", "new": "10:30"},
        {"field": "bouquets", "old": "2", "new": "3"},
    ]
    who = ("performed_by", "performed_by_id", "ip_address", "user_agent", "reason")
    assert [moved[name] for name in who] == [
        "admin", "bob@shop.example", "192.0.2.7", "counter", "customer rang",
    ]  # fmt: skip
    assert file["timeline"][3]["changes"][-1]["new"] == LONG


def test_deliveries_are_those_of_the_trail(shop: Shop) -> None:
    booking = quarrel(shop)
    trail = [
        (str(e.webhook_id), e.url, str(e.state), e.attempt_number, e.status, e.answer)
        for e in bookingdb.delivery_trail(shop.conn, booking)
        if e.webhook_id is not None
    ]
    file = bookingdb.dispute_file(shop.conn, booking)
    nothing = {"attempt_number": None, "status": None, "answer": None}
    told = [
        (d["webhook_id"], d["url"], d["state"], a["attempt_number"], a["status"], a["answer"])
        for change in file["timeline"]
        for d in change["deliveries"]
        for a in d["attempts"] or [nothing]
    ]
    assert told == trail
    assert {entry[4] for entry in told} == {200, 500, None}


def test_booking_that_was_deleted(shop: Shop) -> None:
    booking = shop.book().booking_id
    shop.conn.execute("delete from bookingdb.bookings")
    file = bookingdb.dispute_file(shop.conn, booking)
    assert (file["deleted"], file["booking"]) == (True, None)
    assert [change["action_type"] for change in file["timeline"]] == ["created", "deleted"]
    assert file["timeline"][0]["new_values"]["date"] == str(DAY)
    with pytest.raises(bookingdb.BookingNotFound):
        bookingdb.dispute_file(shop.conn, uuid4())


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Kolkata", "2030-07-01 17:30:00 +05:30"),
        ("America/St_Johns", "2030-07-01 09:30:00 -02:30"),
        ("UTC", "2030-07-01 12:00:00 +00:00"),
        ("Pacific/Kiritimati", "2030-07-02 02:00:00 +14:00"),
    ],
)
def test_clocks_of_the_business(shop: Shop, zone: str, shown: str) -> None:
    query = "select bookingdb.local_instant('2030-07-01 12:00+00', %s)"
    assert shop.conn.execute(query, [zone]).fetchone() == (shown,)


def test_proof_has_hashes_and_once_sealed_the_seal(shop: Shop) -> None:
    booking = shop.book().booking_id
    bookingdb.update_booking(shop.conn, booking, bouquets=2)
    first, second = bookingdb.dispute_file(shop.conn, booking)["proof"]["changes"]
    assert "previous_hash" not in first
    assert second["previous_hash"] == first["hash"]
    assert "seal" not in first
    bookingdb.seal_audit(shop.conn)
    for row in bookingdb.dispute_file(shop.conn, booking)["proof"]["changes"]:
        proof = shop.conn.execute(
            "select hash, leaf_number, path, root, seal_number, seal_hash"
            " from bookingdb.audit_proof(%s)",
            [row["id"]],
        ).fetchone()
        assert proof is not None
        seal = row["seal"]
        assert (
            bytes.fromhex(row["hash"]), seal["leaf_number"], seal["path"],
            bytes.fromhex(seal["root"]), seal["seal_number"], bytes.fromhex(seal["seal_hash"]),
        ) == proof  # fmt: skip
