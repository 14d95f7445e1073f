"""Measure bookingdb beside a floor and what else people write, on one server, in turns.

    settings.py   how much is measured
    server.py     a server and a database of its own
    bench.py      the shop in it, and how it is loaded, with pgbench.py
    targets.py    which slots are booked
    contestants/  who books
    workloads/    what is measured; stock.py stores many bookings, cpu.py tells processor time
    rounds.py     everybody in turns; figures.py: medians and ranges
    aims.py       what is aimed at
    soundness.py  a recount at the end
    suite.py      all of it, to a report: report.py, plots.py

`bookingdb bench` runs it. Rates depend on the machine: what can be compared are the ratios of one
run.
"""

from bookingdb.bench.settings import Settings

__all__ = ["Settings"]
