"""Who makes the bookings: bookingdb's functions, a floor, and what else people write.

All do the same work: a booking for 2 bouquets with a customer's name and e-mail.

    peers.py    the others, as statements; run by pgbench and from Python
    orm.py      the same as one of them, through SQLAlchemy
    ours.py     bookingdb, by pgbench
    callers.py  all that is called from Python
    worker.py   a process of its own that calls
"""
