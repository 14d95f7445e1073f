"""Receivers of webhooks on this machine: one that behaves, and sockets that do as they are told."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

__all__ = ["Answer", "Received", "Receiver", "in_turn", "misbehaving"]


@dataclass(frozen=True)
class Received:
    """A request as it came; names of headers in lower case, `at` by time.monotonic()."""

    webhook_id: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Mapping[str, str], bytes]


def in_turn(*answers: Answer) -> Callable[[Received], Answer]:
    """One answer after the other, the last of them for ever."""
    rest = list(answers)
    lock = threading.Lock()

    def answer(_: Received) -> Answer:
        with lock:
            return rest.pop(0) if len(rest) > 1 else rest[0]

    return answer


class Receiver:
    """Listens on a port of loopback while its context lasts; keeps connections alive.

    It keeps all `requests` and gives the `answer` of each: status, headers, body. With `tls`, a
    server's context, it speaks https.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[Received], Answer] = lambda _: (200, {}, b"")
        self.connections = 0
        self._requests: list[Received] = []
        self._arrived = threading.Condition()
        self._server = _Server(self, tls)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.drop_connections()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/hook"

    @property
    def requests(self) -> list[Received]:
        """What has come so far, in order."""
        with self._arrived:
            return list(self._requests)

    def wait_for(self, count: int, timeout: float = 60) -> list[Received]:
        """The requests as soon as there are `count`; TimeoutError after `timeout` seconds."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._requests) >= count, timeout):
                raise TimeoutError(f"{len(self._requests)} of {count} requests in {timeout} s")
            return list(self._requests)

    def drop_connections(self) -> None:
        """Close the connections that are open, as a receiver does that restarts."""
        self._server.drop_connections()

    def receive(self, request: Received) -> Answer:
        with self._arrived:
            self._requests.append(request)
            self._arrived.notify_all()
        return self.answer(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, receiver: Receiver, tls: ssl.SSLContext | None) -> None:
        self.receiver = receiver
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the thread of the connection: a handshake that fails keeps nobody else waiting.
        with self._lock:
            self.receiver.connections += 1
            self._open.add(request)
        try:
            if self.tls is None:
                _Handler(request, client_address, self)
                return
            # On a copy, so that drop_connections() has a socket that is open until the end.
            with self.tls.wrap_socket(request.dup(), server_side=True) as encrypted:
                _Handler(encrypted, client_address, self)
        except OSError:
            pass  # The other end went away, or would not trust us.
        finally:
            with self._lock:
                self._open.discard(request)

    def drop_connections(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # The other end was faster.
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # The other end went away before it had said all.
            self.close_connection = True
            return
        request = Received(headers.get("webhook-id", ""), headers, body, time.monotonic())
        status, answered, content = self.server.receiver.receive(request)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **answered}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def misbehaving(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL of a server that reads what each client sends first, and leaves the rest to `behave`.

    It has until the context ends, or the client goes away.
    """
    clients: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        try:
            client.recv(65536)
            behave(client)
        except OSError:
            pass  # Cut off, which is what most tests want to see.

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            clients.append(client)
            threads.append(threading.Thread(target=serve, args=[client]))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads.append(threading.Thread(target=accept))
        threads[0].start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            threads[0].join()
            for client in clients:
                with suppress(OSError):  # Gone already.
                    client.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
            for client in clients:
                client.close()
