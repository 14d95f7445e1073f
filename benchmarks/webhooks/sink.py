"""Where everything is posted to: an HTTP server in a process of its own that does next to nothing.

It keeps connections alive, answers 200 with an empty body, and notes when each request was whole,
by a clock that all processes of a machine share.
"""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["Receipt", "Sink", "open_sink"]

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A request: its body, and when it was whole, by time.monotonic()."""

    at: float
    body: bytes


class Sink:
    """The other end of the sink's process."""

    def __init__(self, url: str, pipe: "Connection[Any, Any]") -> None:
        self.url = url
        self._pipe = pipe

    def expect(self, count: int) -> None:
        """Forget what has come, and say so as soon as `count` requests have."""
        self._pipe.send(count)
        self._pipe.recv()

    def wait(self, timeout: float) -> list[Receipt]:
        """The requests that were expected, in order; TimeoutError after `timeout` seconds."""
        if not self._pipe.poll(timeout):
            raise TimeoutError(f"not everything was delivered in {timeout} s")
        return [Receipt(at, body) for at, body in self._pipe.recv()]


@contextmanager
def open_sink() -> Iterator[Sink]:
    """A sink on a port of loopback."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=[there], daemon=True)
    process.start()
    there.close()
    try:
        yield Sink(here.recv(), here)
    finally:
        here.close()
        process.join()


class _Log:
    """What has come since it was last asked to expect something."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self.pipe = pipe
        self.expected = 0
        self.receipts: list[tuple[float, bytes]] = []
        self.closed = asyncio.Event()

    def add(self, body: bytes) -> None:
        self.receipts.append((time.monotonic(), body))
        if len(self.receipts) == self.expected:
            self.pipe.send(self.receipts)

    def obey(self) -> None:
        try:
            self.expected = self.pipe.recv()
        except EOFError:
            self.closed.set()
            return
        self.receipts = []
        self.pipe.send(None)


class _Conversation(asyncio.Protocol):
    def __init__(self, log: _Log) -> None:
        self._log = log
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = self._data.find(b"\r\n\r\n") + 4
        if head < 4:
            return
        length = LENGTH.search(self._data, 0, head)
        end = head + int(length[1] if length else 0)
        if len(self._data) < end:
            return
        self._transport.write(ANSWER)
        self._log.add(self._data[head:end])
        self._data = b""  # a client waits for the answer before it sends the next


def _serve(pipe: "Connection[Any, Any]") -> None:
    asyncio.run(_listen(pipe))


async def _listen(pipe: "Connection[Any, Any]") -> None:
    log = _Log(pipe)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(log), "127.0.0.1", 0, backlog=128)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
    loop.add_reader(pipe.fileno(), log.obey)
    await log.closed.wait()
    loop.remove_reader(pipe.fileno())
    server.close()
