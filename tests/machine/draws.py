"""What the rules draw from: few slots, few customers and low limits, so that they collide."""

import datetime as dt

from hypothesis import strategies as st

from tests.machine.records import Policies
from tests.machine.schedule import Opening

__all__ = [
    "AIMS",
    "ALIVE",
    "BEGINNINGS",
    "BEGUN",
    "BOOKINGS",
    "BOUQUETS",
    "BY",
    "EMAILS",
    "HOLDS",
    "HOURS",
    "NONE",
    "OPENINGS",
    "OTHER_BOUQUETS",
    "OTHER_EMAILS",
    "OVER",
    "POLICIES",
    "REQUESTS",
    "SHOPS",
    "SLOTS",
    "WEEKLY",
    "ZONES",
    "Aim",
]

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

ALIVE = ("waiting", "held", "confirmed", "expired")
OVER, BEGUN, NONE = 20, 30, 40
"""Numbers of a booking that is over, of a slot that has begun, of what is not there."""

SHOPS = st.integers(0, 1)
SLOTS = st.sampled_from([*range(4), 0, 1, *range(4), 0, 1, *range(4), 0, 1, BEGUN, NONE])
BOOKINGS = st.sampled_from([*range(4), *range(8), *range(4), *range(8), OVER, NONE])
BY = st.sampled_from(["customer", "admin", "customer", "system"])
BOUQUETS = st.sampled_from([1, 1, 1, 2, 2, 2, 3, 3, 0])
OTHER_BOUQUETS = st.sampled_from([None, None, None, 1, 1, 2, 2, 3, 3, 0])
EMAILS = st.sampled_from(["ada@example.org", "bob@example.org", "Ada@Example.org", "eve@a.example"])
OTHER_EMAILS = st.one_of(st.none(), EMAILS)
HOLDS = st.sampled_from([5 * MINUTE, 30 * MINUTE, 4 * HOUR])
REQUESTS = st.sampled_from([None, None, None, None, "k1", "k2"])

Aim = tuple[int, int, int | None, str]
AIMS = st.tuples(SHOPS, BOOKINGS, st.sampled_from([None, None, None, None, 0, 0, 0, -1]), BY)
"""Shop, booking, how far the expected version is off (None: any will do), who acts."""

ZONES = ["Europe/Berlin", "Pacific/Auckland"]
# The night after the first Berlin's clocks skip an hour, after the second they repeat one.
BEGINNINGS = [
    dt.datetime(2031, 3, 29, 19, tzinfo=dt.UTC),
    dt.datetime(2031, 10, 25, 19, tzinfo=dt.UTC),
    dt.datetime(2031, 6, 3, 5, tzinfo=dt.UTC),
]


def _opening(opens: int, closes: int, max_bookings: int, max_bouquets: int) -> Opening:
    return Opening(dt.time(opens), dt.time(closes), HOUR, max_bookings, max_bouquets)


OPENINGS = [
    _opening(9, 11, 1, 3),
    _opening(9, 11, 2, 4),
    _opening(9, 10, 3, 4),
    _opening(1, 4, 2, 3),
    _opening(10, 12, 3, 5),
    Opening(dt.time(9), dt.time(10), HOUR / 2, 1, 2),
]
WEEK = {1, 2, 3, 4, 5, 6, 7}
HOURS = [
    [(WEEK, OPENINGS[1])],
    [(WEEK, OPENINGS[0])],
    [(WEEK, OPENINGS[4])],
    [(WEEK, OPENINGS[3])],
    [(WEEK, OPENINGS[2]), (WEEK, OPENINGS[3])],
    [({1, 3, 5, 7}, OPENINGS[1]), ({2, 4, 6}, OPENINGS[5])],
    [],
]
WEEKLY = st.sampled_from([*HOURS, *HOURS[:-1], *HOURS[:-1]])


def _hours(some: int, longest: int) -> st.SearchStrategy[dt.timedelta]:
    return st.sampled_from([0 * HOUR, some * HOUR, longest * HOUR])


POLICIES = st.builds(
    Policies,
    time_zone=st.just(""),
    horizon_days=st.integers(1, 2),
    lead_time=_hours(1, 4),
    cancellation_window=_hours(3, 12),
    hold_time_to_live=st.sampled_from([10 * MINUTE, 2 * HOUR]),
    customer_limit=st.sampled_from([0, 1, 2]),
)
"""All but the time zone, which each shop has of its own."""
