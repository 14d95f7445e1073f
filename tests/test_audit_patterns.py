"""audit_patterns(): each pattern is found when it is there, its innocent neighbour is not."""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import AuditPattern, Severity
from tests.support import rewrite, scalar

T = dt.datetime(2027, 2, 1, 1, tzinfo=dt.UTC)  # at night
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
MONTH, BURST = 30 * DAY, 5 * MINUTE
NUMBERS = itertools.count(1)


@dataclass
class Desk:
    """A business whose clock the test sets, and whose bookings are written with any actor."""

    conn: psycopg.Connection[Any]
    now: dt.datetime = T
    booked: list[UUID] = field(default_factory=list)

    def at(self, moment: dt.datetime) -> None:
        self.now = moment
        self.conn.execute("select set_config('test.clock', %s, false)", [moment.isoformat()])

    def act(
        self, kind: str = "customer", name: str = "", address: str = "", waived: str = ""
    ) -> None:
        """Who acts from now on."""
        for setting, value in (
            ("performed_by", kind), ("performed_by_id", name), ("ip_address", address)
        ):  # fmt: skip
            self.conn.execute("select set_config('bookingdb.' || %s, %s, false)", [setting, value])
        call = (
            f'{{"performed_by": "{kind}", "performed_by_id": "{name}", "waived": ["{waived}"]}}'
            if waived
            else ""
        )
        self.conn.execute("select set_config('bookingdb.call_actor', %s, false)", [call])

    def book(
        self,
        *,
        email: str = "",
        name: str = "Ada",
        phone: str | None = None,
        ahead: dt.timedelta = MONTH,
        status: str = "confirmed",
        payment: str = "pending",
    ) -> UUID:
        """Book in a slot that begins so long from now, under an e-mail of its own if not given."""
        starts_at = self.now + ahead
        local = scalar(
            self.conn,
            "select %s at time zone time_zone from bookingdb.businesses",
            [starts_at],
        )
        self.conn.execute(
            "insert into bookingdb.time_slots"
            " (business_id, date, time, starts_at, ends_at, max_bookings, max_bouquets)"
            " values (bookingdb.default_business_id(), %(day)s, %(time)s, %(at)s, %(end)s, 99, 99)"
            " on conflict do nothing",
            {"day": local.date(), "time": local.time(), "at": starts_at, "end": starts_at + HOUR},
        )
        booking: UUID = scalar(
            self.conn,
            "insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email,"
            " customer_phone, status, hold_expires_at, payment_method, payment_status)"
            " values (%s, %s, 1, %s, %s, %s, %s, %s, 'pay_now', %s) returning booking_id",
            [
                local.date(), local.time(), name, email or f"c{next(NUMBERS)}@example.org", phone,
                status, self.now + 10 * MINUTE if status == "held" else None, payment,
            ],
        )  # fmt: skip
        self.booked.append(booking)
        return booking

    def change(self, booking: UUID, change: str) -> None:
        query = f"update bookingdb.bookings set {change} where booking_id = %s"
        self.conn.execute(query.encode(), [booking])

    def cancel(self, booking: UUID) -> None:
        self.change(booking, "status = 'cancelled'")

    def find(self, since: dt.datetime = T - MONTH, **arguments: Any) -> list[AuditPattern]:
        return bookingdb.audit_patterns(self.conn, since, **arguments)


@pytest.fixture
def desk(scratch: psycopg.Connection[Any]) -> Iterator[Desk]:
    with scratch.transaction(force_rollback=True):
        scratch.execute("set local timezone = 'UTC'")
        bookingdb.create_business(scratch, "Flower shop", "UTC")
        scratch.execute(
            "create or replace function bookingdb.clock_now() returns timestamptz language sql"
            " stable begin atomic select current_setting('test.clock')::timestamptz; end"
        )
        one = Desk(scratch)
        one.at(T)
        one.act("system", "job")
        yield one


def address(who: str, number: int = 0) -> str:
    return f"192.0.2.{ord(who)}" if not number else f"198.51.{ord(who)}.{number % 250}"


def cancel_as_customer(desk: Desk, who: str) -> None:
    desk.act("customer", who)
    desk.cancel(desk.book())


def cancel_from_address(desk: Desk, who: str) -> None:
    desk.act("customer", f"c{next(NUMBERS)}", address(who))
    desk.cancel(desk.book())


def cancel_by_email(desk: Desk, who: str) -> None:
    desk.act("system", "app")
    tag = next(NUMBERS)
    desk.cancel(
        desk.book(email=f"{who}+{tag}@example.org" if tag % 2 else f"{who.upper()}@Example.org")
    )


def cancel_as_staff(desk: Desk, who: str) -> None:
    desk.act("admin", who, address(who))
    desk.cancel(desk.book(email=f"{who}@example.org"))


def book_as_customer(desk: Desk, who: str) -> None:
    desk.act("customer", who)
    desk.book()


def book_as_staff(desk: Desk, who: str) -> None:
    desk.act("admin", who)
    desk.book()


def book_from_address(desk: Desk, who: str) -> None:
    desk.act("customer", "", f"2001:db8:{ord(who)}::1")
    desk.book()


def book_from_network(desk: Desk, who: str) -> None:
    desk.act("customer", "", address(who, next(NUMBERS)))
    desk.book()


def book_from_network_6(desk: Desk, who: str) -> None:
    desk.act("customer", "", f"2001:db8:{ord(who)}:0:{next(NUMBERS):x}::1")
    desk.book()


def book_by_email(desk: Desk, who: str) -> None:
    desk.act("customer")
    desk.book(email=f"{who}@example.org")


def stay_away(desk: Desk, who: str) -> None:
    desk.act("admin", "bob")
    number = next(NUMBERS)
    email = f"{who}+{number}@example.org"
    phone = f"+49 (0)30 {ord(who)}00" if number % 2 else f"0049-30-{ord(who)}00"
    desk.change(desk.book(email=email, phone=phone), "status = 'no_show'")


def book_and_cancel(desk: Desk, who: str) -> None:
    desk.act("customer", "", address(who))
    end = desk.now
    desk.at(end - HOUR)  # at the boundary
    booking = desk.book(email=f"{who}@example.org")
    desk.at(end)
    desk.cancel(booking)


def waive(desk: Desk, who: str) -> None:
    desk.act("admin", who, waived="lead_time")
    desk.book()


def refund(desk: Desk, who: str) -> None:
    desk.act("system", "app")
    booking = desk.book(payment="paid")
    desk.act("admin", who)
    desk.change(booking, "payment_status = 'refunded'")


def make_good(desk: Desk, who: str) -> None:
    desk.act("system", "app")
    booking = desk.book(payment="failed")
    desk.act("admin", who)
    desk.change(booking, "payment_status = 'paid'")


def cancel_late(desk: Desk, who: str) -> None:
    desk.act("customer")
    desk.cancel(desk.book(email=f"{who}@example.org", phone=f"030 {ord(who)}000", ahead=2 * HOUR))


def use_a_name(desk: Desk, who: str) -> None:
    desk.act("customer")
    name = f"Name {next(NUMBERS)}"
    for spelling in (name, f" {name.upper()}  "):
        desk.book(email=f"{who}@example.org", phone=f"030 {ord(who)}000", name=spelling)


def hold_for_nothing(desk: Desk, who: str) -> None:
    end = desk.now
    desk.at(end - 11 * MINUTE)
    desk.act("customer", "", address(who))
    booking = desk.book(email=f"{who}@example.org", status="held")
    desk.at(end)
    desk.act("system", "expiry")
    desk.change(booking, "status = 'expired'")


def give_up_a_hold(desk: Desk, who: str) -> None:
    desk.act("customer", "", address(who))
    desk.cancel(desk.book(email=f"{who}@example.org", status="held"))


Event = Callable[[Desk, str], None]
CASES: list[tuple[str, str, int, dt.timedelta, Event]] = [
    ("many_cancellations", "customer {}", 5, DAY, cancel_as_customer),
    ("many_cancellations", "address 192.0.2.{ord}", 5, DAY, cancel_from_address),
    ("many_cancellations", "e-mail {}@example.org", 5, DAY, cancel_by_email),
    ("many_cancellations_by_staff", "staff {}", 20, DAY, cancel_as_staff),
    ("burst", "customer {}", 10, BURST, book_as_customer),
    ("burst", "staff {}", 10, BURST, book_as_staff),
    ("burst", "address 2001:db8:{ord}::1", 10, BURST, book_from_address),
    ("burst", "e-mail {}@example.org", 10, BURST, book_by_email),
    ("network_burst", "network 198.51.{ord}.0/24", 30, BURST, book_from_network),
    ("network_burst", "network 2001:db8:{ord}::/64", 30, BURST, book_from_network_6),
    ("night_changes", "staff {}", 3, MONTH, book_as_staff),
    ("repeated_no_shows", "e-mail {}@example.org", 3, MONTH, stay_away),
    ("repeated_no_shows", "phone 4930{ord}00", 3, MONTH, stay_away),
    ("book_and_cancel", "e-mail {}@example.org", 3, DAY, book_and_cancel),
    ("book_and_cancel", "address 192.0.2.{ord}", 3, DAY, book_and_cancel),
    ("waived_policies", "staff {}", 5, MONTH, waive),
    ("payments_turned", "staff {}", 5, MONTH, refund),
    ("payments_turned", "staff {}", 5, MONTH, make_good),
    ("late_cancellations", "e-mail {}@example.org", 3, MONTH, cancel_late),
    ("late_cancellations", "phone 30{ord}000", 3, MONTH, cancel_late),
    ("many_names", "e-mail {}@example.org", 4, MONTH, use_a_name),
    ("many_names", "phone 30{ord}000", 4, MONTH, use_a_name),
    ("lost_holds", "address 192.0.2.{ord}", 5, DAY, hold_for_nothing),
    ("lost_holds", "network 192.0.2.0/24", 5, DAY, hold_for_nothing),
    ("lost_holds", "e-mail {}@example.org", 5, DAY, give_up_a_hold),
]


@pytest.mark.parametrize(("pattern", "subject", "at_least", "within", "event"), CASES)
def test_pattern(
    desk: Desk, pattern: str, subject: str, at_least: int, within: dt.timedelta, event: Event
) -> None:
    """As many as the threshold within just the time: found. One less, or a second later: not."""
    moments = [T + within * i / (at_least - 1) for i in range(at_least)]
    alone = "{}" in subject or "{ord}" in subject
    if alone:
        for moment in moments[:-1]:
            desk.at(moment)
            event(desk, "n")  # the neighbour has one less
        for moment in (*moments[:-1], moments[-1] + SECOND):
            desk.at(moment)
            event(desk, "s")  # the slow one has the last a second later
        if pattern != "network_burst":
            desk.booked.clear()
    before = len(desk.booked)
    for moment in moments:
        desk.at(moment)
        event(desk, "g")
    found = [f for f in desk.find() if f.pattern == pattern]
    guilty = subject.format("g", ord=ord("g"))
    of_guilty = [f for f in found if f.subject == guilty]
    assert len(of_guilty) == 1, found
    assert of_guilty[0].count == at_least
    assert of_guilty[0].first_at == moments[0]
    assert of_guilty[0].last_at == moments[-1]
    assert of_guilty[0].severity == Severity.WARNING
    assert set(of_guilty[0].booking_ids) <= set(desk.booked[before:])
    assert len(of_guilty[0].booking_ids) == min(at_least, 20)
    assert of_guilty[0].detail.startswith(f"{at_least} ")
    if alone:
        others = {subject.format(who, ord=ord(who)) for who in "ns"}
        assert not others & {f.subject for f in found}


def test_threshold_is_the_callers(desk: Desk) -> None:
    for i in range(4):
        desk.at(T + i * HOUR)
        cancel_as_customer(desk, "g")
    assert desk.find() == []
    (found,) = desk.find(cancellations=4)
    assert (found.pattern, found.subject, found.count) == ("many_cancellations", "customer g", 4)
    (found,) = (f for f in desk.find(to=T + 4 * HOUR, cancellations=1) if f.subject == "customer g")
    assert found.severity == Severity.CRITICAL  # three times the threshold, and more
    assert desk.find(to=T, cancellations=1) == []


def test_bookings_are_listed_once_and_not_all(desk: Desk) -> None:
    desk.act("customer", "g")
    for i in range(25):
        desk.at(T + i * SECOND)
        booking = desk.book()
        desk.change(booking, "notes = 'x'")
    (found,) = desk.find()
    assert (found.count, found.booking_ids) == (50, desk.booked[:20])


NIGHTS = [
    ("2027-03-27 22:30", True),  # 23:30 in Berlin
    ("2027-03-27 21:30", False),
    ("2027-03-27 22:00", True),  # just 23:00
    ("2027-03-28 00:59:59", True),  # before the clocks go forward
    ("2027-03-28 01:00", True),  # 03:00, an hour that follows 01:59:59
    ("2027-03-28 03:30", False),  # 05:30; the night before it would have been 04:30
    ("2027-03-27 03:30", True),
    ("2027-03-28 02:59:59", True),
    ("2027-03-28 03:00", False),  # just 05:00
    ("2027-10-31 00:30", True),  # 02:30, which comes twice
    ("2027-10-31 01:30", True),
    ("2027-10-31 03:59:59", True),
    ("2027-10-31 04:00", False),
]


@pytest.mark.parametrize(("moment", "is_night"), NIGHTS)
def test_night_is_by_the_clock_of_the_business(desk: Desk, moment: str, is_night: bool) -> None:
    desk.conn.execute("update bookingdb.businesses set time_zone = 'Europe/Berlin'")
    desk.at(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC))
    book_as_staff(desk, "eve")
    book_as_customer(desk, "owl")  # customers book when they like
    found = [f.subject for f in desk.find(night_changes=1)]
    assert found == ["staff eve"] * is_night


def test_night_may_lie_within_a_day(desk: Desk) -> None:
    desk.at(T.replace(hour=13))
    book_as_staff(desk, "eve")
    arguments: Any = {"night_changes": 1, "night_from": dt.time(12), "night_to": dt.time(13)}
    assert desk.find(**arguments) == []
    desk.at(T.replace(hour=12))
    book_as_staff(desk, "eve")
    assert [f.count for f in desk.find(**arguments)] == [1]


@pytest.mark.parametrize(
    ("ahead", "change", "is_found"),
    [
        (DAY, "customer_email = 'eve@example.org'", True),
        (DAY + SECOND, "customer_email = 'eve@example.org'", False),
        (-SECOND, "customer_email = 'eve@example.org'", False),
        (HOUR, "customer_email = 'ADA+shop@Example.org'", False),
        (HOUR, "customer_name = 'Eve'", False),
    ],
)
def test_change_of_the_email_before_the_slot(
    desk: Desk, ahead: dt.timedelta, change: str, is_found: bool
) -> None:
    booking = desk.book(email="ada@example.org", ahead=ahead)
    desk.change(booking, change)
    found = [(f.pattern, f.subject) for f in desk.find()]
    assert found == [("email_changed_late", f"booking {booking}")] * is_found


@pytest.mark.parametrize(("ahead", "count"), [(2 * HOUR, 3), (2 * HOUR + SECOND, 0)])
def test_what_is_late(desk: Desk, ahead: dt.timedelta, count: int) -> None:
    for _ in range(3):
        desk.cancel(desk.book(email="ada@example.org", ahead=ahead))
    found = [f.count for f in desk.find() if f.pattern == "late_cancellations"]
    assert found == [count] * bool(count)


def test_loop_is_quick(desk: Desk) -> None:
    for _ in range(3):
        desk.at(T)
        booking = desk.book(email="ada@example.org")
        desk.at(T + HOUR + SECOND)
        desk.cancel(booking)
    assert desk.find() == []


def test_no_show_that_was_put_right_does_not_count(desk: Desk) -> None:
    for _ in range(3):
        stay_away(desk, "g")
    desk.change(desk.booked[0], "status = 'completed'")
    assert "repeated_no_shows" not in {f.pattern for f in desk.find()}


def test_offers_that_run_out_are_nobodys_fault(desk: Desk) -> None:
    for _ in range(6):
        desk.act("customer", "", "192.0.2.7")
        booking = desk.book(
            email="ada@example.org", status="waiting", ahead=MONTH + len(desk.booked) * HOUR
        )
        expires = (desk.now + MINUTE).isoformat()
        desk.change(booking, f"status = 'held', hold_expires_at = '{expires}'")
        desk.at(desk.now + 2 * MINUTE)
        desk.change(booking, "status = 'expired'")
    assert "lost_holds" not in {f.pattern for f in desk.find()}


def test_who_was_erased_is_not_one_customer(desk: Desk) -> None:
    desk.act("customer", "[erased]")
    for _ in range(12):
        booking = desk.book(email="erased@erased.invalid", name="[erased]", phone="[erased]")
        desk.cancel(booking)
    desk.act("admin", "[erased]", waived="lead_time")
    for _ in range(12):
        desk.book(email="erased@erased.invalid", name="[erased]")
    assert desk.find() == []


@pytest.mark.parametrize("seed", range(3))
def test_sound_history_has_no_pattern(desk: Desk, seed: int) -> None:
    """Two months of a shop: regulars, an office behind one address, staff by day, some refunds."""
    chance = random.Random(seed)
    customers = [(f"c{i}@example.org", f"Customer {i}", f"030 55{i:04}") for i in range(90)]
    for i in range(180):
        desk.at(T + i * 8 * HOUR + 7 * HOUR + chance.randrange(600) * MINUTE)
        day = desk.now.replace(hour=9 + i % 8)
        desk.at(day)
        email, name, phone = customers[chance.randrange(90)]
        by_staff = chance.random() < 0.3
        who = ("admin", chance.choice("ab")) if by_staff else ("customer", email)
        desk.act(*who, "192.0.2.1" if i % 5 == 0 else f"198.51.{i}.{chance.randrange(250)}")
        booking = desk.book(email=email, name=name, phone=phone, payment="paid", ahead=3 * DAY)
        desk.at(day + 2 * HOUR)
        if i % 10 == 0:
            desk.cancel(booking)
        elif i % 60 == 5:
            desk.act("admin", "a")
            desk.change(booking, "payment_status = 'refunded'")
        elif i % 45 == 7:
            desk.act("admin", "b")
            desk.at(day + 3 * DAY + HOUR)
            desk.change(booking, "status = 'no_show'")
        elif i % 3 == 0:
            desk.change(booking, "bouquets = 2")
    assert desk.find() == []


def test_only_the_months_asked_for_are_read(desk: Desk) -> None:
    """Partitions outside the window are not scanned, not even by their indexes."""
    months = desk.conn.execute(
        "select inhrelid::regclass::text, inhrelid from pg_inherits"
        " where inhparent = 'bookingdb.booking_audit_log'::regclass"
        " and inhrelid::regclass::text like '%\\_20%' order by 1"
    ).fetchall()
    chosen = dt.datetime.strptime(months[4][0][-7:], "%Y_%m").replace(tzinfo=dt.UTC)
    desk.at(chosen + 3 * DAY)
    for _ in range(5):
        cancel_as_customer(desk, "g")
        desk.at(desk.now + HOUR)

    def scans() -> dict[str, int]:
        query = """
          select sum(pg_stat_get_xact_numscans(r)) from (
            select %(table)s::oid union select indexrelid from pg_index where indrelid = %(table)s
          ) t (r)"""
        return {name: scalar(desk.conn, query, {"table": oid}) for name, oid in months}

    before = scans()
    (found,) = desk.find(chosen, to=chosen + 7 * DAY)
    assert found.pattern == "many_cancellations"
    assert {name for name, count in scans().items() if count > before[name]} == {months[4][0]}


def test_other_businesses_are_not_mixed_in(desk: Desk) -> None:
    for i in range(5):
        desk.at(T + i * HOUR)
        cancel_as_customer(desk, "g")
    other = bookingdb.create_business(
        desk.conn, "Other", "UTC", business_id=UUID(int=7)
    ).business_id
    assert desk.find(business_id=other) == []
    assert len(desk.find()) == 1


@pytest.mark.parametrize(
    ("argument", "value"),
    [("cancellations", 0), ("network_burst", -1), ("lost_holds", 0), ("late", -SECOND),
     ("within", -DAY), ("to", T - 2 * MONTH)],
)  # fmt: skip
def test_bad_arguments_are_named(desk: Desk, argument: str, value: Any) -> None:
    name = "p_from" if argument == "to" else f"p_{argument}"
    with pytest.raises(bookingdb.InvalidArgument, match=name), desk.conn.transaction():
        desk.find(**{argument: value})


def test_threshold_decides(desk: Desk) -> None:
    """A control: without the comparison of times, what is far apart is found."""
    for i in range(5):
        desk.at(T + i * DAY)
        cancel_as_customer(desk, "g")
    assert desk.find() == []
    rewrite(desk.conn, "audit_patterns", "<= l.within", "<= l.within * 9")
    assert [f.subject for f in desk.find()] == ["customer g"]
