"""What a booking was, and whether there was room, at any instant: what the logs say of it is what
the tables said then.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import Actor, ActorKind, PaymentStatus
from tests.shop import DAY, NINE, Shop, hours
from tests.support import Database, rewrite, scalar

STAFF = Actor(ActorKind.ADMIN, "bob")
ZONE = "Europe/Berlin"
TEN = dt.time(10)

RECORD = """
create table said (at timestamptz, date date, "time" time, bouquets int, was jsonb);
create table stood (at timestamptz, booking_id uuid, was jsonb);
"""
# Of a slot: what is in the table, what is left by available_slots(), why it cannot be booked.
# Holds that have run out are in the counters until they are swept.
SAY = """
insert into said
select bookingdb.clock_now(), d.date, d.time, d.bouquets, jsonb_build_object(
         'was_there', s.date is not null, 'is_legacy', s.is_legacy, 'is_adjusted', s.is_adjusted,
         'starts_at', s.starts_at, 'max_bookings', s.max_bookings, 'max_bouquets', s.max_bouquets,
         'waiting_count', s.waiting_count, 'booked_count', s.booked_count - h.count,
         'booked_bouquets', s.booked_bouquets - h.bouquets, 'is_open', a.date is not null,
         'remaining_bookings', a.remaining_bookings, 'remaining_bouquets', a.remaining_bouquets,
         'codes', array(select w.code from bookingdb.why_unavailable(d.date, d.time, d.bouquets) w))
  from jsonb_to_recordset(%s) as d (date date, "time" time, bouquets int)
  left join bookingdb.time_slots s using (date, "time")
  left join bookingdb.available_slots(%s, %s, 1, true) a using (date, "time")
 cross join lateral (
   select count(*), coalesce(sum(b.bouquets), 0) as bouquets from bookingdb.bookings b
    where b.date = d.date and b.time = d.time
      and b.status = 'held' and b.hold_expires_at <= bookingdb.clock_now()) h
"""
STAND = """
insert into stood
select bookingdb.clock_now(), b.booking_id, to_jsonb(b) from bookingdb.bookings b
"""
# What is left of a slot that is not open only the log says: available_slots() leaves it out.
SLOTS_THAT_DIFFER = """
select s.at, s.date, s.time, s.was, n.now
  from said s
 cross join lateral (
   select to_jsonb(a) - 'reasons' as now
     from bookingdb.availability_as_of(s.date, s.time, s.at, s.bouquets) a) n
 where s.was is distinct from case when (n.now ->> 'is_open')::boolean then n.now
       else n.now || '{"remaining_bookings": null, "remaining_bouquets": null}' end
"""
BOOKINGS_THAT_DIFFER = """
select i.at, b.booking_id, s.was, to_jsonb(p)
  from (select distinct at from stood) i
 cross join (select distinct booking_id from stood) b
 cross join lateral bookingdb.booking_state(
   bookingdb.default_business_id(), b.booking_id, i.at) p
  left join stood s on s.at = i.at and s.booking_id = b.booking_id
 where s.was is distinct from case when p.booking_id is not null then to_jsonb(p) end
"""


class Story:
    """Random things happen in a shop, one at an instant; after each is noted what stands."""

    def __init__(self, shop: Shop, database: Database, seed: int) -> None:
        self.shop, self.database, self.random = shop, database, random.Random(seed)
        self.conn = shop.conn
        tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
        self.now = dt.datetime.combine(tomorrow, dt.time(3), dt.UTC)
        self.dates = [tomorrow + dt.timedelta(days=n) for n in range(4)]
        self.times = [dt.time(9), dt.time(9, 30), dt.time(10)]
        self.happened: Counter[str] = Counter()
        shop.set_hours(hours(closes="10:30"))
        self.conn.execute(RECORD)

    def tell(self, steps: int) -> None:
        for _ in range(steps):
            self.now += dt.timedelta(seconds=self.random.choice([1, 60, 600, 1800]))
            self.database.set_clock(str(self.now))
            self.step()
            probes = [
                {"date": d, "time": t, "bouquets": self.random.randint(1, 4)}
                for d in self.random.sample(self.dates, 2)
                for t in self.random.sample(self.times, 2)
            ]
            first, last = self.dates[0], self.dates[-1]
            self.conn.execute(SAY, [bookingdb._rows.jsonb(probes), first, last])
            if self.random.random() < 0.3:
                self.conn.execute(STAND)

    def step(self) -> None:
        happen = self.random.choices(STEPS, [weight for _, weight in WEIGHTED])[0]
        try:
            with self.conn.transaction():
                happen(self)
        except bookingdb.BookingError:
            return
        self.happened[happen.__name__] += 1

    def slot(self) -> tuple[dt.date, dt.time]:
        return self.random.choice(self.dates), self.random.choice(self.times)

    def booking(self, *statuses: str) -> UUID:
        query = """select booking_id from bookingdb.bookings where status = any (%s)
                    order by created_at, booking_id"""
        alive = ["waiting", "held", "confirmed"]
        found = [row[0] for row in self.conn.execute(query, [list(statuses) or alive])]
        return self.random.choice(found) if found else UUID(int=0)

    def customer(self) -> dict[str, Any]:
        name = self.random.choice(["Ada", "Bob", "Cleo", "Dan"])
        return {"customer_name": name, "customer_email": f"{name}@example.org"}

    def book(self) -> None:
        date, time = self.slot()
        self.shop.book(time, self.random.randint(1, 4), date=date, actor=STAFF, **self.customer())

    def hold(self) -> None:
        date, time = self.slot()
        lasts = dt.timedelta(minutes=self.random.choice([1, 10, 90]))
        self.shop.book(time, 2, date=date, hold_for=lasts, **self.customer())

    def wait(self) -> None:
        who = self.customer().values()
        bookingdb.join_waitlist(self.conn, *self.slot(), self.random.randint(1, 4), *who)

    def confirm(self) -> None:
        bookingdb.confirm_booking(self.conn, self.booking("held", "expired"))

    def cancel(self) -> None:
        bookingdb.cancel_booking(self.conn, self.booking(), actor=STAFF)

    def move(self) -> None:
        bookingdb.reschedule_booking(
            self.conn, self.booking("held", "confirmed"), *self.slot(), actor=STAFF
        )

    def edit(self) -> None:
        bookingdb.update_booking(self.conn, self.booking(), bouquets=self.random.randint(1, 5))

    def pay(self) -> None:
        bookingdb.record_payment(self.conn, self.booking(), PaymentStatus.PAID)

    def expire(self) -> None:
        bookingdb.expire_holds(self.conn)

    def adjust(self) -> None:
        limit = self.random.choice([None, 0, 1, 4])
        bookingdb.adjust_slot(self.conn, *self.slot(), max_bookings=limit)

    def reopen(self) -> None:
        closes = self.random.choice(["09:30", "10:00", "10:30"])
        limit = self.random.randint(1, 3)
        self.shop.set_hours(hours(closes=closes, max_bookings=limit, max_bouquets=6))

    def close(self) -> None:
        bookingdb.set_schedule_exception(self.conn, self.random.choice(self.dates), [])
        bookingdb.refresh_future_schedule(self.conn)

    def change_rules(self) -> None:
        rules: list[dict[str, Any]] = [
            {"lead_time": dt.timedelta(hours=self.random.choice([0, 1, 30]))},
            {"horizon_days": self.random.randint(1, 5)},
            {"customer_limit": self.random.randint(0, 2)},
            {"time_zone": self.random.choice([ZONE, "Asia/Tokyo", "America/Lima"])},
        ]  # fmt: skip
        bookingdb.update_business(self.conn, **self.random.choice(rules))

    def delete(self) -> None:
        arguments = [self.booking("confirmed", "cancelled", "expired")]
        self.conn.execute("delete from bookingdb.bookings where booking_id = %s", arguments)

    def take_away(self) -> None:
        """A slot that nobody ever booked, by hand."""
        self.conn.execute(
            "delete from bookingdb.time_slots s where (date, time) = (%s, %s) and not exists"
            " (select from bookingdb.bookings b where (b.date, b.time) = (s.date, s.time))",
            self.slot(),
        )


WEIGHTED: list[tuple[Callable[[Story], None], int]] = [
    (Story.book, 12), (Story.hold, 14), (Story.wait, 14), (Story.confirm, 4), (Story.cancel, 5),
    (Story.move, 8), (Story.edit, 3), (Story.pay, 2), (Story.expire, 1), (Story.adjust, 3),
    (Story.reopen, 2), (Story.close, 1), (Story.change_rules, 2), (Story.delete, 2),
    (Story.take_away, 1),
]  # fmt: skip
STEPS = [step for step, _ in WEIGHTED]


@pytest.mark.parametrize("seed", [4, 6])
def test_logs_tell_what_the_tables_told(shop: Shop, database: Database, seed: int) -> None:
    """Hundreds of random steps; then each instant is asked for again."""
    story = Story(shop, database, seed)
    story.tell(200)
    story.now += dt.timedelta(hours=1)
    database.set_clock(str(story.now))
    assert shop.conn.execute(SLOTS_THAT_DIFFER).fetchall() == []
    assert shop.conn.execute(BOOKINGS_THAT_DIFFER).fetchall() == []
    seen = {
        code for (codes,) in shop.conn.execute("select was -> 'codes' from said") for code in codes
    }
    assert seen == {"ZB001", "ZB002", "ZB003", "ZB004", "ZB005"}
    assert len(story.happened) >= len(STEPS) - 2


CONTROLS = [  # what is taken away: a function's text, or rows of a log
    ("slot_as_of", "l.created_at > p_at", "l.created_at > p_at + interval '1 year'"),
    ("slot_as_of", "v_slot.created_at > p_at", "false"),
    ("business_as_of", "l.created_at > p_at", "l.created_at > p_at + interval '1 year'"),
    ("booking_state", "l.created_at <= p_at", "l.created_at <= p_at + interval '10 minutes'"),
    ("bookings_as_of", "l.created_at > p_at", "false"),
    ("places_as_of", "or b.hold_expires_at > p_at", "or true"),
    ("places_as_of", "and p_is_open", "and false"),
    ("refusals_as_of", ".is_legacy", ".is_adjusted"),
    ("settings_audit_log", "table_name = 'time_slots' and new_values is null", ""),
    ("settings_audit_log", "table_name = 'time_slots' and new_values is not null", ""),
]


def test_differences_would_be_seen(shop: Shop, database: Database) -> None:
    story = Story(shop, database, 4)
    story.tell(200)
    conn = shop.conn
    for name, old, new in CONTROLS:
        with conn.transaction(force_rollback=True):
            if name.endswith("log"):
                conn.execute("set local session_replication_role = replica")
                conn.execute(f"delete from bookingdb.{name} where {old}".encode())
            else:
                rewrite(conn, name, old, new)
            assert conn.execute(f"{SLOTS_THAT_DIFFER} limit 1".encode()).fetchall(), (name, old)
    with conn.transaction(force_rollback=True):
        rewrite(conn, "booking_state", "l.created_at <= p_at", "l.created_at < p_at")
        assert conn.execute(BOOKINGS_THAT_DIFFER).fetchall()


def instant(conn: psycopg.Connection[Any]) -> dt.datetime:
    return scalar(conn, "select clock_timestamp()")  # type: ignore[no-any-return]


def test_booking_as_it_was(shop: Shop) -> None:
    before = instant(shop.conn)
    booked = shop.book(bouquets=2, notes="roses", idempotency_key="k")
    first = instant(shop.conn)
    moved = bookingdb.reschedule_booking(shop.conn, booked.booking_id, DAY, TEN, bouquets=3)
    second = instant(shop.conn)
    shop.conn.execute("delete from bookingdb.bookings")
    third = instant(shop.conn)
    assert bookingdb.booking_as_of(shop.conn, booked.booking_id, first) == booked
    assert bookingdb.booking_as_of(shop.conn, booked.booking_id, second) == moved
    for at in (before, third):
        with pytest.raises(bookingdb.BookingNotFound):
            bookingdb.booking_as_of(shop.conn, booked.booking_id, at)


@pytest.mark.parametrize("at", [None, "infinity", "-infinity", "4713-01-01 BC", "9999-01-01"])
def test_instants_that_nobody_can_answer_for(shop: Shop, at: str | None) -> None:
    booking = shop.book()
    for call in (
        f"select bookingdb.booking_as_of('{booking.booking_id}', %s)",
        f"select bookingdb.availability_as_of('{DAY}', '09:00', %s)",
    ):
        with pytest.raises(bookingdb.InvalidArgument) as caught:
            shop.conn.execute(call.encode(), [at])
        assert "p_at" in caught.value.message


def test_before_the_business_there_was_nothing_to_book(shop: Shop) -> None:
    at = instant(shop.conn) - dt.timedelta(days=1)
    with pytest.raises(bookingdb.InvalidArgument, match="p_at"):
        bookingdb.availability_as_of(shop.conn, DAY, NINE, at)


def test_booking_whose_beginning_was_dropped(shop: Shop, database: Database) -> None:
    """What is older than the log reaches is refused, not guessed; the rest is still told."""
    booking, other = shop.book(), shop.book()
    kept = instant(shop.conn)
    bookingdb.update_booking(shop.conn, booking.booking_id, bouquets=4)
    with database.connect() as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("delete from bookingdb.booking_audit_log where booking_version = 1")
        conn.execute("update bookingdb.relay_cursor set dropped_before = %s", [kept])
    for lost in (booking, other):
        assert bookingdb.booking_as_of(shop.conn, lost.booking_id, kept) == lost
    then = bookingdb.availability_as_of(shop.conn, DAY, NINE, kept)
    assert (then.booked_count, then.booked_bouquets) == (2, 2)
    too_early = kept - dt.timedelta(microseconds=1)
    with pytest.raises(bookingdb.InvalidArgument, match="p_at"):
        bookingdb.booking_as_of(shop.conn, booking.booking_id, too_early)
    with pytest.raises(bookingdb.InvalidArgument, match="p_at"):
        bookingdb.availability_as_of(shop.conn, DAY, NINE, too_early)
    with database.connect() as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("truncate bookingdb.bookings")
        conn.execute("delete from bookingdb.booking_audit_log")
        conn.execute("update bookingdb.time_slots set booked_count = 0, booked_bouquets = 0")


def test_column_that_is_newer_than_the_change(shop: Shop) -> None:
    booking = shop.book()
    at = instant(shop.conn)
    with shop.conn.transaction(force_rollback=True):
        shop.conn.execute("set local session_replication_role = replica")
        shop.conn.execute(
            "update bookingdb.booking_audit_log"
            " set new_values = (new_values - 'payment_method') || '{\"of_later\": 1}'"
        )
        query = (
            "select bouquets = 1 and payment_method is null from bookingdb.booking_as_of(%s, %s)"
        )
        assert scalar(shop.conn, query, [booking.booking_id, at]) is True


def test_why_somebody_was_refused(shop: Shop) -> None:
    """The slot was full when the customer tried, and a place is free now."""
    bookings = [shop.book() for _ in range(3)]
    tried = instant(shop.conn)
    bookingdb.cancel_booking(shop.conn, bookings[0].booking_id)
    assert bookingdb.why_unavailable(shop.conn, DAY, NINE) == []
    then = bookingdb.availability_as_of(shop.conn, DAY, NINE, tried)
    assert (then.booked_count, then.max_bookings, then.remaining_bookings) == (3, 3, 0)
    assert (then.codes, then.reasons) == (
        ["ZB002"],
        [f"Maximum bookings reached: The slot on {DAY} at 09:00:00 had 3 of 3 bookings."],
    )


def test_slot_that_was_not_published_yet(shop: Shop) -> None:
    before = instant(shop.conn)
    shop.set_hours(hours("08:00"))
    early = dt.time(8)
    then = bookingdb.availability_as_of(shop.conn, DAY, early, before)
    assert (then.was_there, then.codes, then.max_bookings) == (False, ["ZB001"], None)
    now = bookingdb.availability_as_of(shop.conn, DAY, early, instant(shop.conn))
    assert (now.was_there, now.codes, now.max_bookings) == (True, [], 3)


def test_all_slots_of_a_refresh_are_of_one_instant(shop: Shop) -> None:
    query = "select count(distinct created_at) from bookingdb.time_slots"
    assert scalar(shop.conn, query) == 1


def test_what_slots_offer_is_logged_and_nothing_else(shop: Shop) -> None:
    """Neither slots that are made nor their counters: there are thousands."""
    count = "select count(*) from bookingdb.settings_audit_log where table_name = 'time_slots'"
    bookings = [shop.book(), shop.book()]
    bookingdb.cancel_booking(shop.conn, bookings[0].booking_id)
    assert scalar(shop.conn, count) == 0
    shop.conn.execute("update bookingdb.time_slots set max_bookings = max_bookings")
    assert scalar(shop.conn, count) == 0
    slots: int = scalar(shop.conn, "select count(*) from bookingdb.time_slots")
    shop.set_hours(hours(max_bookings=4))
    assert scalar(shop.conn, count) == slots
    shop.set_hours(hours("08:00", "09:00"))
    assert scalar(shop.conn, count) == 2 * slots


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("time = '10:30'", ["time: 09:00 -> 10:30"]),
        ("bouquets = 3", ["bouquets: 1 -> 3"]),
        ("customer_phone = '030 1234'", ["customer_phone: (none) -> 030 1234"]),
        (
            "bouquets = 2, customer_name = 'Eve'",
            ["bouquets: 1 -> 2", "customer_name: Ada -> Eve"],
        ),
        (
            "proposed_slots = array[timestamp '2030-01-01 09:30', '2030-01-02 10:00']",
            ["proposed_slots: (none) -> 2030-01-01 09:30, 2030-01-02 10:00"],
        ),
        (
            "hold_expires_at = '2030-01-01 09:30:05+00'",
            ["hold_expires_at: (none) -> 2030-01-01 09:30:05 UTC"],
        ),
        (
            "status = 'cancelled', payment_status = 'paid'",
            [
                "status: confirmed -> cancelled",
                "payment_status: pending -> paid",
                "refund_due: no -> yes",
            ],
        ),
    ],
)
def test_changes_in_words(shop: Shop, changes: str, told: list[str]) -> None:
    booking = shop.book()
    shop.conn.execute(f"update bookingdb.bookings set {changes}".encode())
    entry = bookingdb.booking_history(shop.conn, booking.booking_id)[-1]
    assert entry.changes == told


def test_beginning_and_end_in_words(shop: Shop) -> None:
    booking = shop.book(bouquets=2, notes="roses")
    shop.conn.execute("delete from bookingdb.bookings")
    created, deleted = bookingdb.booking_history(shop.conn, booking.booking_id)
    assert created.changes == [
        f"date: {DAY}", "time: 09:00", "bouquets: 2", "customer_name: Ada",
        "customer_email: ada@example.org", "notes: roses", "status: confirmed",
        "payment_method: pay_on_arrival", "payment_status: pending",
    ]  # fmt: skip
    assert deleted.changes == []
