"""Everything that runs beside the database, in one process: webhooks and maintenance.

    Worker(Dispatcher(dsn), Maintainer(dsn)).run()

Any number of them run side by side, on one host or several. Needs `pip install
'bookingdb[dispatch]'`.
"""

from bookingdb.worker.maintainer import Maintainer, maintain_once
from bookingdb.worker.worker import Service, Worker

__all__ = ["Maintainer", "Service", "Worker", "maintain_once"]
