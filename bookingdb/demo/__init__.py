"""The whole story on a throw-away server, with every claim checked.

story.py      the acts in order
stage.py      how it is told, and what is claimed
opening.py    1  a business, its opening hours, its slots
race.py       2  64 customers fight over the last places of a slot
holds.py      3  a hold lets go of its place
waiting.py    4  a place that is given up goes to who waits
change.py     5  the schedule changes under its bookings
record.py     6  the audit log, and 8 the check of everything
webhooks.py   7  a receiver that fails at first hears of every change
"""

from bookingdb.demo.stage import Act, Claim, Report
from bookingdb.demo.story import run_demo

__all__ = ["Act", "Claim", "Report", "run_demo"]
