"""A flash sale: more customers than places, all at once.

The customers ask one after another as connections become free; the order in which they asked is
known. Fair is who lets the first of them win: the order is kept when the winners are those who
asked first, and "late winners" counts those who asked after that and won none the less.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import HAS_PROCEDURE
from bookingdb.bench.contestants.peers import PEERS, clear
from bookingdb.bench.contestants.python import shares
from bookingdb.bench.figures import Figure, spread
from bookingdb.bench.rounds import race
from bookingdb.bench.targets import Target

__all__ = ["flash_sale"]

FUNCTION = "bare psycopg"  # as the callers name who calls it
PROCEDURE = "hot-slot procedure"
RECOUNT = """
select count(*) from {bookings}
 where business_id = bookingdb.default_business_id()
   and date = current_date + %s
   and time = time '09:00' + %s * interval '30 minutes'
"""


@dataclass(frozen=True, slots=True)
class Sale:
    """How one went."""

    seconds: float
    """Until the last customer knew."""
    won: list[float]
    """Milliseconds until they knew, of those who won."""
    refused: list[float]
    late: int
    """Of the winners, those before whom more customers had asked than there were places."""
    overbooked: int


def flash_sale(bench: Bench) -> list[Figure]:
    """1,000 customers, 100 places, 64 connections: how long until all know, and who wins."""
    settings = bench.settings
    tables = {FUNCTION: "bookingdb.bookings"}
    if bench.value(HAS_PROCEDURE):
        tables[PROCEDURE] = "bookingdb.bookings"
    tables |= {peer.name: f"{peer.schema}.bookings" for peer in PEERS[1:]}
    sales: dict[str, list[Sale]] = {who: [] for who in tables}

    def sale(who: str, table: str) -> Callable[[], float]:
        def run() -> float:
            sales[who].append(_sale(bench, who, table))
            return sales[who][-1].seconds

        return run

    with bench.connect() as conn:
        for peer in PEERS:
            clear(conn, peer)
    race(bench, "flash-sale", {who: sale(who, table) for who, table in tables.items()})
    case = (
        f"{settings.customers:,} customers, {settings.places} places, {settings.crowd} connections"
    )
    return [
        figure
        for who, each in sales.items()
        for figure in _figures(case, "function" if who == FUNCTION else who, each)
    ]


def _sale(bench: Bench, who: str, table: str) -> Sale:
    settings = bench.settings
    target = bench.limited_slot(settings.places)
    answers = bench.workers.run(
        [
            {
                "job": "sale",
                "dsn": bench.dsn,
                "target": astuple(target),
                "caller": who,
                "customers": customers,
                "connections": connections,
            }
            for customers, connections in zip(
                shares(settings.customers), shares(settings.crowd), strict=True
            )
        ]
    )
    told = sorted(tuple(one) for answer in answers for one in answer["told"])
    return _told(told, settings.places, _recount(bench, table, target))


def _told(told: list[Any], places: int, booked: int) -> Sale:
    """`told`: when they asked, when they knew, whether they won; in the order of asking."""
    return Sale(
        max(knew for _, knew, _ in told) - told[0][0],
        [1000 * (knew - asked) for asked, knew, won in told if won],
        [1000 * (knew - asked) for asked, knew, won in told if not won],
        sum(1 for _, _, won in told[places:] if won),
        max(0, booked - places),
    )


def _recount(bench: Bench, table: str, target: Target) -> int:
    query = RECOUNT.format(bookings=table)
    return int(bench.value(query, target.first_day, target.first_place))


def _figures(case: str, who: str, sales: list[Sale]) -> list[Figure]:
    def figure(unit: str, values: list[float]) -> Figure:
        return Figure("flash-sale", case, who, unit, spread(values), rounds=values)

    return [
        figure("s until all know", [sale.seconds for sale in sales]),
        figure("ms, winners, p50", [_quantile(sale.won, 0.5) for sale in sales]),
        figure("ms, winners, p99", [_quantile(sale.won, 0.99) for sale in sales]),
        figure("ms, refused, p50", [_quantile(sale.refused, 0.5) for sale in sales]),
        figure("ms, refused, p99", [_quantile(sale.refused, 0.99) for sale in sales]),
        figure("late winners", [sale.late for sale in sales]),
        figure("overbooked", [sale.overbooked for sale in sales]),
    ]


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))] if ordered else 0.0
