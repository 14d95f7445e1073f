"""Each contestant does the same work, and who is said to keep the limits keeps them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bookingdb import check_integrity
from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.callers import CALLERS, has_room, write
from bookingdb.bench.contestants.ours import FUNCTION
from bookingdb.bench.contestants.peers import PEERS, peer_script
from bookingdb.bench.pgbench import find_pgbench
from bookingdb.bench.server import BenchError
from bookingdb.bench.settings import Settings
from bookingdb.bench.soundness import soundness
from bookingdb.bench.stock import fill_floor, fill_ours
from bookingdb.bench.suite import run_suite
from bookingdb.bench.targets import PLACES as PLACES_A_DAY
from bookingdb.bench.targets import SPREAD
from tests.support import Database

PLACES, TRIES = 3, 20
OF_PEERS = "select customer_name, customer_email, bouquets from {}.bookings"


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    made = Bench(database.dsn, find_pgbench(), Settings.quick())
    with made.workers:
        made.prepare()
        yield made


def rows(bench: Bench, query: str) -> list[Any]:
    with bench.connect() as conn:
        return conn.execute(query.encode()).fetchall()


def overbooked(bench: Bench) -> dict[str, int]:
    return {one.who: one.overbooked for one in soundness(bench)}


def test_pgbench_keeps_the_limits(bench: Bench) -> None:
    slot = bench.limited_slot(PLACES)
    for peer in PEERS:
        if peer.writes and peer.is_correct:
            bench.run(slot.script() + peer_script(peer), 4, TRIES / 400, retry=peer.retries)
            assert len(rows(bench, OF_PEERS.format(peer.schema))) == PLACES, peer.name
    bench.run(slot.script() + peer_script(PEERS[0]), 4, TRIES / 400)  # the floor checks nothing
    assert {who: n for who, n in overbooked(bench).items() if n} == {"floor": TRIES - PLACES}


def test_pgbench_tells_of_an_error(bench: Bench) -> None:
    slot = bench.limited_slot(0)
    with pytest.raises(BenchError) as raised:
        bench.run(slot.script() + FUNCTION, 1)
    assert "Maximum bookings reached" in raised.value.detail


def test_workload_that_fails_costs_the_others_nothing(bench: Bench) -> None:
    bench.pgbench = Path("/bin/false")
    report = run_suite(bench, ["filled", "year"])
    assert list(report.failed) == ["filled"]
    assert {figure.workload for figure in report.figures} == {"year"}
    assert '"filled": "pgbench failed"' in report.json()


def test_callers_do_the_same(bench: Bench) -> None:
    slot = bench.limited_slot(PLACES)
    for name in sorted({"wrapper", *(peer.name for peer in PEERS if peer.is_correct)}):
        with bench.connect() as conn:
            call = CALLERS[name](conn)
            made = [call(slot.first_day, slot.first_place) for _ in range(PLACES + 2)]
        assert made == [1] * PLACES + [0, 0], name
    schemas = ["bookingdb", *(peer.schema for peer in PEERS if peer.is_correct)]
    for schema in schemas:
        assert rows(bench, OF_PEERS.format(schema)) == [("Ada", "ada@example.org", 2)] * PLACES
    assert not any(overbooked(bench).values())


def test_many_are_stored_as_the_triggers_would(bench: Bench) -> None:
    with bench.connect() as conn:
        fill_ours(conn, SPREAD, 250)
        fill_floor(conn, SPREAD, 250)
        assert check_integrity(conn) == []
    recount = {one.who: (one.bookings, one.counted, one.wrong_counters) for one in soundness(bench)}
    assert recount["bookingdb"] == recount["floor"] == (250, 250, 0)


def test_overbooking_is_seen(bench: Bench) -> None:
    """Two customers at the same moment: the one approach that is known to be wrong is caught."""
    slot = bench.limited_slot(1)
    place = (slot.first_day, slot.first_place)
    (wrong,) = (peer for peer in PEERS if peer.name == "check-then-insert")
    with bench.connect() as one, bench.connect() as other:
        assert has_room(wrong, one, *place)
        assert has_room(wrong, other, *place)
        write(wrong, one, *place)
        write(wrong, other, *place)
        assert not has_room(wrong, one, *place)
    assert overbooked(bench)["check-then-insert"] == 1


def test_recount_sees_a_wrong_counter(bench: Bench) -> None:
    """The control: a counter that is not kept is found."""
    with bench.connect() as conn:
        conn.execute("alter table bookingdb.time_slots disable trigger user")
        conn.execute(
            "update bookingdb.time_slots set booked_count = 1 where date = current_date + 3"
        )
    (ours,) = (one for one in soundness(bench) if one.who == "bookingdb")
    assert (ours.bookings, ours.counted, ours.wrong_counters) == (0, PLACES_A_DAY, PLACES_A_DAY)
