"""What is measured: the same booking by the floor, by create_booking_safe and by book_hot_slot.

The floor is one statement that moves a counter and inserts a row: no check, no audit log.
"""

from dataclasses import dataclass

from benchmarks.server import DAYS, SLOTS_A_DAY, Bench

__all__ = ["Workload", "fill_slot", "workloads"]

FLOOR = """
with slot as (
  update floor.slots
     set booked_count = booked_count + 1, booked_bouquets = booked_bouquets + 2
   where business_id = bookingdb.default_business_id()
     and date = current_date + :day::int
     and time = time '09:00' + :place::int * interval '30 minutes'
  returning *
)
insert into floor.bookings (business_id, date, time, bouquets, customer_name, customer_email)
select business_id, date, time, 2, 'Ada', 'ada@example.org' from slot;
"""
BOOKINGDB = """
select * from bookingdb.create_booking_safe(
  current_date + :day::int, time '09:00' + :place::int * interval '30 minutes', 2,
  'Ada', 'ada@example.org');
"""
HOT_SLOT = """
call bookingdb.book_hot_slot(
  current_date + :day::int, time '09:00' + :place::int * interval '30 minutes', 2,
  'Ada', 'ada@example.org');
"""
SPREAD = f"\\set day random(1, {DAYS})\n\\set place random(0, {SLOTS_A_DAY - 1})\n"
HOT = "\\set day 1\n\\set place 0\n"
FULL = "\\set day 2\n\\set place 0\n"


@dataclass(frozen=True)
class Workload:
    """Two pgbench scripts that do the same work."""

    name: str
    connections: int
    floor: str
    bookingdb: str


def workloads(connections: list[int], filled: int) -> list[Workload]:
    """Spread and hot at every number of connections, and a slot with `filled` bookings in it."""
    made = [
        Workload(name, count, target + FLOOR, target + mine)
        for name, target, mine in (
            ("spread over 2,000 slots", SPREAD, BOOKINGDB),
            ("one hot slot", HOT, BOOKINGDB),
            ("one hot slot, book_hot_slot", HOT, HOT_SLOT),
        )
        for count in connections
    ]
    # Against the same function on a slot that began empty.
    name = f"hot slot with {filled:,} bookings, against an empty one"
    return [*made, Workload(name, connections[0], HOT + BOOKINGDB, FULL + BOOKINGDB)]


def fill_slot(bench: Bench, count: int) -> None:
    """Put `count` bookings into the slot of the last workload."""
    batch = 10_000
    with bench.connect() as conn:
        for start in range(0, count, batch):
            conn.execute(
                "insert into bookingdb.bookings"
                " (date, time, bouquets, customer_name, customer_email)"
                " select current_date + 2, '09:00', 2, 'Ada', 'ada@example.org'"
                " from generate_series(1, %s)",
                [min(batch, count - start)],
            )
        conn.execute("vacuum analyze")
