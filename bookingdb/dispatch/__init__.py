"""The webhook dispatcher: sends what the database has queued, from any Python process.

    Dispatcher("postgresql://dispatcher@localhost/shop").run()

What is sent, when, in which order and how often is decided by functions of the database; here
is what a database should not do: HTTP. Needs `pip install 'bookingdb[dispatch]'`.
"""

from bookingdb.dispatch.dispatcher import LONGEST_TIMEOUT, Dispatcher
from bookingdb.dispatch.sender import Outcome, Sender

__all__ = ["LONGEST_TIMEOUT", "Dispatcher", "Outcome", "Sender"]
