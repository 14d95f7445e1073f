"""A rehearsal of what must never happen: a slot is overbooked, and every alarm has to be heard.

In a business of its own, which is removed afterwards. It needs a superuser: nobody else gets
past the triggers.
"""

from bookingdb.drill.rehearsal import Report, run_drill

__all__ = ["Report", "run_drill"]
