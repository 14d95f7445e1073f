"""Load as customers make it, on any server with bookingdb, and whether it kept its promises.

A test business of its own is made (`ground`), processes call as customers would (`worker`,
`client`), at times that are fixed beforehand (`plan`); what they were told is compared with what
is stored (`verdict`), and the business is removed.
"""

from bookingdb.loadtest.plan import OPERATIONS, Plan, Profile, parse_mix

__all__ = ["OPERATIONS", "Plan", "Profile", "parse_mix"]
