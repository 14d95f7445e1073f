"""Reports made up: of a busy shop, of a huge one, of one that has just opened."""

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    Activity,
    Deliveries,
    EndpointDeliveries,
    LeadTimes,
    Occupancy,
    RefusalCount,
    ReportSummary,
    WeekOccupancy,
)
from bookingdb.report import Report
from tests.browser.cases import INJECTIONS

__all__ = ["REPORTS"]

DAY = dt.timedelta(days=1)
TODAY = dt.date(2027, 3, 1)
MADE_AT = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
LEADS = [None, 0, 1, 6, 24, 72, 168, 336, 672, None]


def make(first: dt.date, last: dt.date, step: int, hours: range, factor: int) -> Report:
    """A report with figures around `factor`, in periods of `step` days."""
    chance = random.Random(step)
    days = [first + n * DAY for n in range(0, (last - first).days + 1, step)]
    past = [day for day in days if day <= TODAY]

    def n(most: int = 9) -> int:
        return chance.randrange(most * factor)

    def seconds(most: float) -> dt.timedelta:
        return dt.timedelta(seconds=chance.random() * most)

    def lead(hours: int | None) -> dt.timedelta | None:
        return None if hours is None else dt.timedelta(hours=hours)

    return Report(
        business_id=DEFAULT_BUSINESS_ID,
        first=first,
        last=last,
        summary=ReportSummary(
            "Shop " + INJECTIONS[0], "Europe/Berlin", MADE_AT, TODAY, first + DAY, first + DAY,
            n(), n(), 0.4, n(), n(), 0.999, n(), n(), n(), n(), n(), n(), n(), 1 + n(),
            seconds(1e6), seconds(1e7), n(), n(), n(), 0.99999, seconds(3), seconds(9e5),
        ),
        week=[
            WeekOccupancy(weekday, hour, n(), n(), chance.random())
            for weekday in range(1, 8) for hour in hours
        ],
        occupancy=[
            Occupancy(day, day + (step - 1) * DAY, hour, n(), n(), n(), n(),
                      chance.choice([0.0, 0.1, 0.3, 0.6, 0.8, 1.0]))
            for day in days if step > 1 or day.isoweekday() > 1 for hour in hours
        ],
        activity=[
            Activity(day, day + (step - 1) * DAY, n(), n(), n(), n(3), n(3), n(), n(2), n())
            for day in past
        ],
        lead_times=[
            LeadTimes(lead(low), lead(high), 3 * n() + factor, n(), n(3), n(2))
            for low, high in pairwise(LEADS)
        ],
        deliveries=[
            Deliveries(day, day + (step - 1) * DAY, n(), n(2), n(2), n(2), seconds(5),
                       seconds(10 ** chance.randrange(6)), seconds(1e6))
            if chance.random() < 0.9 else Deliveries(day, day, 0, 0, 0, 0, None, None, None)
            for day in past
        ],
        endpoints=[
            EndpointDeliveries(DEFAULT_BUSINESS_ID, host, paused, removed, n(), n(), n(), n(),
                               seconds(3), seconds(9e4))
            for host, paused, removed in (
                ("hooks.shop.example", None, None), ("<b>host</b>", MADE_AT, None),
                (f"{'long-' * 12}name.example:8443", None, MADE_AT),
            )
        ],
        refusals=[
            RefusalCount(kind, reason, f"Reason {reason} <i>", n(),
                         None if kind == "slot" else MADE_AT)
            for kind in ("booking", "import", "slot", "webhook") for reason in ("ZB002", "expired")
        ],
        health={"status": "critical", "checked_at": "2027-03-01T12:00:00Z", "checks": CHECKS},
    )  # fmt: skip


CHECKS: list[dict[str, Any]] = [
    {"name": "relay_lag", "severity": "ok", "message": "0 changes wait.", "remedy": None},
    {"name": "dead_letters", "severity": "warning", "message": "9 are dead.", "remedy": "Replay."},
    {"name": "integrity", "severity": "critical", "message": INJECTIONS[1], "remedy": "Look."},
]
BUSY = make(dt.date(2027, 1, 4), dt.date(2027, 3, 28), 1, range(9, 18), 10)
EMPTY = replace(
    BUSY, week=[], occupancy=[], activity=[], deliveries=[], endpoints=[], refusals=[], health=None,
    summary=replace(
        BUSY.summary, booking_count=0, begun_occupancy=None, coming_occupancy=None, log_since=None,
        median_lead=None, p90_lead=None, delivered_share=None, delivered_count=0, median_lag=None,
    ),
    lead_times=[replace(row, booking_count=0) for row in BUSY.lead_times],
)  # fmt: skip
REPORTS = {
    "busy": BUSY,
    "huge": make(dt.date(2026, 12, 1), dt.date(2027, 3, 10), 1, range(24), 100_000),
    "years": make(dt.date(2023, 3, 1), dt.date(2028, 2, 28), 30, range(7, 23), 1000),
    "empty": EMPTY,
    "one day": make(TODAY, TODAY, 1, range(9, 10), 1),
}
