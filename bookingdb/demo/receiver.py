"""A receiver of webhooks on this machine, which fails at first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

__all__ = ["Mailbox", "listening"]


@dataclass
class Mailbox:
    """What a receiver has seen. It fails as often as `failures` says, then it accepts."""

    failures: int
    secret: str = ""
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    """Event, its webhook-id, and the status it was answered."""
    accepted: list[dict[str, Any]] = field(default_factory=list)
    """Events whose signature is genuine."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, body: bytes, headers: dict[str, str]) -> int:
        """The status to answer with."""
        with self.lock:
            try:
                event = Webhook(self.secret).verify(body, headers)
            except WebhookVerificationError:
                return 401
            status = 503 if len(self.calls) < self.failures else 200
            self.calls.append((event["type"], headers["webhook-id"], status))
            if status == 200:
                self.accepted.append(event)
            return status


@contextmanager
def listening(mailbox: Mailbox) -> Iterator[str]:
    """The URL at which the mailbox receives while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(mailbox.receive(body, headers))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/bookings"
        finally:
            server.shutdown()
            thread.join()
