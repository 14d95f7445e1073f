"""A slot that holds 100,000 bookings against one that is empty: who counts, counts them all."""

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import FUNCTION
from bookingdb.bench.contestants.peers import PEERS, fill, peer_script
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race
from bookingdb.bench.stock import fill_ours
from bookingdb.bench.targets import FILLED, Target

__all__ = ["filled"]

PLENTY = 100_000_000
COUNTING = next(peer for peer in PEERS if peer.name == "count-in-lock")


def filled(bench: Bench) -> list[Figure]:
    """A slot with 100,000 bookings in it against an empty one, one connection."""
    count = bench.settings.filled
    with bench.connect() as conn:
        bench.on_step(f"filled: storing {count:,} bookings")
        fill_ours(conn, FILLED, count)
        fill(conn, COUNTING, FILLED.first_day, FILLED.first_place, count)
    bench.settle()
    counting = peer_script(COUNTING)

    def empty() -> Target:
        return bench.limited_slot(PLENTY)

    samples = race(
        bench,
        "filled",
        {
            "function, empty slot": lambda: bench.rate(empty().script() + FUNCTION, 1),
            "function": lambda: bench.rate(FILLED.script() + FUNCTION, 1),
            "count-in-lock, empty slot": lambda: bench.rate(empty().script() + counting, 1),
            "count-in-lock": lambda: bench.rate(FILLED.script() + counting, 1),
        },
    )
    bases = {who: f"{who}, empty slot" for who in ("function", "count-in-lock")}
    return figures("filled", f"{count:,} in the slot", "bookings/s", samples, base=bases)
