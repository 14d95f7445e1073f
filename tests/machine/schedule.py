"""The model of a schedule and of how the slots follow it, from the contracts."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from tests.machine.lifecycle import Lifecycle
from tests.machine.records import Booking, Key, Policies, Refused, Slot, instant_of

__all__ = ["Opening", "Planned", "Rule", "Shop"]

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Opening:
    """Hours of a day with the limits of each slot."""

    opens: dt.time
    closes: dt.time
    slot_interval: dt.timedelta
    max_bookings: int
    max_bouquets: int


@dataclass(frozen=True)
class Rule:
    """Opening hours of some weekdays, from a date up to but not on another."""

    begins: dt.date
    ends: dt.date
    weekdays: frozenset[int]
    opening: Opening


class Planned(NamedTuple):
    """A row of plan_schedule_refresh(), but for its plan_id."""

    date: dt.date
    time: dt.time
    action: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    max_bookings: int
    max_bouquets: int
    old_max_bookings: int | None
    old_max_bouquets: int | None
    booked_count: int
    booked_bouquets: int
    effect: str | None
    affected_bookings: tuple[UUID, ...]
    waiting_bookings: tuple[UUID, ...]


class Shop(Lifecycle):
    """A business with its schedule: all of the model."""

    def __init__(self, business_id: UUID, policies: Policies, now: dt.datetime) -> None:
        super().__init__(policies, now)
        self.business_id = business_id
        self.rules: list[Rule] = []
        self.exceptions: dict[dt.date, tuple[Opening, ...]] = {}

    def set_hours(self, begins: dt.date | None, weekly: list[tuple[set[int], Opening]]) -> None:
        begins = begins or self.today
        if begins < self.today:
            raise Refused("ZB012")
        self.rules = [
            *(replace(r, ends=min(r.ends, begins)) for r in self.rules if r.begins < begins),
            *(Rule(begins, dt.date.max, frozenset(days), opening) for days, opening in weekly),
        ]

    def set_exception(self, date: dt.date, openings: tuple[Opening, ...]) -> None:
        if date < self.today:
            raise Refused("ZB012")
        self.exceptions[date] = openings

    def close(self, first: dt.date, last: dt.date, *, is_replaced: bool) -> int:
        """How many dates are closed that were not, or were replaced."""
        dates = [first + n * DAY for n in range((last - first).days + 1)]
        closed = [d for d in dates if d >= self.today and (is_replaced or d not in self.exceptions)]
        self.exceptions.update((d, ()) for d in closed)
        return len(closed)

    def reopen(self, date: dt.date) -> bool:
        if date < self.today:
            raise Refused("ZB012")
        return self.exceptions.pop(date, None) is not None

    def scheduled(self, date: dt.date) -> dict[Key, Slot]:
        """The slots that the schedule wants on a date."""
        weekly = (
            r.opening
            for r in self.rules
            if r.begins <= date < r.ends and date.isoweekday() in r.weekdays
        )
        wanted = {}
        for opening in self.exceptions.get(date, weekly):
            local = dt.datetime.combine(date, opening.opens)
            while local + opening.slot_interval <= dt.datetime.combine(date, opening.closes):
                begins = instant_of(date, local.time(), self.policies.time_zone)
                if begins is not None:
                    wanted[date, local.time()] = Slot(
                        begins,
                        begins + opening.slot_interval,
                        opening.max_bookings,
                        opening.max_bouquets,
                    )
                local += opening.slot_interval
        return wanted

    def adjust(self, key: Key, max_bookings: int | None, max_bouquets: int | None) -> Slot:
        if min(max_bookings or 0, max_bouquets or 0) < 0:
            raise Refused("ZB012")
        if key not in self.slots:
            raise Refused("ZB001")
        slot, is_adjusted = self.slots[key], (max_bookings, max_bouquets) != (None, None)
        base = slot if is_adjusted else self.scheduled(key[0]).get(key, slot)
        self.slots[key] = replace(
            slot,
            is_adjusted=is_adjusted,
            max_bookings=base.max_bookings if max_bookings is None else max_bookings,
            max_bouquets=base.max_bouquets if max_bouquets is None else max_bouquets,
        )
        self.offer(key)
        return self.slots[key]

    def plan(self) -> list[Planned]:
        """What a refresh would do, slot by slot."""
        days = [self.today + n * DAY for n in range(self.policies.horizon_days + 1)]
        wanted = {
            key: slot
            for day in days
            for key, slot in self.scheduled(day).items()
            if slot.starts_at > self.now
        }
        rows = (self._planned(key, wanted.get(key)) for key in sorted({*wanted, *self.slots}))
        return [row for row in rows if row is not None]

    def refresh(self) -> dict[str, int]:
        """Let the slots follow the schedule; how many were created, updated and so on."""
        rows = self.plan()
        for row in rows:
            key = row.date, row.time
            if row.action == "delete":
                del self.slots[key]
                continue
            old = self.slots.get(key)
            self.slots[key] = Slot(
                *row[3:7], old is not None and old.is_adjusted, row.action == "make_legacy"
            )
        changed = [(r.date, r.time) for r in rows if r.action not in ("create", "delete")]
        over = sum(min(self.free(key)) < 0 for key in changed)
        for key in changed:
            self.offer(key)
        done = [row.action for row in rows]
        counts = {
            "created": "create",
            "updated": "update",
            "restored": "restore",
            "made_legacy": "make_legacy",
            "deleted": "delete",
        }
        return {n: done.count(a) for n, a in counts.items()} | {"over_capacity": over}

    def apply(self, plan: list[Planned] | None, policy: str, by: str) -> dict[str, int]:
        """Refresh by a plan that was made before, if it still holds; None was never made."""
        now = self.plan()
        affected = [booking_id for row in now for booking_id in row.affected_bookings]
        if now != plan:
            raise Refused("ZB013")
        if policy == "refuse" and affected:
            raise Refused("ZB015")
        counts = self.refresh()
        in_vain = [booking_id for row in now for booking_id in row.waiting_bookings]
        proposals = []
        for booking in (self.bookings[i] for i in affected + in_vain if policy == "offer"):
            slots = tuple(dt.datetime.combine(*key) for key in self.alternatives(booking, 3))
            if slots and booking.status in ("waiting", "held", "confirmed"):
                proposals.append((booking, slots))
        for booking, slots in proposals:
            self.change(booking, by, proposed_slots=slots)
        return counts | {"proposed": len(proposals)}

    def available(self, bouquets: int, *, include_full: bool = False) -> dict[Key, tuple[int, int]]:
        """The slots that can be booked, with what is left in each."""
        found = {}
        for key in filter(self.is_open, sorted(self.slots)):
            left = self.left(key)
            if include_full or (left[0] >= 1 and left[1] >= bouquets):
                found[key] = max(0, left[0]), max(0, left[1])
        return found

    def alternatives(self, booking: Booking, limit: int) -> list[Key]:
        """The nearest slots that can be booked instead."""
        begins = self.slots[booking.key].starts_at
        others = [k for k in self.available(booking.bouquets) if k != booking.key]
        others.sort(key=lambda k: (abs(self.slots[k].starts_at - begins), self.slots[k].starts_at))
        return others[:limit]

    def _planned(self, key: Key, wanted: Slot | None) -> Planned | None:
        old = self.slots.get(key)
        if old is None:
            assert wanted is not None
            action, new = "create", wanted
        elif wanted is None:
            is_kept = old.is_adjusted or bool(self.in_slot(key))
            if old.starts_at <= self.now or (old.is_legacy and is_kept):
                return None
            action, new = "make_legacy" if is_kept else "delete", old
        else:
            new = replace(wanted, is_adjusted=old.is_adjusted)
            if old.is_adjusted:
                new = replace(new, max_bookings=old.max_bookings, max_bouquets=old.max_bouquets)
            if new == old:
                return None
            action = "restore" if old.is_legacy else "update"
        affected = self._affected(key, action, new)
        effect = "kept_on_legacy" if action == "make_legacy" else "over_limit"
        return Planned(
            *key,
            action,
            new.starts_at,
            new.ends_at,
            new.max_bookings,
            new.max_bouquets,
            None if old is None else old.max_bookings,
            None if old is None else old.max_bouquets,
            *self.booked(key),
            effect if affected else None,
            affected,
            tuple(b.booking_id for b in self.waiting(key) if action == "make_legacy"),
        )

    def _affected(self, key: Key, action: str, new: Slot) -> tuple[UUID, ...]:
        """Whom a change leaves on a legacy slot, or above the limits: those that came last."""
        affected, count, bouquets = [], 0, 0
        for booking in (b for b in self.in_slot(key) if b.takes_place):
            count, bouquets = count + 1, bouquets + booking.bouquets
            is_over = count > new.max_bookings or bouquets > new.max_bouquets
            if action == "make_legacy" or (action in ("update", "restore") and is_over):
                affected.append(booking.booking_id)
        return tuple(affected)
