"""Whether it stays as fast when much is stored already."""

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import FUNCTION
from bookingdb.bench.contestants.peers import FLOOR, peer_script
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race
from bookingdb.bench.stock import BATCH, fill_floor, fill_ours
from bookingdb.bench.targets import DAYS, HOT, SPREAD
from bookingdb.bench.workloads.bookings import compared_at

__all__ = ["growth"]

AVAILABLE = (
    f"select * from bookingdb.available_slots(current_date + 1, current_date + {DAYS - 10});\n"
)


def growth(bench: Bench) -> list[Figure]:
    """Spread, hot and availability with 10,000 bookings stored already, and with a million."""
    connections = compared_at(bench.settings.connections)
    floor = peer_script(FLOOR)
    found: list[Figure] = []
    first: list[float] = []
    stored = 0
    for count in bench.settings.growth:
        _store(bench, stored, count)
        stored = count
        samples = race(
            bench,
            f"growth, {count:,} stored",
            {
                "floor, spread": lambda: bench.rate(SPREAD.script() + floor, connections),
                "function, spread": lambda: bench.rate(SPREAD.script() + FUNCTION, connections),
                "floor, hot": lambda: bench.rate(HOT.script() + floor, connections),
                "function, hot": lambda: bench.rate(HOT.script() + FUNCTION, connections),
            },
        )
        asked = race(
            bench,
            f"growth, {count:,} stored",
            {"available_slots": lambda: 1000 / bench.rate(AVAILABLE, 1)},
        )
        case = f"{count:,} stored"
        bases = {"function, spread": "floor, spread", "function, hot": "floor, hot"}
        found += figures("growth", case, "bookings/s", samples, base=bases)
        first = first or asked["available_slots"]
        both = {**asked, "with the fewest": first}
        found += figures("growth", case, "ms", both, base="with the fewest")[:1]
    return found


def _store(bench: Bench, there: int, count: int) -> None:
    with bench.connect() as conn:
        for first in range(there, count, BATCH):
            bench.on_step(f"growth: storing bookings, {first:,} of {count:,}")
            more = min(BATCH, count - first)
            fill_ours(conn, SPREAD, more)
            fill_floor(conn, SPREAD, more)
    bench.settle()
