"""Whether the promises were kept: what is stored, what was told, and what was refused."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import psycopg

import bookingdb
from bookingdb.loadtest.client import REFUSALS, RETRYABLE
from bookingdb.loadtest.ground import Ground
from bookingdb.loadtest.plan import Plan
from bookingdb.loadtest.tally import ACCEPTED, UNSENT, Changed, Refused, Tally, Told

__all__ = ["Finding", "Verdict", "judge", "wrong_refusals"]

STORED = """
select booking_id::text, version, status::text, payment_status::text, date, time, bouquets
  from bookingdb.bookings
 where business_id = %s
"""
OCCUPYING = ("held", "confirmed", "completed", "no_show")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be."""

    check: str
    object: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found."""

    findings: list[Finding]
    """Empty when all is well."""
    bookings: int
    """That are stored."""


def judge(conn: psycopg.Connection[Any], ground: Ground, plan: Plan, whole: Tally) -> Verdict:
    """Look at everything once nobody calls any more."""
    findings = [
        Finding("unexpected_answer", operation, f"{outcome}, {count} times")
        for (operation, outcome), count in sorted(whole.outcomes.items())
        if outcome not in (ACCEPTED, UNSENT, *REFUSALS, *RETRYABLE)
    ]
    findings += [
        Finding(found.check_name, found.object, found.detail)
        for found in bookingdb.check_integrity(conn)
    ]
    findings += [
        Finding("audit_log", f"{damage.booking_id} {damage.booking_version}", damage.detail)
        for damage in bookingdb.verify_audit(conn, business_id=ground.business_id)
    ]
    number = {slot: n for n, slot in enumerate(ground.slots)}
    stored = {
        key: (*values, number.get((date, time)), bouquets)
        for key, *values, date, time, bouquets in conn.execute(STORED, [ground.business_id])
    }
    findings += _differences(stored, whole.told)
    findings += _overbooked(stored.values(), plan.places, plan.bouquets)
    findings += wrong_refusals(whole.told, plan.places, plan.bouquets)
    return Verdict(findings, len(stored))


def _differences(stored: dict[str, Any], told: Iterable[Told]) -> Iterator[Finding]:
    """What is not stored as it was acknowledged, and what nobody was told of."""
    changes = sorted(
        (one for one in told if isinstance(one, Changed)), key=lambda change: change.version
    )
    expected = {change.booking_id: change[3:] for change in changes}
    for key in stored.keys() | expected.keys():
        if (said := expected.get(key)) != (found := stored.get(key)):
            yield Finding("told_and_stored", key, f"told {said}, stored {found}")


def _overbooked(stored: Iterable[Any], places: int, bouquets: int) -> Iterator[Finding]:
    """A recount that asks no counter."""
    booked: dict[int, list[int]] = defaultdict(list)
    for _, status, _, slot, quantity in stored:
        if status in OCCUPYING:
            booked[slot].append(quantity)
    for slot, each in booked.items():
        if len(each) > places or sum(each) > bouquets:
            detail = f"{len(each)} of {places} bookings, {sum(each)} of {bouquets} bouquets"
            yield Finding("overbooked", f"slot {slot}", detail)


def wrong_refusals(told: Iterable[Told], places: int, bouquets: int) -> Iterator[Finding]:
    """Refusals by a slot that had room all the time while they were made.

    When exactly a change takes effect between call and answer nobody outside knows. So it is
    taken to occupy its place from the call that took it to the answer of the one that left it:
    what had room even then had room.
    """
    by_slot: dict[int, _Occupancy] = defaultdict(_Occupancy)
    refusals = []
    before: dict[str, Changed] = {}
    for one in sorted(told, key=lambda one: one.begun):
        if isinstance(one, Refused):
            refusals.append(one)
            continue
        old = before.get(one.booking_id)
        before[one.booking_id] = one
        place = _place(one)
        if (was := old and _place(old)) != place:
            if was:
                by_slot[was[0]].left.append((one.ended, was[1]))
            if place:
                by_slot[place[0]].taken.append((one.begun, place[1]))
    for occupancy in by_slot.values():
        occupancy.sum_up()
    for one in refusals:
        count, sum_ = by_slot[one.slot].at_most(one.begun, one.ended)
        if count < places and (one.code == "ZB002" or sum_ + one.bouquets <= bouquets):
            detail = (
                f"{one.code} at {one.begun:.3f} s, with at most {count} bookings, {sum_} bouquets"
            )
            yield Finding("wrong_refusal", f"slot {one.slot}", detail)


class _Occupancy:
    """Of a slot: when which quantity came and left."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, int]] = []
        self.left: list[tuple[float, int]] = []

    def sum_up(self) -> None:
        for events in (self.taken, self.left):
            events.sort()
            sums = accumulate(quantity for _, quantity in events)
            events[:] = [(at, sum_) for (at, _), sum_ in zip(events, sums, strict=True)]

    def at_most(self, begun: float, ended: float) -> tuple[int, int]:
        """Bookings and bouquets that can have been there at one time between."""
        came = bisect_right(self.taken, ended, key=lambda event: event[0])
        gone = bisect_left(self.left, begun, key=lambda event: event[0])
        return came - gone, self._sum(self.taken, came) - self._sum(self.left, gone)

    def _sum(self, events: list[tuple[float, int]], count: int) -> int:
        return events[count - 1][1] if count else 0


def _place(change: Changed) -> tuple[int, int] | None:
    return (change.slot, change.bouquets) if change.status in OCCUPYING else None
