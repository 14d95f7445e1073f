"""Who kept the limits, and whether counters say what is there."""

from dataclasses import dataclass

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.peers import PEERS, Peer

__all__ = ["Soundness", "soundness"]

OURS = """
select coalesce(sum(recount), 0)::int, coalesce(sum(booked_count), 0)::int,
       count(*) filter (where booked_count <> recount)::int,
       coalesce(sum(greatest(0, recount - max_bookings)), 0)::int
  from bookingdb.time_slots s
 cross join lateral (
   select count(*) as recount from bookingdb.bookings b
    where (b.business_id, b.date, b.time) = (s.business_id, s.date, s.time)
      and bookingdb.holds_place(b.status)
 ) r
 where s.business_id = bookingdb.default_business_id()
"""
THEIRS = """
select coalesce(sum(recount), 0)::int, coalesce(sum(booked_count), 0)::int,
       count(*) filter (where booked_count <> recount)::int,
       coalesce(sum(greatest(0, recount - max_bookings)), 0)::int
  from {schema}.slots s
  left join (select date, time, count(*) as found from {schema}.bookings group by date, time) b
    using (date, time)
 cross join lateral (select coalesce(b.found, 0) as recount) r
"""


@dataclass(frozen=True, slots=True)
class Soundness:
    """Of all the slots of one contestant."""

    who: str
    bookings: int
    """Rows that occupy a place."""
    counted: int | None
    """What the counters say; None where there are none."""
    wrong_counters: int | None
    """Slots whose counter differs from the recount."""
    overbooked: int
    """Bookings above the limits of their slots."""


def soundness(bench: Bench) -> list[Soundness]:
    """Recount everything."""
    with bench.connect() as conn:
        found = []
        for peer in (None, *PEERS):
            query = OURS if peer is None else THEIRS.format(schema=peer.schema)
            ((rows, counted, wrong, over),) = conn.execute(query.encode()).fetchall()
            has_counter = peer is None or not peer.counts
            found.append(
                Soundness(
                    _name(peer),
                    rows,
                    counted if has_counter else None,
                    wrong if has_counter else None,
                    over,
                )
            )
        return found


def _name(peer: Peer | None) -> str:
    return "bookingdb" if peer is None else peer.name
