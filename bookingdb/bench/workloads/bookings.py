"""Bookings a second, by everybody on the same slots."""

from collections.abc import Callable, Mapping
from functools import partial

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import FUNCTION, HAS_PROCEDURE, PROCEDURE
from bookingdb.bench.contestants.peers import FLOOR, PEERS, Peer, clear, peer_script
from bookingdb.bench.figures import Figure, spread
from bookingdb.bench.rounds import Samples, figures, race
from bookingdb.bench.targets import HOT, SPREAD, Target

__all__ = ["BEST", "compared_at", "hot", "spread_out"]

ALL_AT = 8
BEST = "function / fastest correct peer"
UNIT = "bookings/s"


def spread_out(bench: Bench) -> list[Figure]:
    """Bookings spread over 1,960 slots: everybody side by side."""
    return _bookings(bench, "spread", SPREAD)


def hot(bench: Bench) -> list[Figure]:
    """All bookings in one slot, whose row everybody waits for."""
    return _bookings(bench, "hot", HOT)


def compared_at(connections: tuple[int, ...]) -> int:
    """At how many connections all contestants are measured: 8, or the most there are."""
    return ALL_AT if ALL_AT in connections else max(connections)


def _bookings(bench: Bench, name: str, target: Target) -> list[Figure]:
    found: list[Figure] = []
    for connections in bench.settings.connections:
        retries: dict[str, list[float]] = {}
        everybody = connections == compared_at(bench.settings.connections)
        runs = contestants(bench, target, connections, retries, everybody=everybody)
        case = f"{connections} connection{'' if connections == 1 else 's'}"
        samples = race(bench, f"{name}, {case}", runs)
        notes = {who: f"{spread(each)} retries a booking" for who, each in retries.items()}
        notes |= {FLOOR.name: "checks nothing", "check-then-insert": "overbooks"}
        found += figures(name, case, UNIT, samples, base=FLOOR.name, notes=notes)
        if everybody:
            found.append(_against_the_best(name, case, samples))
    return found


def contestants(
    bench: Bench,
    target: Target,
    connections: int,
    retries: dict[str, list[float]],
    *,
    everybody: bool = True,
) -> Mapping[str, Callable[[], float]]:
    """Who books, and how; `retries` is given what each run of those who retry needed."""
    start = target.script()
    runs: dict[str, Callable[[], float]] = {}
    for peer in PEERS if everybody else (FLOOR,):
        if peer.writes:
            runs[peer.name] = partial(_peer, bench, peer, start, connections, retries)
        else:
            runs[peer.name] = partial(bench.call_rate, target, connections, caller=peer.name)
    runs["function"] = lambda: bench.rate(start + FUNCTION, connections)
    if bench.value(HAS_PROCEDURE):
        runs["hot-slot procedure"] = lambda: bench.rate(start + PROCEDURE, connections)
    return runs


def _peer(
    bench: Bench, peer: Peer, start: str, connections: int, retries: dict[str, list[float]]
) -> float:
    with bench.connect() as conn:
        clear(conn, peer)
    run = bench.run(start + peer_script(peer), connections, retry=peer.retries)
    if peer.retries:
        with bench.connect() as conn:
            rows = conn.execute(f"select count(*) from {peer.schema}.bookings".encode())
            ((booked,),) = rows.fetchall()
        retries.setdefault(peer.name, []).append(run.retries / max(1, booked))
    return run.rate


def _against_the_best(name: str, case: str, samples: Samples) -> Figure:
    """How the function does against the fastest peer that does not overbook, round by round."""
    peers = [samples[peer.name] for peer in PEERS if peer.is_correct]
    values = [ours / max(others) for ours, *others in zip(samples["function"], *peers, strict=True)]
    return Figure(name, case, BEST, "×", spread(values), rounds=values)  # noqa: RUF001
