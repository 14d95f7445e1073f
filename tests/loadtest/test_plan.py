"""When calls are due, how long they took, and which refusals were wrong: without a server."""

import json
from itertools import pairwise

import pytest

from bookingdb.loadtest import Plan, Profile, parse_mix
from bookingdb.loadtest.client import Answer, Client
from bookingdb.loadtest.tally import ACCEPTED, Changed, Latency, Refused, Tally, Told, together
from bookingdb.loadtest.verdict import wrong_refusals
from bookingdb.loadtest.worker import Work


@pytest.mark.parametrize(
    ("profile", "calls", "in_the_first_quarter"),
    [(Profile.STEADY, 1000, 250), (Profile.RAMP, 500, 32), (Profile.FLASH_SALE, 775, 25)],
)
def test_calls_are_due_as_the_profile_says(
    profile: Profile, calls: int, in_the_first_quarter: int
) -> None:
    plan = Plan(seconds=10, rate=100, profile=profile)
    due = list(plan.due())
    assert (len(due), sum(at < 2.5 for at in due)) == (calls, in_the_first_quarter)
    assert all(before < after for before, after in pairwise(due))
    assert sorted([*plan.due(0, 3), *plan.due(1, 3), *plan.due(2, 3)]) == due


def test_a_mix_is_read() -> None:
    assert parse_mix("browse=70,book=2.5") == {"browse": 70, "book": 2.5}
    for bad in ("", "browse", "browse=", "browse=-1", "browse=inf", "browse=nan", "steal=1",
                "book=0"):  # fmt: skip
        with pytest.raises(ValueError, match=r"\w"):
            parse_mix(bad)


def test_percentiles_are_those_of_the_input() -> None:
    """Of 1 to 1,000 ms, to three digits, also when two processes had a half each."""
    halves = Tally(), Tally()
    for ms in range(1, 1001):
        halves[ms % 2].record("book", ACCEPTED, due=5, begun=5, ended=5 + ms / 1000)
    whole = together(Tally.load(json.loads(json.dumps(half.dump()))) for half in halves)
    for percent in (50, 95, 99, 100):
        assert whole.latency["book"].percentile(percent) == pytest.approx(percent * 10, rel=0.002)
    assert (whole.outcomes["book", ACCEPTED], whole.until) == (1000, 6)
    assert whole.waited.percentile(100) < 0.01
    assert Latency().percentile(50) != Latency().percentile(50)  # not a number


class Played(Work):
    """Time goes by only while a call is made or waited for."""

    at = 0.0

    def now(self) -> float:
        return self.at

    def wait_until(self, due: float) -> bool:
        self.at = max(self.at, due)
        return False


class Stalling(Client):
    """Answers in a millisecond, but for the first call, which takes a second."""

    def __init__(self, work: Played) -> None:
        self.work = work

    def call(self, operation: str, slot: int) -> Answer:
        self.work.at += 0.001 if self.work.at else 1.0
        return Answer(operation, ACCEPTED)


def test_who_had_to_wait_for_a_stalled_call_counts_as_slow() -> None:
    """A second without answers concerns the 100 calls that were due in it, not one of 1,000."""
    plan = {"seconds": 10, "rate": 100, "clients": 1, "profile": "steady", "mix": {"browse": 1}}
    work = Played({"plan": plan, "number": 0, "slots": [("2030-01-01", "09:00")]})
    work.run(Stalling(work))
    assert work.tally.latency["browse"].count == 1000
    assert work.tally.latency["browse"].percentile(85) == pytest.approx(1, rel=0.01)
    assert work.tally.latency["browse"].percentile(94) > 400
    assert work.tally.waited.percentile(94) > 400


def changed(begun: float, booking: str, status: str = "confirmed", slot: int = 0) -> Changed:
    return Changed(begun, begun + 0.5, booking, 1, status, "pending", slot, 2)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([Refused(1, 1.1, "ZB002", 0, 1)], 1),  # nobody had booked
        ([changed(0, "a"), Refused(1, 1.1, "ZB002", 0, 1)], 0),
        ([changed(0, "a", slot=1), Refused(1, 1.1, "ZB002", 0, 1)], 1),
        ([changed(1.05, "a"), Refused(1, 1.1, "ZB002", 0, 1)], 0),  # may have been first
        ([changed(1.2, "a"), Refused(1, 1.1, "ZB002", 0, 1)], 1),
        ([changed(0, "a"), changed(0.6, "a", "cancelled"), Refused(1, 2, "ZB002", 0, 1)], 0),
        ([changed(0, "a"), changed(0.4, "a", "cancelled"), Refused(1, 2, "ZB002", 0, 1)], 1),
        ([changed(0, "a"), changed(0.4, "a", slot=1), Refused(1, 2, "ZB002", 1, 1)], 0),
        ([changed(0, "a"), changed(0.4, "a"), Refused(1, 2, "ZB003", 0, 9)], 0),  # it was paid
        ([Refused(1, 2, "ZB003", 0, 3)], 0),
        ([Refused(1, 2, "ZB003", 0, 2)], 1),
    ],
)
def test_a_refusal_is_wrong_when_there_was_room_all_the_time(told: list[Told], wrong: int) -> None:
    """In slots for one booking of at most two bouquets."""
    assert len(list(wrong_refusals(told, 1, 2))) == wrong


def test_the_processes_are_as_many_as_the_rate_needs() -> None:
    assert Plan(rate=1).processes == 1
    assert Plan(rate=10_000, clients=1).processes == 1
