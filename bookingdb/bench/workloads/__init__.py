"""What is measured, in the order in which it is: each workload is one function."""

from collections.abc import Callable, Mapping

from bookingdb.bench.bench import Bench
from bookingdb.bench.figures import Figure
from bookingdb.bench.workloads.audit import audit
from bookingdb.bench.workloads.availability import availability
from bookingdb.bench.workloads.bookings import hot, spread_out
from bookingdb.bench.workloads.filled import filled
from bookingdb.bench.workloads.flash import flash_sale
from bookingdb.bench.workloads.growth import growth
from bookingdb.bench.workloads.refresh import refresh, year
from bookingdb.bench.workloads.sold_out import sold_out
from bookingdb.bench.workloads.storage import storage
from bookingdb.bench.workloads.verification import verification
from bookingdb.bench.workloads.wrapper import wrapper

__all__ = ["WORKLOADS", "Workload", "describe"]

Workload = Callable[[Bench], list[Figure]]
WORKLOADS: Mapping[str, Workload] = {
    "spread": spread_out,
    "hot": hot,
    "filled": filled,
    "python": wrapper,
    "flash-sale": flash_sale,
    "sold-out": sold_out,
    "storage": storage,
    "audit": audit,
    "verification": verification,
    "refresh": refresh,
    "availability": availability,
    "year": year,
    "growth": growth,
}
"""By name. Those that store much come last: what they leave would be in the way of the others.
An audit deletes rows, whose room is used again: storage comes before."""


def describe(workload: Workload) -> str:
    """What it measures, in a line."""
    text = " ".join((workload.__doc__ or "").split())
    return text.rstrip(".")
