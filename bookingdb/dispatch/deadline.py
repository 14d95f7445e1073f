"""Sockets that keep one deadline, however many reads and writes it takes.

A timeout of a socket counts from the last byte anew: who sends a byte now and then is never cut
off. These give each operation no more than what is left until the deadline.
"""

import socket
import ssl
import time
from typing import Any

__all__ = ["Deadline", "TimedSocket", "TimedTLSSocket"]


class Deadline:
    """A moment until which all must be done; it is set anew for each request."""

    def __init__(self) -> None:
        self._at = 0.0

    def set(self, seconds: float) -> None:
        """Now begin `seconds` in which all must be done."""
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then, more than none. Raises TimeoutError when it is past."""
        seconds = self._at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds


class TimedSocket(socket.socket):
    """A socket of which whatever sends or receives ends with `deadline`, or raises TimeoutError.

    Only the operations that http.client uses are timed.
    """

    deadline: Deadline

    def connect(self, address: Any) -> None:
        self.settimeout(self.deadline.left())
        super().connect(address)
        # A TLS handshake that follows takes this over, and C code counts it down.
        self.settimeout(self.deadline.left())

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*arguments)

    def send(self, *arguments: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().send(*arguments)

    def sendall(self, *arguments: Any) -> None:
        self.settimeout(self.deadline.left())
        super().sendall(*arguments)


class TimedTLSSocket(TimedSocket, ssl.SSLSocket):
    """The same over TLS; for SSLContext.sslsocket_class."""
