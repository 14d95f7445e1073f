"""The figures of a report, compared with what is counted by hand from the tables."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

import bookingdb
from bookingdb import DEFAULT_BUSINESS_ID
from bookingdb.report import collect
from tests.support import rewrite

ZONE = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2027, 4, 10, 12, tzinfo=ZONE)
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
FIRST, LAST = dt.date(2027, 3, 10), dt.date(2027, 4, 30)  # clocks change on 28 March
SPANS = [
    pytest.param(FIRST, LAST, id="days"),
    pytest.param(FIRST, FIRST + 119 * DAY, id="weeks"),
    pytest.param(dt.date(2026, 1, 5), FIRST + 400 * DAY, id="months"),
]
WAIVER = '{"performed_by": "admin", "waived": ["lead_time"]}'
CHANGES = [
    "status = 'cancelled'", "status = 'expired'", "status = 'no_show'", "status = 'completed'",
    "status = 'confirmed'", "payment_status = 'failed'", "bouquets = 2", "date = date + 1",
]  # fmt: skip


@dataclass
class Desk:
    """A business whose clock the test sets."""

    conn: psycopg.Connection[Any]
    chance: random.Random

    def at(self, moment: dt.datetime) -> None:
        self.conn.execute("select set_config('test.clock', %s, false)", [moment.isoformat()])

    def rows(self, query: str) -> list[Any]:
        with self.conn.cursor(row_factory=psycopg.rows.namedtuple_row) as cursor:
            return cursor.execute(query.encode()).fetchall()

    def make_slots(self) -> None:
        """Every second hour of six weeks; some are shut, legacy, full by a limit."""
        for number in range(8 * 52):
            day, hour = FIRST + number // 8 * DAY, 8 + number % 8 * 2 - number % 3
            starts_at = dt.datetime.combine(day, dt.time(hour), ZONE)
            self.conn.execute(
                "insert into bookingdb.time_slots (date, time, starts_at, ends_at, max_bookings,"
                " max_bouquets, is_legacy) values (%s, %s, %s, %s, %s, %s, %s)"
                " on conflict do nothing",
                [day, starts_at.time(), starts_at, starts_at + HOUR,
                 self.chance.choice([0, 1, 2, 3]), self.chance.choice([0, 2, 3, 9]),
                 self.chance.random() < 0.1],
            )  # fmt: skip

    def try_(self, query: str, arguments: Any = None) -> Any:
        """Run what a guard may refuse."""
        try:
            with self.conn.transaction():
                return self.conn.execute(query.encode(), arguments).fetchone()
        except psycopg.Error:
            return None

    def live(self) -> None:
        """Bookings that are made and changed at random times, in the order of the clock."""
        made: list[Any] = []
        slots = self.rows("select date, time, starts_at from bookingdb.time_slots")
        moments = sorted(NOW - self.chance.random() * 40 * DAY for _ in range(500))
        for moment in moments:
            self.at(moment)
            if len(made) == 60:
                self.conn.execute("select set_config('bookingdb.call_actor', %s, true)", [WAIVER])
            if not made or self.chance.random() < 0.5:
                slot = self.chance.choice(slots)
                status = self.chance.choice(["confirmed", "confirmed", "held", "waiting"])
                booking = self.try_(
                    "insert into bookingdb.bookings (date, time, bouquets, status, customer_name,"
                    " customer_email, payment_method, hold_expires_at) values"
                    " (%s, %s, 1, %s, 'A', %s, 'pay_now', %s) returning booking_id",
                    [slot.date, slot.time, status, f"{moment.timestamp()}@example.org",
                     moment + HOUR if status == "held" else None],
                )  # fmt: skip
                made += [booking] if booking else []
            else:
                change = self.chance.choice(CHANGES)
                self.try_(
                    f"update bookingdb.bookings set {change} where booking_id = %s returning 1",
                    self.chance.choice(made),
                )

    def send(self) -> None:
        """Deliveries in all states, and attempts that failed."""
        endpoints = [
            bookingdb.add_webhook_endpoint(self.conn, f"https://h{n}.example/x").endpoint_id
            for n in range(3)
        ]
        for number in range(200):
            queued = NOW - self.chance.random() * 40 * DAY
            state = self.chance.choice(["delivered", "delivered", "pending", "dead", "discarded"])
            finished = None if state == "pending" else queued + self.chance.random() * HOUR
            ((webhook_id,),) = self.conn.execute(
                "insert into bookingdb.webhook_deliveries (business_id, webhook_id, endpoint_id,"
                " event_id, event_type, event_at, state, due_at, created_at, finished_at) values"
                " (bookingdb.default_business_id(), gen_random_uuid(), %s, gen_random_uuid(),"
                " 'x', %s, %s, %s, %s, %s) returning webhook_id",
                [endpoints[number % 2], queued - MINUTE, state, queued, queued, finished],
            ).fetchall()
            if state == "dead":
                self.conn.execute(
                    "insert into bookingdb.webhook_attempts (business_id, webhook_id,"
                    " attempt_number, started_at, status, error) values"
                    " (bookingdb.default_business_id(), %s, 1, %s, %s, 'status')",
                    [webhook_id, queued, self.chance.choice([404, 503])],
                )

    def import_(self) -> None:
        for number in range(20):
            self.conn.execute(
                "insert into bookingdb.booking_quarantine (source, row_number, request, code,"
                " detail, created_at) values ('old', %s, '{}', %s, '', %s)",
                [number, self.chance.choice(["ZB001", "ZB002"]), NOW - number * 3 * DAY],
            )


@pytest.fixture(scope="module")
def desk(scratch: psycopg.Connection[Any]) -> Desk:
    scratch.execute("set timezone = 'Pacific/Auckland'")  # the session's is nobody's business
    scratch.execute(
        "create or replace function bookingdb.clock_now() returns timestamptz language sql"
        " stable begin atomic select current_setting('test.clock')::timestamptz; end"
    )
    one = Desk(scratch, random.Random(7))
    one.at(NOW - 45 * DAY)
    with scratch.transaction():
        bookingdb.create_business(scratch, "Shop", "Europe/Berlin", horizon_days=30)
        one.make_slots()
        one.live()
        one.at(NOW)
        one.send()
        one.import_()
    return one


def local(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZONE).date()


def period(date: dt.date, first: dt.date, last: dt.date) -> dt.date:
    """The first day of the period of a date."""
    if (last - first).days < 100:
        return date
    start = (
        date - (date.isoweekday() - 1) * DAY if (last - first).days < 730 else date.replace(day=1)
    )
    return max(first, start)


class Filled(NamedTuple):
    """A slot that counts, and how full it is."""

    slot: Any
    share: float


def filled(desk: Desk, first: dt.date, last: dt.date) -> list[Filled]:
    return [
        Filled(s, min(1, max(s.booked_count / s.max_bookings, s.booked_bouquets / s.max_bouquets)))
        for s in desk.rows("select * from bookingdb.time_slots")
        if first <= s.date <= last and not s.is_legacy and s.max_bookings and s.max_bouquets
    ]


@pytest.mark.parametrize(("first", "last"), SPANS)
def test_occupancy(desk: Desk, first: dt.date, last: dt.date) -> None:
    expected: dict[Any, list[Filled]] = {}
    for one in filled(desk, first, last):
        key = period(one.slot.date, first, last), one.slot.time.hour
        expected.setdefault(key, []).append(one)
    found = bookingdb.report_occupancy(desk.conn, first, last)
    assert [(row.since, row.hour) for row in found] == sorted(expected)
    for row in found:
        slots = expected[row.since, row.hour]
        assert row.since <= min(s.slot.date for s in slots)
        assert max(s.slot.date for s in slots) <= row.until
        assert row.slot_count == len(slots)
        assert row.full_count == sum(s.share == 1 for s in slots)
        assert row.booked_count == sum(s.slot.booked_count for s in slots)
        assert row.booked_bouquets == sum(s.slot.booked_bouquets for s in slots)
        assert row.occupancy == pytest.approx(sum(s.share for s in slots) / len(slots))
    assert {0.0, 1.0} < {row.occupancy for row in found} or first < FIRST


def test_week(desk: Desk) -> None:
    expected: dict[Any, list[float]] = {}
    for one in filled(desk, FIRST, LAST):
        if one.slot.starts_at <= NOW:
            key = one.slot.date.isoweekday(), one.slot.time.hour
            expected.setdefault(key, []).append(one.share)
    found = bookingdb.report_week(desk.conn, FIRST, LAST)
    assert [(row.weekday, row.hour) for row in found] == sorted(expected)
    for row in found:
        shares = expected[row.weekday, row.hour]
        assert (row.slot_count, row.full_count) == (len(shares), shares.count(1))
        assert row.occupancy == pytest.approx(sum(shares) / len(shares))


def counted(desk: Desk, first: dt.date, last: dt.date) -> Counter[tuple[dt.date, str]]:
    """What the log says, by period and what happened."""
    found: Counter[tuple[dt.date, str]] = Counter()
    for row in desk.rows("select * from bookingdb.booking_audit_log"):
        day, what = local(row.created_at), row.action_type
        if what == "created" and row.new_values["status"] == "waiting":
            what = "waiting"
        elif what == "expired" and row.old_values["status"] == "waiting":
            what = "unserved"
        if first <= day <= last:
            found[period(day, first, min(last, local(NOW))), what] += 1
    return found


def differences(desk: Desk, first: dt.date, last: dt.date) -> list[Any]:
    expected = counted(desk, first, last)
    names = {"made": "created", "moved": "rescheduled", "unpaid": "payment_failed"}
    found = bookingdb.report_activity(desk.conn, first, last)
    assert found[0].since == first
    assert found[-1].until == min(last, local(NOW))
    assert all(b.since == a.until + DAY for a, b in pairwise(found))
    return [
        (row.since, name)
        for row in found
        for name in ("made", "waiting", "moved", "cancelled", "expired", "unserved", "no_show",
                     "unpaid")
        if getattr(row, f"{name}_count") != expected[row.since, names.get(name, name)]
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), SPANS)
def test_activity(desk: Desk, first: dt.date, last: dt.date) -> None:
    happened = {what for _, what in counted(desk, first, last)}
    assert happened >= {"created", "waiting", "rescheduled", "cancelled", "expired", "unserved",
                        "no_show", "payment_failed"}  # fmt: skip
    assert differences(desk, first, last) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v.time_zone)::date", "'UTC')::date"),
        ("'expired' and not c.waits", "'expired'"),
        ("l.created_at >= v.from_at", "l.created_at > v.from_at + interval '1 day'"),
    ],
)
def test_differences_would_be_seen(desk: Desk, old: str, new: str) -> None:
    with desk.conn.transaction(force_rollback=True):
        rewrite(desk.conn, "report_activity", old, new)
        assert differences(desk, FIRST, LAST)


def test_lead_times(desk: Desk) -> None:
    rows = desk.rows(
        "select b.status, extract(epoch from s.starts_at - b.created_at)::float8 as lead"
        " from bookingdb.bookings b join bookingdb.time_slots s using (business_id, date, time)"
        f" where b.status not in ('waiting', 'expired') and date between '{FIRST}' and '{LAST}'"
    )
    found = bookingdb.report_lead_times(desk.conn, FIRST, LAST)
    assert sum(row.booking_count for row in found) == len(rows) > 50
    for row in found:
        low = -1e9 if row.lead_from is None else row.lead_from.total_seconds()
        high = 1e9 if row.lead_to is None else row.lead_to.total_seconds()
        within = Counter(r.status for r in rows if low <= r.lead < high)
        assert row.cancelled_count == within.pop("cancelled", 0)
        assert row.no_show_count == within.pop("no_show", 0)
        assert row.kept_count == within.total()
        assert row.booking_count == row.kept_count + row.cancelled_count + row.no_show_count
    summary = bookingdb.report_summary(desk.conn, FIRST, LAST)
    leads = sorted(r.lead for r in rows)
    assert summary.booking_count == len(leads)
    for found_lead, share in ((summary.median_lead, 0.5), (summary.p90_lead, 0.9)):
        assert found_lead is not None
        assert found_lead.total_seconds() == pytest.approx(nearest_rank(leads, share))


def nearest_rank(values: list[float], share: float) -> float:
    return next(v for n, v in enumerate(values, 1) if n >= share * len(values))


def test_deliveries(desk: Desk) -> None:
    rows = [
        row
        for row in desk.rows("select * from bookingdb.webhook_deliveries")
        if FIRST <= local(row.created_at) <= LAST
    ]
    states = Counter((local(row.created_at), row.state) for row in rows)
    found = bookingdb.report_deliveries(desk.conn, FIRST, LAST)
    for row in found:
        for state in ("delivered", "pending", "dead", "discarded"):
            assert getattr(row, f"{state}_count") == states[row.since, state]
        lags = sorted(
            (r.finished_at - r.event_at).total_seconds()
            for r in rows
            if (local(r.created_at), r.state) == (row.since, "delivered")
        )
        given = [row.median_lag, row.p95_lag, row.longest_lag]
        expected = [nearest_rank(lags, share) if lags else None for share in (0.5, 0.95, 1.0)]
        assert [lag and lag.total_seconds() for lag in given] == pytest.approx(expected)
    total = Counter(row.state for row in rows)
    summary = bookingdb.report_summary(desk.conn, FIRST, LAST)
    assert summary.delivered_count == total["delivered"] > 30
    assert (summary.pending_count, summary.dead_count) == (total["pending"], total["dead"])
    assert summary.delivered_share == pytest.approx(
        total["delivered"] / (total["delivered"] + total["dead"])
    )


def test_endpoints(desk: Desk) -> None:
    found = bookingdb.report_endpoints(desk.conn, FIRST, LAST)
    assert sorted(e.host for e in found) == ["h0.example", "h1.example", "h2.example"]
    whole = bookingdb.report_summary(desk.conn, FIRST, LAST)
    for state in ("delivered", "pending", "dead"):
        counts = [getattr(e, f"{state}_count") for e in found]
        assert sum(counts) == getattr(whole, f"{state}_count")
        assert sorted(counts)[0] == 0 < sorted(counts)[1]


def test_refusals(desk: Desk) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    waived = {"Too near to be booked": "lead_time", "Too far ahead to be booked": "horizon"}
    for slot in desk.rows("select * from bookingdb.time_slots"):
        if slot.starts_at > NOW and slot.date <= LAST:
            refused = bookingdb.why_unavailable(desk.conn, slot.date, slot.time)
            expected["slot", refused[0].code if refused else ""] += 1
    for (_, what), number in counted(desk, FIRST, LAST).items():
        if what in ("waiting", "unserved", "expired", "payment_failed"):
            expected["booking", what] += number
    for row in desk.rows("select * from bookingdb.booking_audit_log where waived is not null"):
        expected["waived", *row.waived] += 1
    for row in desk.rows("select * from bookingdb.booking_quarantine"):
        expected["import", row.code] += local(row.created_at) >= FIRST
    for row in desk.rows(
        "select d.created_at, a.status from bookingdb.webhook_attempts a"
        " join bookingdb.webhook_deliveries d using (webhook_id)"
    ):
        expected["webhook", str(row.status)] += local(row.created_at) >= FIRST
    found: Counter[tuple[str, str]] = Counter()
    for one in bookingdb.report_refusals(desk.conn, FIRST, LAST):
        assert one.description
        found[one.kind, "ZB005" if one.description in waived else one.reason] += one.count
    assert expected.pop(("slot", "")) > 20
    assert {code for kind, code in found if kind == "slot"} >= {"ZB002", "ZB003", "ZB004"}
    assert {kind for kind, _ in found} == {"slot", "booking", "import", "webhook", "waived"}
    assert found == expected


def test_summary_adds_up(desk: Desk) -> None:
    summary = bookingdb.report_summary(desk.conn, FIRST, LAST)
    activity = bookingdb.report_activity(desk.conn, FIRST, LAST)
    for name in ("made", "waiting", "moved", "cancelled", "expired", "unserved", "no_show"):
        total = sum(getattr(row, f"{name}_count") for row in activity)
        assert getattr(summary, f"{name}_count") == total
    for name, is_past in (("begun", True), ("coming", False)):
        shares = [
            f.share for f in filled(desk, FIRST, LAST) if (f.slot.starts_at <= NOW) == is_past
        ]
        assert getattr(summary, f"{name}_count") == len(shares) > 20
        assert getattr(summary, f"{name}_full_count") == shares.count(1)
        assert getattr(summary, f"{name}_occupancy") == pytest.approx(sum(shares) / len(shares))
    assert (summary.log_since, summary.deliveries_since) == (None, None)


def test_what_is_gone_is_said(desk: Desk) -> None:
    with desk.conn.transaction(force_rollback=True):
        desk.conn.execute(
            "update bookingdb.relay_cursor set dropped_before = '2027-03-31 22:00+00',"
            " settled_before = '2027-03-20 12:00+00'"
        )
        summary = bookingdb.report_summary(desk.conn, FIRST, LAST)
        assert summary.log_since == dt.date(2027, 4, 1)
        assert summary.deliveries_since == dt.date(2027, 3, 20)


def test_an_empty_business(desk: Desk) -> None:
    with desk.conn.transaction(force_rollback=True):
        business = uuid4()
        bookingdb.create_business(desk.conn, "New", "UTC", business_id=business)
        empty = collect(desk.conn, FIRST, LAST, business)
        assert empty.summary.made_count == empty.summary.booking_count == 0
        assert (empty.summary.begun_occupancy, empty.summary.median_lag) == (None, None)
        assert (empty.occupancy, empty.endpoints, empty.refusals) == ([], [], [])
        assert len(empty.activity) == (local(NOW) - FIRST).days + 1
        future = collect(desk.conn, local(NOW) + DAY, LAST, business)
        assert (future.activity, future.deliveries) == ([], [])


@pytest.mark.parametrize(
    ("first", "last"), [(LAST, FIRST), (FIRST, FIRST + 3653 * DAY), (dt.date.min, dt.date.max)]
)
def test_no_range_of_dates(desk: Desk, first: dt.date, last: dt.date) -> None:
    with pytest.raises(bookingdb.InvalidArgument), desk.conn.transaction():
        collect(desk.conn, first, last, DEFAULT_BUSINESS_ID)
