"""What a post carries, what it keeps, and what its outcome says."""

import dataclasses
import datetime as dt
import email.utils
import socket
import ssl
import time
import uuid
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from bookingdb.dispatch.sender import Outcome, Sender
from tests.webhooks.conftest import SECRET, Post, post_with
from tests.webhooks.receiver import Receiver, in_turn, misbehaving


def test_what_is_sent(receiver: Receiver) -> None:
    webhook_id, payload = uuid.uuid4(), '{"name": "Zoë",  "n":1.0}\n'.encode()
    before = dt.datetime.now(dt.UTC)
    with Sender(allow_private_network=True) as sender:
        outcome = sender.post(
            webhook_id=webhook_id,
            url=receiver.url,
            payload=payload,
            secrets=[SECRET],
            headers={"X-Make-ApiKey": "k"},
            timeout=dt.timedelta(seconds=60),
        )
    assert dataclasses.replace(outcome, started_at=before, duration=dt.timedelta()) == Outcome(
        before, dt.timedelta(), 200, None, "", None
    )
    assert before <= outcome.started_at <= outcome.started_at + outcome.duration
    assert outcome.started_at.utcoffset() == dt.timedelta()
    (request,) = receiver.requests
    assert request.body == payload
    assert request.webhook_id == str(webhook_id)
    headers = dict(request.headers)
    assert headers.pop("webhook-signature").startswith("v1,")
    assert headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": f"bookingdb/{version('bookingdb')}",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "content-length": str(len(payload)),
        "webhook-id": str(webhook_id),
        "webhook-timestamp": str(int(outcome.started_at.timestamp())),
        "x-make-apikey": "k",
    }


def test_custom_headers_leave_protocol_and_signature_alone(post: Post, receiver: Receiver) -> None:
    reserved = {
        "Webhook-Id": "x",
        "WEBHOOK-SIGNATURE": "x",
        "webhook-timestamp": "x",
        "webhook-anything": "x",
        "Content-Type": "text/plain",
        "content-length": "1",
        "Host": "elsewhere.example",
        "Transfer-Encoding": "chunked",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    custom = {"Authorization": "Bearer t", "X-Empty": "", "X-Latin": "é", "User-Agent": "mine"}
    assert post(receiver.url, headers=reserved | custom).status == 200
    assert post(receiver.url).status == 200
    first, second = receiver.requests
    assert {name: first.headers[name.lower()] for name in custom} == custom
    assert set(first.headers) - set(second.headers) == {"authorization", "x-empty", "x-latin"}
    changed = {name for name in second.headers if first.headers[name] != second.headers[name]}
    assert changed <= {"user-agent", "webhook-id", "webhook-timestamp", "webhook-signature"}
    assert first.headers["webhook-id"] != "x"
    assert receiver.connections == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Split", "sesame\r\nX-More: y"),
        ("X-Fold", "sesame\r\n more"),
        ("X-Nul", "sesame\0"),
        ("X-Emoji", "sesame \N{SUNFLOWER}"),
        ("X-Space", " sesame"),
        ("X Name", "sesame"),
        ("X-Name:", "sesame"),
        ("", "sesame"),
    ],
)
def test_malformed_header_is_named_without_its_value(
    name: str, value: str, post: Post, receiver: Receiver
) -> None:
    outcome = post(receiver.url, headers={name: value})
    assert (outcome.status, outcome.error) == (None, "protocol")
    assert outcome.answer == f"the header {name!r} is malformed"
    assert receiver.requests == []


def test_what_requests_takes_from_its_environment_is_left_out(
    post: Post, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert post(receiver.url).status == 200
    assert "authorization" not in receiver.requests[0].headers


def test_authorities_of_the_environment_are_not_trusted(
    ca_file: str, tls_for: Callable[..., ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, ca_file)
    with Receiver(tls=tls_for("127.0.0.1")) as receiver:
        with Sender(allow_private_network=True) as sender:
            assert post_with(sender)(receiver.url).error == "tls"
        assert receiver.requests == []


def test_cookies_are_not_kept(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (200, {"Set-Cookie": "session=1; Path=/"}, b"")
    for _ in range(2):
        assert post(receiver.url).status == 200
    assert [r.headers.get("cookie") for r in receiver.requests] == [None, None]


@pytest.mark.parametrize("size", [0, 1, 1023, 1024])
def test_connection_is_kept_after_a_body_read_to_its_end(
    size: int, post: Post, receiver: Receiver
) -> None:
    receiver.answer = lambda _: (200, {}, b"x" * size)
    for _ in range(3):
        assert post(receiver.url).answer == "x" * size
    assert receiver.connections == 1


@pytest.mark.parametrize("size", [1026, 100_000])
def test_connection_is_dropped_after_a_longer_body(
    size: int, post: Post, receiver: Receiver
) -> None:
    receiver.answer = lambda _: (500, {}, b"x" * size)
    for _ in range(3):
        outcome = post(receiver.url)
        assert (outcome.status, outcome.answer) == (500, "x" * 1024)
    assert receiver.connections == 3


def test_connection_is_kept_over_tls(ca_file: str, tls_for: Callable[..., ssl.SSLContext]) -> None:
    with (
        Receiver(tls=tls_for("localhost")) as receiver,
        Sender(ca_file=ca_file, allow_private_network=True) as sender,
    ):
        for _ in range(3):
            assert post_with(sender)(receiver.url.replace("127.0.0.1", "localhost")).status == 200
        assert receiver.connections == 1


def test_connection_that_was_closed_meanwhile_is_no_failed_attempt(
    post: Post, receiver: Receiver
) -> None:
    for connections in (1, 2, 3):
        assert post(receiver.url).status == 200
        assert receiver.connections == connections
        receiver.drop_connections()
        time.sleep(0.2)  # Until the end of the connection has come here: a matter of loopback.
    assert len(receiver.requests) == 3


def test_words_that_come_unasked_are_no_answer(post: Post) -> None:
    """Bytes after an answer, sent to be taken for the next one's."""

    def behave(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")
        time.sleep(0.1)  # After the first has been read.
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with misbehaving(behave) as url:
        for _ in range(2):
            assert post(url).status == 500
            time.sleep(0.5)


def test_certificate_of_a_trusted_authority(
    ca_file: str, tls_for: Callable[..., ssl.SSLContext]
) -> None:
    with (
        Receiver(tls=tls_for("127.0.0.1")) as receiver,
        Sender(ca_file=ca_file, allow_private_network=True) as sender,
    ):
        assert post_with(sender)(receiver.url, payload=b"[1]").status == 200
        assert receiver.requests[0].json() == [1]


def test_certificate_of_another_authority(
    post: Post, tls_for: Callable[..., ssl.SSLContext]
) -> None:
    with Receiver(tls=tls_for("127.0.0.1")) as receiver:
        outcome = post(receiver.url)
        assert (outcome.status, outcome.error) == (None, "tls")
        assert "certificate verify failed" in (outcome.answer or "")
        assert receiver.requests == []


@pytest.mark.parametrize("is_guarded", [False, True])
def test_certificate_of_another_name(
    is_guarded: bool,
    ca_file: str,
    tls_for: Callable[..., ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_guarded:
        for module in ("network", "message"):
            monkeypatch.setattr(f"bookingdb.dispatch.{module}.refusal", lambda *_, **__: None)
        monkeypatch.setattr(
            "requests_hardened.ip_filter_adapter.filter_host", lambda *_, **__: "127.0.0.1"
        )
    with (
        Receiver(tls=tls_for("other.example.com")) as receiver,
        Sender(ca_file=ca_file, allow_private_network=not is_guarded) as sender,
    ):
        outcome = post_with(sender)(receiver.url.replace("127.0.0.1", "localhost"))
        assert (outcome.status, outcome.error) == (None, "tls")
        assert "localhost" in (outcome.answer or "")
        assert receiver.requests == []


def test_https_where_http_is_spoken(post: Post, receiver: Receiver) -> None:
    assert post(receiver.url.replace("http:", "https:")).error == "tls"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, None) for status in (200, 202, 299)),
        *((status, "redirect") for status in (300, 304, 399)),
        *((status, "status") for status in (400, 410, 429, 500, 599, 600)),
    ],
)
def test_status(status: int, error: str | None, post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (status, {}, b"")
    outcome = post(receiver.url)
    assert (outcome.status, outcome.error) == (status, error)


def test_answers_in_turn(post: Post, receiver: Receiver) -> None:
    receiver.answer = in_turn((503, {}, b"busy"), (200, {}, b"Accepted"))
    outcomes = [post(receiver.url) for _ in range(3)]
    assert [(o.status, o.answer) for o in outcomes] == [
        (503, "busy"),
        (200, "Accepted"),
        (200, "Accepted"),
    ]


def test_answer_is_text_that_postgresql_can_store(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (200, {}, "Zoë\0".encode() + b"\xff\xfe" + b"\0" * 2000)
    answer = post(receiver.url).answer
    assert answer is not None
    assert answer.startswith("Zoë\ufffd\ufffd\ufffd\ufffd")
    assert "\0" not in answer
    answer.encode()


def in_two_hours() -> str:
    return email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(hours=2), usegmt=True)


@pytest.mark.parametrize("status", [200, 429, 503])
def test_retry_after_in_seconds(status: int, post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (status, {"Retry-After": "120"}, b"")
    assert post(receiver.url).retry_after == dt.timedelta(minutes=2)


def test_retry_after_as_a_date(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (503, {"Retry-After": in_two_hours()}, b"")
    retry_after = post(receiver.url).retry_after
    assert retry_after is not None
    assert dt.timedelta(hours=1) < retry_after <= dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u00b2", None),
        ("9" * 400, None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("2030-01-01T00:00:00Z", None),
        ("1; drop table", None),
    ],
)
def test_retry_after_oddly(value: str, seconds: int | None, post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda _: (503, {"Retry-After": value}, b"")
    expected = None if seconds is None else dt.timedelta(seconds=seconds)
    assert post(receiver.url).retry_after == expected


@pytest.mark.parametrize("seconds", [0, -1, 1e-9])
def test_deadline_that_is_over_at_once(seconds: float, post: Post, receiver: Receiver) -> None:
    assert post(receiver.url).status == 200
    outcome = post(receiver.url, seconds=seconds)
    assert (outcome.status, outcome.error) == (None, "timeout")


def test_post_while_an_error_is_handled_tells_only_its_own(post: Post, receiver: Receiver) -> None:
    try:
        raise ssl.SSLError("of somebody else")
    except ssl.SSLError:
        receiver.drop_connections()
        with misbehaving(lambda client: client.shutdown(socket.SHUT_RDWR)) as url:
            assert post(url).error == "connection"


def test_nothing_secret_is_told(post: Post, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/sesame?sesame",
        "https://nobody.invalid/sesame",
        f"http://ada:sesame@127.0.0.1:{port}/",
        "http://127.0.0.1:sesame/",
    ):
        outcome = post(url, headers={"X-Key": "sesame"})
        assert outcome.error
        assert "sesame" not in (outcome.answer or "")
        assert SECRET not in (outcome.answer or "")
