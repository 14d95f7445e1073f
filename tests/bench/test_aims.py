"""An aim is reached when the median is within its limit, and only then."""

import pytest

from bookingdb.bench.aims import Aim, outcomes
from bookingdb.bench.figures import Figure, spread
from bookingdb.bench.report import Report
from bookingdb.bench.settings import Settings

FAST = Aim("hot", "function", "function", 0.85, case="8 conn")
SMALL = Aim("audit", "bytes", "bookingdb", at_most=1200, of_value=True)


def hot(*ratios: float) -> Figure:
    return Figure("hot", "8 connections", "function", "bookings/s", spread([1]), spread(ratios))


def audit(*sizes: float) -> Figure:
    return Figure("audit", "stored a change", "bookingdb", "bytes", spread(sizes))


@pytest.mark.parametrize(
    ("aim", "figures", "is_reached"),
    [
        (FAST, [hot(0.2, 0.9, 0.9)], True),
        (FAST, [hot(0.8, 0.8, 2.0)], False),
        (SMALL, [audit(1100, 1200, 9000)], True),
        (SMALL, [audit(1, 1201, 1201)], False),
        (FAST, [audit(1)], None),
    ],
)
def test_median_decides(
    aim: Aim, figures: list[Figure], is_reached: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookingdb.bench.aims.AIMS", (aim,))
    (outcome,) = outcomes(figures, ["hot", "audit"])
    assert outcome.is_reached is is_reached
    report = Report("0", "18", {}, Settings(), 1, figures, [outcome], [])
    mark = {True: " reached", False: "NOT reached", None: "not measured"}[is_reached]
    assert mark in report.markdown()
