"""The machine without its rules: two businesses, a clock, and the comparison after each step."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import psycopg
from hypothesis.stateful import RuleBasedStateMachine, invariant

import bookingdb
from bookingdb import Actor, ActorKind
from tests.machine.draws import ALIVE, BEGUN, NONE, OVER, ZONES
from tests.machine.facts import differences
from tests.machine.records import Key, Policies
from tests.machine.schedule import Opening, Shop

__all__ = ["Machine", "Weekly", "actor_of", "rules_of", "set_clock"]

T = TypeVar("T")
Weekly = list[tuple[set[int], Opening]]

_RETURNED = ["booking_id", "status", "bouquets", "hold_expires_at", "customer_email", "version"]


class Machine(RuleBasedStateMachine):
    """Rules are in the subclasses. Make one per example, on a connection of a superuser."""

    tally: ClassVar[Counter[str]] = Counter()
    """How often each outcome came."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        super().__init__()
        self.conn = conn
        self.shops: list[Shop] = []
        self.visited: int | None = None
        self.step = 0

    def open_shops(
        self, begins: dt.datetime, policies: tuple[Policies, ...], weekly: tuple[Weekly, ...]
    ) -> None:
        self.now = self.due = begins
        set_clock(self.conn, begins)
        for zone, policy, rules in zip(ZONES, policies, weekly, strict=True):
            made = bookingdb.create_business(
                self.conn,
                "Flower shop",
                zone,
                horizon_days=policy.horizon_days,
                lead_time=policy.lead_time,
                cancellation_window=policy.cancellation_window,
                hold_time_to_live=policy.hold_time_to_live,
                customer_limit=policy.customer_limit,
                business_id=uuid4(),
            )
            shop = Shop(made.business_id, replace(policy, time_zone=zone), begins)
            bookingdb.set_opening_hours(self.conn, rules_of(rules), business_id=shop.business_id)
            bookingdb.refresh_future_schedule(self.conn, business_id=shop.business_id)
            shop.set_hours(None, rules)
            shop.refresh()
            self.shops.append(shop)
        self.visited = 0

    def wait_until(self, instant: dt.datetime) -> None:
        """Let what comes next happen at that very instant."""
        self.due = instant

    def visit(self, n: int) -> Shop:
        """One of the shops, a moment later: so no two bookings come at the same instant."""
        self.now = max(self.now + dt.timedelta(seconds=1), self.due)
        for shop in self.shops:
            shop.now = self.now
        set_clock(self.conn, self.now)
        self.visited = n
        return self.shops[n]

    def play(
        self, shop: Shop, name: str, call: Callable[[], T], predict: Callable[[T | None], Any]
    ) -> T | None:
        """Call the database, then ask the model; both must succeed, or fail with one code."""
        result: T | None = None
        code = ""
        try:
            result = call()
        except psycopg.Error as error:
            code = str(error.sqlstate)
            told: object = error
        else:
            told = result
        expected, value = shop.outcome(lambda: predict(result))
        Machine.tally[f"{name} {code or 'ok'}"] += 1
        assert code == expected, f"{name}: {code!r}, the model says {expected!r}; {told}"
        if isinstance(result, bookingdb.Booking):
            said: object = tuple(getattr(result, f) for f in _RETURNED)
            value = tuple(getattr(value, f) for f in _RETURNED)
        else:
            said = result if isinstance(result, int | dict | tuple) else value
        assert said == value, f"{name}: it returned {said}, the model says {value}"
        return result

    @invariant()
    def agrees(self) -> None:
        """Database and model say the same of the shop; now and then, also of the other."""
        if self.visited is not None:
            Machine.tally["steps"] += 1
            self.step += 1
            is_time_for_all = self.step % 5 == 0
            self.compare(self.shops if is_time_for_all else [self.shops[self.visited]])
            self.visited = None

    def compare(self, shops: list[Shop]) -> None:
        for shop in shops:
            found = list(differences(self.conn, shop, self.step % 3 + 1))
            assert not found, "\n".join(found)

    def teardown(self) -> None:
        self.compare(self.shops)
        found = bookingdb.check_integrity(self.conn)
        assert not found, found

    def some_key(self, shop: Shop, n: int) -> Key:
        """A slot that has not begun, if there is any; or the first of all; or none."""
        coming = sorted(k for k, s in shop.slots.items() if s.starts_at > self.now)
        keys = coming or sorted(shop.slots)
        if not keys or n == NONE:
            return shop.today, dt.time(23)
        return min(shop.slots) if n == BEGUN else keys[n % len(keys)]

    def some_booking(self, shop: Shop, n: int, *wanted: str) -> UUID:
        """Mostly one of a wanted status, the latest first, else of any but those that are over;
        or one that is over; or a deleted one, or none.
        """
        latest = sorted(shop.bookings.values(), key=lambda b: b.created_at, reverse=True)
        alive = [b for b in latest if b.status in ALIVE] or latest
        over = [b for b in latest if b.status not in ALIVE] or latest
        fitting = [b for b in alive if b.status in wanted] or alive
        if n == NONE or not latest:
            return next((i for i in shop.log if i not in shop.bookings), uuid4())
        candidates = over if n >= OVER else alive if n % 4 == 3 else fitting
        return candidates[n % OVER % len(candidates)].booking_id


def set_clock(conn: psycopg.Connection[Any], now: dt.datetime) -> None:
    conn.execute("select set_config('machine.clock', %s, false)", [now.isoformat()])


def actor_of(by: str) -> Actor | None:
    """Nobody named means system."""
    return None if by == "system" else Actor(ActorKind(by), "somebody")


def rules_of(weekly: Weekly) -> list[dict[str, Any]]:
    return [{"weekday": sorted(days), **vars(opening)} for days, opening in weekly]
