"""No receiver holds a post up beyond its deadline, makes it read much, or sends it elsewhere."""

import datetime as dt
import gzip
import http.client
import socket
import struct
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

import pytest

from bookingdb.dispatch.sender import Outcome
from tests.webhooks.conftest import Post
from tests.webhooks.receiver import Answer, Received, Receiver, misbehaving

OK = b"HTTP/1.1 200 OK\r\n"
DEADLINE = 1.0
GENEROUS = dt.timedelta(seconds=10)


def post_to(post: Post, behave: Callable[[socket.socket], None]) -> Outcome:
    with misbehaving(behave) as url:
        outcome = post(url, seconds=DEADLINE)
    assert outcome.duration < GENEROUS
    return outcome


def drip(client: socket.socket) -> None:
    """A byte now and then, no pause as long as the deadline, all of them longer than GENEROUS."""
    for _ in range(50):
        client.sendall(b"x")
        time.sleep(0.3)


def test_never_answering(post: Post) -> None:
    outcome = post_to(post, lambda client: None)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration >= dt.timedelta(seconds=DEADLINE)


def test_never_accepting(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as queue:
        for _ in range(3):  # These fill the queue of those who want to be accepted.
            sock = queue.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        outcome = post(f"http://127.0.0.1:{listener.getsockname()[1]}/hook", seconds=DEADLINE)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration < GENEROUS


def test_never_reading(post: Post) -> None:
    with misbehaving(lambda client: None) as url:
        outcome = post(url, payload=b" " * 50_000_000, seconds=DEADLINE)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration < GENEROUS


def test_no_handshake(post: Post) -> None:
    with misbehaving(lambda client: None) as url:
        outcome = post(url.replace("http:", "https:"), seconds=DEADLINE)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration < GENEROUS


def test_dripping_handshake(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(b"\x16\x03\x03\x40\x00")  # A record of 16 kilobytes is to come.
        drip(client)

    with misbehaving(behave) as url:
        outcome = post(url.replace("http:", "https:"), seconds=DEADLINE)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration < GENEROUS


def test_dripping_status(post: Post) -> None:
    assert post_to(post, drip).error == "timeout"


def test_dripping_header(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(OK + b"X-Slow: ")
        drip(client)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (None, "timeout")


def test_dripping_body_is_a_success_with_what_came_of_it(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(OK + b"Content-Length: 1000\r\n\r\n")
        drip(client)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (200, None)
    assert outcome.answer
    assert set(outcome.answer) == {"x"}


def test_dripping_body_of_a_failure(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\nsorry")
        drip(client)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (500, "status")
    assert (outcome.answer or "").startswith("sorry")


def test_endless_interim_answers(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        while True:
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    assert post_to(post, behave).error == "timeout"


def test_endless_headers(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(OK)
        for number in count():
            client.sendall(b"X-%d: y\r\n" % number)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (None, "protocol")
    assert outcome.answer == "got more than 100 headers"


def test_oversized_header_line(post: Post) -> None:
    outcome = post_to(post, lambda client: client.sendall(OK + b"X: " + b"y" * 10_000_000))
    assert (outcome.status, outcome.error) == (None, "protocol")
    assert outcome.answer == "got more than 65536 bytes when reading header line"


@pytest.mark.parametrize("status", [200, 302, 500])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_endless_body(status: int, is_chunked: bool, post: Post) -> None:
    sent = [0]

    def behave(client: socket.socket) -> None:
        framing = b"Transfer-Encoding: chunked\r\n" if is_chunked else b""
        client.sendall(b"HTTP/1.1 %d X\r\n%s\r\n" % (status, framing))
        piece = b"x" * 65536
        while True:
            client.sendall(b"10000\r\n%s\r\n" % piece if is_chunked else piece)
            sent[0] += len(piece)

    outcome = post_to(post, behave)
    assert outcome.status == status
    assert outcome.answer == "x" * 1024
    # What the buffers of the two sockets hold, not what a second can carry.
    assert sent[0] < 100_000_000


def test_gzip_bomb_stays_packed(post: Post, receiver: Receiver) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    receiver.answer = lambda _: (200, {"Content-Encoding": "gzip"}, bomb)
    outcome = post(receiver.url)
    assert outcome.status == 200
    assert receiver.requests[0].headers["accept-encoding"] == "identity"
    text = bomb[:1024].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert outcome.answer == text


def test_closed_without_an_answer(post: Post) -> None:
    outcome = post_to(post, lambda client: client.shutdown(socket.SHUT_RDWR))
    assert (outcome.status, outcome.error) == (None, "connection")


def test_half_closed(post: Post) -> None:
    outcome = post_to(post, lambda client: client.shutdown(socket.SHUT_WR))
    assert (outcome.status, outcome.error) == (None, "connection")


def test_half_an_answer(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 20")
        client.shutdown(socket.SHUT_WR)

    assert post_to(post, behave).error == "protocol"


def test_half_a_body_is_a_success_with_what_came_of_it(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(OK + b"Content-Length: 100\r\n\r\nhalf")
        client.shutdown(socket.SHUT_WR)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error, outcome.answer) == (200, None, "half")


def test_reset_after_sending(post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (None, "connection")


def test_nobody_listens(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = post(f"http://127.0.0.1:{port}/hook")
    assert (outcome.status, outcome.error) == (None, "connection")
    assert "refused" in (outcome.answer or "")


def test_name_that_does_not_resolve(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    outcome = post("https://nobody.example.com/hook")
    assert (outcome.status, outcome.error) == (None, "dns")
    assert (outcome.answer or "").startswith("nobody.example.com: ")


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff\x16\x03 garbage\r\n\r\n",
        b"HTTP/1.1 nonsense\r\n\r\n",
        b"HTTP/1.1 99999 Too many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_garbage(garbage: bytes, post: Post) -> None:
    outcome = post_to(post, lambda client: client.sendall(garbage))
    assert (outcome.status, outcome.error) == (None, "protocol")
    assert outcome.answer
    assert "\0" not in outcome.answer


@pytest.mark.parametrize(
    "odd",
    [
        b"Content-Length: -5\r\n",
        b"Content-Length: many\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"no colon\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\n",
        b"Set-Cookie: =;;;expires=never;domain=\x00\r\n",
        b"Content-Encoding: gzip, br, zstd\r\n",
        b"Connection: \xff\r\n",
    ],
)
def test_odd_headers_do_no_harm(odd: bytes, post: Post) -> None:
    def behave(client: socket.socket) -> None:
        client.sendall(OK + odd + b"\r\nnot a chunk")
        client.shutdown(socket.SHUT_WR)

    outcome = post_to(post, behave)
    assert (outcome.status, outcome.error) == (200, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status: int, post: Post, receiver: Receiver) -> None:
    elsewhere = f"http://127.0.0.1:{receiver.port}/elsewhere"
    receiver.answer = lambda _: (status, {"Location": elsewhere}, b"moved")
    outcome = post(receiver.url)
    assert (outcome.status, outcome.error, outcome.answer) == (status, "redirect", elsewhere)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("location", ["", "http://[", "//\x7f", "x" * 5000, "http://a:b:c/"])
def test_location_that_is_no_url(location: str, post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (302, {"Location": location}, b"")
    outcome = post(receiver.url)
    assert (outcome.status, outcome.error, outcome.answer) == (302, "redirect", location[:1024])


def test_deadline_holds_over_a_connection_that_is_kept_alive(
    post: Post, receiver: Receiver
) -> None:
    """A long deadline of one post is not the next one's."""
    assert post(receiver.url, seconds=600).status == 200

    def answer_late(_: Received) -> Answer:
        time.sleep(DEADLINE + 1)
        return 200, {}, b""

    receiver.answer = answer_late
    outcome = post(receiver.url, seconds=DEADLINE)
    assert (outcome.error, receiver.connections) == ("timeout", 1)
    assert outcome.duration < GENEROUS


def test_control_a_timeout_of_requests_does_not_stop_a_drip() -> None:
    """What the deadline is for: a timeout of a socket counts from the last byte anew."""
    dripped = [0]

    def behave(client: socket.socket) -> None:
        for _ in range(10):
            client.sendall(b"X")
            dripped[0] += 1
            time.sleep(DEADLINE / 3)

    with misbehaving(behave) as url:
        connection = http.client.HTTPConnection(url[7:-5], timeout=DEADLINE)
        connection.request("POST", "/hook", b"{}")
        with pytest.raises((TimeoutError, http.client.HTTPException)):
            connection.getresponse()
        connection.close()
    assert dripped[0] * DEADLINE / 3 > DEADLINE * 2
