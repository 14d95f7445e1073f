"""What is stored for a booking: the row with its indexes, the audit log, the write-ahead log."""

from collections.abc import Sequence

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.ours import FUNCTION
from bookingdb.bench.contestants.peers import FLOOR
from bookingdb.bench.figures import Figure, Spread
from bookingdb.bench.targets import DAYS, PLACES, SPREAD
from bookingdb.bench.workloads.audit import PARTITIONS

__all__ = ["storage"]

NUMBERED = """
do $$ begin
  for n in 1 .. {count} loop
    {statement};
    commit;
  end loop;
end $$
"""
PAY = """
do $$
declare
  v_id uuid;
begin
  for v_id in select booking_id from bookingdb.bookings
               where payment_status = 'pending' limit {count} loop
    perform bookingdb.record_payment(v_id, 'paid');
    commit;
  end loop;
end $$
"""
ROWS = "select pg_total_relation_size('{}')"
WAL = "select (pg_current_wal_insert_lsn() - '0/0')::bigint"


def storage(bench: Bench) -> list[Figure]:
    """Bytes a booking and a change of it: rows and indexes, audit log, write-ahead log."""
    count = bench.settings.changes
    (floor,) = FLOOR.statements(FLOOR.writes)
    ours = FUNCTION.strip().rstrip(";").replace("select * from", "perform")
    theirs = ROWS.format(f"{FLOOR.schema}.bookings"), WAL
    mine = ROWS.format("bookingdb.bookings"), WAL, PARTITIONS
    bench.settle()
    booked = {
        FLOOR.name: _grown(bench, _numbered(floor, count), theirs),
        "bookingdb": _grown(bench, _numbered(ours, count), mine),
    }
    changed = _grown(bench, PAY.format(count=count), mine)
    found = []
    for n, what in enumerate(("row and indexes", "write-ahead log", "in the audit log")):
        for who, grown in booked.items():
            if n < len(grown):
                found.append(_figure(f"a booking, {what}", who, grown[n] / count))
        found.append(_figure(f"a change, {what}", "bookingdb", changed[n] / count))
    return sorted(found, key=lambda figure: figure.case)


def _numbered(statement: str, count: int) -> str:
    day = f"({SPREAD.first_day} + n % {DAYS - SPREAD.first_day + 1})"
    statement = statement.replace(":day", day).replace(":place", f"(n % {PLACES})")
    return NUMBERED.format(count=count, statement=statement)


def _grown(bench: Bench, work: str, queries: Sequence[str]) -> list[int]:
    """By how much each size has grown, in bytes; each booking is a transaction of its own."""
    bench.on_step("storage")
    before = [int(bench.value(query)) for query in queries]
    with bench.connect() as conn:
        conn.execute("set synchronous_commit = off")
        conn.execute(work.encode())
    return [int(bench.value(query)) - size for query, size in zip(queries, before, strict=True)]


def _figure(what: str, who: str, each: float) -> Figure:
    return Figure("storage", what, who, "bytes", Spread(each, each, each), rounds=[each])
