"""Refusals of a slot that is sold out, and that nobody who is refused waits for its lock."""

from functools import partial

import bookingdb
from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.callers import EMAIL, NAME, slot_of
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import figures, race
from bookingdb.bench.workloads.bookings import compared_at

__all__ = ["LOCKED", "READ", "REFUSED", "sold_out"]

READ, REFUSED = "primary-key SELECT", "refusal"
LOCKED = "refusal, slot locked by another"
SELECT = (
    "select * from bookingdb.time_slots where business_id = bookingdb.default_business_id()"
    " and date = $1::date and time = $2::time"
)
CALL = (
    "select * from bookingdb.create_booking_safe($1::date, $2::time, 2, 'Ada', 'ada@example.org')"
)
LOCK = (
    "select from bookingdb.time_slots where business_id = bookingdb.default_business_id()"
    " and date = %s and time = %s for update"
)


def sold_out(bench: Bench) -> list[Figure]:
    """Refusals a second of a sold-out slot against a primary-key SELECT, and while it is locked."""
    target = bench.limited_slot(1)
    date, time = slot_of(target.first_day, target.first_place)
    with bench.connect() as conn:
        bookingdb.create_booking(conn, date, time, 2, NAME, EMAIL)
    connections = compared_at(bench.settings.connections)
    read = {"statement": SELECT, "sqlstate": ""}
    call = {"statement": CALL, "sqlstate": bookingdb.MaximumBookingsReached.sqlstate}
    run = partial(bench.call_rate, target, connections)

    def locked() -> float:
        with bench.connect() as conn, conn.transaction():
            conn.execute(LOCK, [date, time])
            return run(raw=call)

    samples = race(
        bench,
        "sold-out",
        {READ: lambda: run(raw=read), REFUSED: lambda: run(raw=call), LOCKED: locked},
    )
    bases = {REFUSED: READ, LOCKED: REFUSED}
    return figures("sold-out", f"{connections} connections", "calls/s", samples, base=bases)
