"""Services that run side by side in one process, and end together."""

import threading
import time
from typing import Protocol

__all__ = ["Service", "Worker"]

GLANCE = 0.1  # seconds between two looks at whether it is time to stop


class Service(Protocol):
    """What a worker runs."""

    def run(self) -> None:
        """Work until stop() is called. What it raises ends the worker."""

    def stop(self) -> None:
        """Make run() end soon. From any thread, and any number of times."""


class Worker:
    """Runs services, each in a thread: until stop() is called, or until one of them ends."""

    def __init__(self, *services: Service) -> None:
        self._services = services
        self._is_stopping = False
        self._errors: list[BaseException] = []

    def stop(self) -> None:
        """Make run() end as soon as all services have.

        For any thread and for signal handlers: it takes no lock, which the thread that the signal
        interrupts might hold.
        """
        self._is_stopping = True

    def run(self) -> None:
        """Run the services. Raises what the first of them raised, when all have ended."""
        threads = [threading.Thread(target=self._run, args=[s]) for s in self._services]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            if self._is_stopping:
                for service in self._services:
                    service.stop()
            time.sleep(GLANCE)
        if self._errors:
            raise self._errors[0]

    def _run(self, service: Service) -> None:
        try:
            service.run()
        except BaseException as error:
            self._errors.append(error)
        finally:
            self.stop()
