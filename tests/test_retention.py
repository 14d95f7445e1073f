"""What goes, what stays, and that what stays can still be verified."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest

import bookingdb
from bookingdb import RetentionKind, RetentionOutcome, RetentionStep
from tests.exports import finish, partition
from tests.shop import NINE, Shop, hours
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import NOW, Clock, Connection, add, claim, deliver, set_cursor

DAY = dt.timedelta(days=1)
MONTH = NOW.date().replace(day=1)


def following(month: dt.date, number: int = 1) -> dt.date:
    """The first day of a month so many months later."""
    return (month + number * 31 * DAY).replace(day=1)


def sound(conn: Connection) -> bool:
    return not bookingdb.verify_audit(conn) and not bookingdb.check_integrity(conn)


def apply(conn: Connection) -> list[RetentionStep]:
    """Until nothing goes any more; all steps."""
    steps: list[RetentionStep] = []
    while True:
        done = bookingdb.apply_retention(conn, dry_run=False, limit=2)
        steps += done
        if not any(step.outcome == RetentionOutcome.GONE for step in done):
            return steps


@dataclass(frozen=True)
class Years:
    """A shop that lives through some months, and its clock."""

    shop: Shop
    clock: Clock

    @property
    def conn(self) -> Connection:
        return self.shop.conn

    def go_to(self, month: dt.date) -> None:
        self.clock.set(dt.datetime.combine(month, NINE, dt.UTC) + 9 * DAY)
        bookingdb.refresh_future_schedule(self.conn)

    def book(self, ahead: int = 3) -> UUID:
        return self.shop.book(date=(self.clock.now + ahead * DAY).date()).booking_id

    def note(self, booking_id: UUID, note: str) -> None:
        bookingdb.update_booking(self.conn, booking_id, notes=note)


@pytest.fixture
def years(shop: Shop, database: Database) -> Years:
    return Years(shop, Clock(database))


def test_a_policy_is_set_shown_and_audited(shop: Shop) -> None:
    bookingdb.set_retention(shop.conn, RetentionKind.AUDIT, 400 * DAY)
    held = bookingdb.set_retention(shop.conn, RetentionKind.DELIVERIES, 30 * DAY)
    assert [(p.kind, p.keep.days) for p in held] == [("deliveries", 30), ("audit", 400)]
    assert bookingdb.get_retention(shop.conn) == held
    (left,) = bookingdb.set_retention(shop.conn, RetentionKind.AUDIT, None)
    assert left.kind == RetentionKind.DELIVERIES
    logged = "select count(*) from bookingdb.settings_audit_log where table_name = %s"
    assert scalar(shop.conn, logged, ["retention_policies"]) == 3


@pytest.mark.parametrize(
    ("kind", "keep"),
    [("audit", 29 * DAY), ("attempts", dt.timedelta(hours=23)), ("deliveries", 36600 * DAY)],
)
def test_bounds(shop: Shop, kind: str, keep: dt.timedelta) -> None:
    with pytest.raises(bookingdb.InvalidArgument, match="p_keep"):
        bookingdb.set_retention(shop.conn, RetentionKind(kind), keep)


def test_nothing_goes_without_a_policy(years: Years) -> None:
    years.book()
    years.go_to(following(MONTH, 3))
    finish(years.conn, MONTH)
    assert apply(years.conn) == []
    assert scalar(years.conn, "select count(*) from bookingdb.booking_audit_log") == 1


def live(years: Years) -> list[UUID]:
    """Bookings that begin and end in three months, deleted ones too; the third month's has come."""
    standing, changed, deleted, gone = years.book(), years.book(4), years.book(), years.book(4)
    years.conn.execute("delete from bookingdb.bookings where booking_id = %s", [gone])
    years.go_to(following(MONTH))
    years.note(changed, "second month")
    years.book()
    years.conn.execute("delete from bookingdb.bookings where booking_id = %s", [deleted])
    years.go_to(following(MONTH, 2))
    years.note(changed, "third month")
    return [standing, changed]


def test_the_chain_is_verifiable_across_the_cut(years: Years) -> None:
    standing, changed = live(years)
    years.go_to(following(MONTH, 3))
    bookingdb.set_retention(years.conn, RetentionKind.AUDIT, 30 * DAY)
    finish(years.conn, MONTH, following(MONTH), following(MONTH, 2))
    for month in (MONTH, following(MONTH)):
        bookingdb.drop_audit_partition(years.conn, month)
        assert sound(years.conn)
        years.note(standing, f"after {month}")
        years.note(changed, f"after {month}")
        assert sound(years.conn)
    bookingdb.drop_audit_partition(years.conn, following(MONTH, 2))
    assert sound(years.conn)
    years.note(changed, "the end")
    bookingdb.seal_audit(years.conn)
    assert sound(years.conn)
    assert scalar(years.conn, "select count(*) from bookingdb.audit_chain_cuts") < 6


def test_control_without_the_cut_it_is_damage(years: Years) -> None:
    live(years)
    finish(years.conn, MONTH)
    bookingdb.drop_audit_partition(years.conn, MONTH)
    assert sound(years.conn)
    years.conn.execute("delete from bookingdb.audit_chain_cuts")
    assert {f.damage for f in bookingdb.verify_audit(years.conn)} >= {"removed"}


def test_a_month_goes_only_when_everybody_lets_it_go(years: Years) -> None:
    other = uuid4()
    bookingdb.create_business(years.conn, "Aster", "UTC", business_id=other)
    bookingdb.set_opening_hours(years.conn, [hours()], business_id=other)
    bookingdb.refresh_future_schedule(years.conn, business_id=other)
    years.book()
    years.shop.book(date=(NOW + 3 * DAY).date(), business_id=other)
    years.go_to(following(MONTH, 3))
    bookingdb.set_retention(years.conn, RetentionKind.AUDIT, 30 * DAY)
    (step,) = bookingdb.apply_retention(years.conn)
    assert (step.outcome, step.reason) == ("kept", f"The business {other} keeps it for ever.")
    bookingdb.set_retention(years.conn, RetentionKind.AUDIT, 900 * DAY, business_id=other)
    (step,) = apply(years.conn)
    assert step.reason == f"The business {other} keeps it for 900 days."
    bookingdb.set_retention(years.conn, RetentionKind.AUDIT, 30 * DAY, business_id=other)
    (step,) = apply(years.conn)
    assert step.reason == "2 changes not relayed, 0 deliveries pending."
    finish(years.conn, MONTH)
    first, *_ = bookingdb.apply_retention(years.conn)
    assert (first.object, first.row_count, first.outcome) == (
        partition(MONTH).removeprefix("bookingdb."), 2, "would_go",
    )  # fmt: skip
    assert apply(years.conn)[0].outcome == RetentionOutcome.GONE
    assert scalar(years.conn, "select to_regclass(%s)", [partition(MONTH)]) is None


def test_deliveries_and_attempts_of_each_business(years: Years) -> None:
    add(years.conn)
    years.book()
    deliver(years.conn)
    years.book()
    (pending,) = claim(years.conn)
    years.clock.advance(days=50)
    bookingdb.set_retention(years.conn, RetentionKind.ATTEMPTS, 10 * DAY)
    bookingdb.set_retention(years.conn, RetentionKind.DELIVERIES, 100 * DAY)
    (step,) = bookingdb.apply_retention(years.conn)
    assert (step.kind, step.row_count, step.outcome) == ("attempts", 1, "would_go")
    (step,) = apply(years.conn)
    assert (step.object, step.row_count, step.outcome) == ("webhook_attempts", 1, "gone")
    bookingdb.set_retention(years.conn, RetentionKind.DELIVERIES, 10 * DAY)
    (step,) = apply(years.conn)
    assert (step.object, step.row_count) == ("webhook_deliveries", 1)
    query = "select webhook_id from bookingdb.webhook_deliveries"
    assert scalar(years.conn, query) == pending.webhook_id
    assert bookingdb.check_integrity(years.conn) == []


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control"])
def test_a_restored_server_sends_nothing_again(years: Years, guarded: bool) -> None:
    """Neither of the business whose deliveries went nor of one that keeps them."""
    other = uuid4()
    bookingdb.create_business(years.conn, "Aster", "UTC", business_id=other)
    bookingdb.set_opening_hours(years.conn, [hours()], business_id=other)
    bookingdb.refresh_future_schedule(years.conn, business_id=other)
    add(years.conn)
    add(years.conn, business_id=other)
    years.book()
    years.shop.book(date=(NOW + 3 * DAY).date(), business_id=other)
    assert len(deliver(years.conn)) == 2
    years.shop.book(dt.time(10), date=(NOW + 3 * DAY).date(), business_id=other)
    assert bookingdb.relay_events(years.conn) == 1
    years.clock.advance(days=50)
    bookingdb.set_retention(years.conn, RetentionKind.DELIVERIES, 10 * DAY)
    if not guarded:
        rewrite(years.conn, "settle_before", "c.settled_before < v_before", "false")
    assert [step.row_count for step in apply(years.conn)] == [1]
    set_cursor(years.conn, "system_identifier = 1")
    sent = deliver(years.conn)
    assert {d.business_id for d in sent} >= {other}
    assert len(sent) == (1 if guarded else 2)


def test_personal_data_of_bookings_that_are_over(years: Years) -> None:
    old, late = years.book(), years.book(10)
    deliver(years.conn)
    years.clock.set(NOW + 15 * DAY)
    bookingdb.set_retention(years.conn, RetentionKind.PERSONAL_DATA, 8 * DAY)
    (step,) = bookingdb.apply_retention(years.conn)
    assert (step.object, step.row_count, step.outcome) == ("bookings", 1, "would_go")
    (step,) = apply(years.conn)
    assert (step.object, step.row_count, step.outcome) == ("bookings", 1, "gone")
    assert bookingdb.get_booking(years.conn, old).erased_at is not None
    assert bookingdb.get_booking(years.conn, late).customer_name == "Ada"
    assert "ada@" not in str(bookingdb.booking_history(years.conn, old))
    assert apply(years.conn) == []
    assert sound(years.conn)


def test_what_is_exported_is_recomputed(years: Years) -> None:
    years.book()
    with pytest.raises(bookingdb.InvalidArgument, match="p_month"):
        bookingdb.record_audit_export(years.conn, MONTH, 1, b"", "x")
    years.go_to(following(MONTH))
    for count, digest, name in ((2, b"", "p_row_count"), (1, b"", "p_digest")):
        with pytest.raises(bookingdb.InvalidArgument, match=name):
            bookingdb.record_audit_export(years.conn, MONTH, count, digest, "x")
    finish(years.conn, MONTH)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        years.conn.execute("delete from bookingdb.audit_exports")
