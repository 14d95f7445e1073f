"""The rules that move the clock and change slots and schedule."""

import datetime as dt
from dataclasses import asdict, astuple
from typing import Any
from uuid import UUID, uuid4

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import rule

import bookingdb
from bookingdb import AffectedPolicy
from tests.machine.draws import OPENINGS, SHOPS, SLOTS, WEEKLY
from tests.machine.machine import Machine, Weekly, actor_of, rules_of
from tests.machine.schedule import Opening, Planned

__all__ = ["ScheduleRules"]

Plan = tuple[UUID | None, list[Planned] | None]

SECOND = dt.timedelta(seconds=1)
LIMITS = st.sampled_from([None, 1, 2, 3, 0, 4])
FOLLOWS = st.sampled_from([None, "refresh", "refresh", *AffectedPolicy, AffectedPolicy.OFFER])
DAYS = st.sampled_from([None, 0, 1, 1, 2, -1])


class ScheduleRules(Machine):
    """Time, and staff who changes slots and schedule."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        super().__init__(conn)
        self.plans: dict[int, Plan] = {}

    @rule(n=SHOPS)
    def plan(self, n: int) -> None:
        shop = self.visit(n)
        rows = bookingdb.plan_schedule_refresh(self.conn, business_id=shop.business_id)
        said = [Planned._make((*astuple(r)[:12], *map(tuple, astuple(r)[12:14]))) for r in rows]
        expected = shop.plan()
        assert said == expected
        assert len({r.plan_id for r in rows}) <= 1
        self.plans[n] = (rows[0].plan_id if rows else None), expected

    @rule(n=SHOPS, policy=st.sampled_from(AffectedPolicy), is_made_up=st.booleans())
    def apply(self, n: int, policy: AffectedPolicy, is_made_up: bool = False) -> None:
        """The plan that was made last, which the facts may have overtaken."""
        shop = self.visit(n)
        never = uuid4(), None
        plan_id, plan = never if is_made_up else self.plans.get(n, never)
        self.play(
            shop,
            f"apply {policy}",
            lambda: asdict(
                bookingdb.apply_schedule_plan(
                    self.conn,
                    plan_id,  # type: ignore[arg-type]  # the empty plan has none
                    policy=policy,
                    actor=actor_of("admin"),
                    business_id=shop.business_id,
                )
            ),
            lambda _: shop.apply(plan, str(policy), "admin"),
        )

    @rule()
    def wait(self) -> None:
        """Time enough for some holds. Without arguments, so that Hypothesis's simplest example,
        the first of each round, repeats what costs nothing.
        """
        self.wait_until(self.now + 600 * SECOND)

    @rule(n=SHOPS, nth=st.integers(0, 3), early=st.booleans())
    def wait_for_something(self, n: int, nth: int, early: bool) -> None:
        """Let the next step happen at an instant that changes something, or a second before."""
        shop = self.shops[n]
        policies = shop.policies
        coming = {b.hold_expires_at for b in shop.bookings.values() if b.status == "held"}
        for slot in shop.slots.values():
            begins = slot.starts_at
            coming |= {begins, begins - policies.lead_time, begins - policies.cancellation_window}
        later = sorted(i for i in coming if i is not None and i > self.now + 2 * SECOND)
        if later:
            self.wait_until(later[nth % len(later)] - early * SECOND)

    @rule(n=SHOPS, hours=st.sampled_from([5, 13]))
    def wait_long(self, n: int, hours: int) -> None:
        self.wait_until(self.now + hours * 3600 * SECOND)
        self.refresh(n)

    @rule(n=SHOPS, slot=SLOTS, max_bookings=LIMITS, max_bouquets=LIMITS)
    def adjust(self, n: int, slot: int, max_bookings: int | None, max_bouquets: int | None) -> None:
        shop = self.visit(n)
        key = self.some_key(shop, slot)
        self.play(
            shop,
            "adjust",
            lambda: bookingdb.adjust_slot(
                self.conn,
                *key,
                max_bookings=max_bookings,
                max_bouquets=max_bouquets,
                business_id=shop.business_id,
            ),
            lambda _: shop.adjust(key, max_bookings, max_bouquets),
        )

    @rule(
        n=SHOPS,
        weekly=WEEKLY,
        days=DAYS,
        how=FOLLOWS,
    )
    def set_hours(
        self, n: int, weekly: Weekly, days: int | None, how: AffectedPolicy | str | None
    ) -> None:
        shop = self.visit(n)
        begins = None if days is None else shop.today + dt.timedelta(days)
        self.play(
            shop,
            "hours",
            lambda: bookingdb.set_opening_hours(
                self.conn,
                rules_of(weekly),
                effective_from=begins,
                business_id=shop.business_id,
            ),
            lambda _: shop.set_hours(begins, weekly),
        )
        self.follow(n, how)

    @rule(
        n=SHOPS,
        days=st.sampled_from([0, 1, 1, 2, -1]),
        openings=st.sampled_from([None, (), (OPENINGS[0],), (OPENINGS[3], OPENINGS[4])]),
        how=FOLLOWS,
    )
    def set_exception(
        self,
        n: int,
        days: int,
        openings: tuple[Opening, ...] | None,
        how: AffectedPolicy | str | None,
    ) -> None:
        """A date with openings of its own; None: as the weekly schedule has it again."""
        shop = self.visit(n)
        date = shop.today + dt.timedelta(days)
        if openings is None:
            self.play(
                shop,
                "reopen",
                lambda: int(
                    bookingdb.clear_schedule_exception(
                        self.conn, date, business_id=shop.business_id
                    )
                ),
                lambda _: int(shop.reopen(date)),
            )
        else:
            self.play(
                shop,
                "exception",
                lambda: bookingdb.set_schedule_exception(
                    self.conn, date, [vars(o) for o in openings], business_id=shop.business_id
                ),
                lambda _: shop.set_exception(date, openings),
            )
        self.follow(n, how)

    @rule(n=SHOPS, first=st.integers(-1, 1), more=st.integers(0, 1), is_replaced=st.booleans())
    def close(self, n: int, first: int, more: int, is_replaced: bool) -> None:
        """Holidays, some of them past."""
        shop = self.visit(n)
        begins = shop.today + dt.timedelta(first)
        ends = begins + dt.timedelta(more)
        self.play(
            shop,
            "close",
            lambda: len(
                bookingdb.add_closures(
                    self.conn,
                    [{"from": begins, "to": ends, "reason": "holidays"}],
                    replace=is_replaced,
                    business_id=shop.business_id,
                )
            ),
            lambda _: shop.close(begins, ends, is_replaced=is_replaced),
        )

    def follow(self, n: int, how: AffectedPolicy | str | None) -> None:
        """Let the slots follow at once, by a plan or without; or not yet."""
        if isinstance(how, AffectedPolicy):
            self.plan(n)
            self.apply(n, how)
        elif how is not None:
            self.refresh(n)

    @rule(n=SHOPS)
    def refresh(self, n: int) -> None:
        shop = self.visit(n)
        self.play(
            shop,
            "refresh",
            lambda: asdict(
                bookingdb.refresh_future_schedule(self.conn, business_id=shop.business_id)
            ),
            lambda _: shop.refresh(),
        )
