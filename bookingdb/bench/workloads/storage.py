"""What is stored for a booking: the row with its indexes, the audit log, the write-ahead log."""

from collections.abc import Sequence

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.peers import FLOOR
from bookingdb.bench.figures import Figure, Spread
from bookingdb.bench.stock import fill_floor
from bookingdb.bench.targets import DAYS, PLACES, SPREAD
from bookingdb.bench.workloads.audit import PARTITIONS

__all__ = ["storage"]

MARK = "Storage"
BOOK = f"""
select count(bookingdb.create_booking_safe(
         current_date + {SPREAD.first_day} + n %% {DAYS - SPREAD.first_day + 1},
         time '09:00' + n %% {PLACES} * interval '30 minutes', 2, '{MARK}', 'ada@example.org'))
  from generate_series(1, %s) n
"""
PAY = f"""
select count(bookingdb.record_payment(booking_id, 'paid'))
  from bookingdb.bookings where customer_name = '{MARK}'
"""
ROWS = "select pg_total_relation_size('bookingdb.bookings')"
FLOORS = f"select pg_total_relation_size('{FLOOR.schema}.bookings')"
WAL = "select (pg_current_wal_insert_lsn() - '0/0')::bigint"


def storage(bench: Bench) -> list[Figure]:
    """Bytes a booking and a change of it: rows and indexes, audit log, write-ahead log."""
    count = bench.settings.changes
    with bench.connect() as conn:
        bench.on_step("storage: booking")
        sizes = [_sizes(bench, ROWS, PARTITIONS, WAL)]
        conn.execute(BOOK.encode(), [count])
        sizes.append(_sizes(bench, ROWS, PARTITIONS, WAL))
        bench.on_step("storage: changing")
        conn.execute(PAY.encode())
        sizes.append(_sizes(bench, ROWS, PARTITIONS, WAL))
        bench.on_step("storage: floor")
        floor = [_sizes(bench, FLOORS, WAL)]
        fill_floor(conn, SPREAD, count)
        floor.append(_sizes(bench, FLOORS, WAL))

    def figure(who: str, what: str, grown: float) -> Figure:
        each = grown / count
        return Figure("storage", what, who, "bytes", Spread(each, each, each), rounds=[each])

    booked, changed = (_grown(sizes, n) for n in (0, 1))
    (rows, wal) = _grown(floor, 0)
    return [
        figure(FLOOR.name, "a booking, row and indexes", rows),
        figure("bookingdb", "a booking, row and indexes", booked[0]),
        figure("bookingdb", "a booking, in the audit log", booked[1]),
        figure(FLOOR.name, "a booking, write-ahead log", wal),
        figure("bookingdb", "a booking, write-ahead log", booked[2]),
        figure("bookingdb", "a change, row and indexes", changed[0]),
        figure("bookingdb", "a change, in the audit log", changed[1]),
        figure("bookingdb", "a change, write-ahead log", changed[2]),
    ]


def _sizes(bench: Bench, *queries: str) -> list[int]:
    return [int(bench.value(query)) for query in queries]


def _grown(sizes: Sequence[Sequence[int]], n: int) -> list[int]:
    return [after - before for before, after in zip(sizes[n], sizes[n + 1], strict=True)]
