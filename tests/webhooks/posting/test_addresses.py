"""A webhook reaches public addresses only, however the address is written or hidden.

The controls take the guard away: the same post then reaches the receiver.
"""

import ipaddress
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from requests_hardened import ip_filter_adapter

from bookingdb.dispatch import message, network
from bookingdb.dispatch.deadline import TimedSocket
from bookingdb.dispatch.sender import Sender
from tests.webhooks.conftest import Post, post_with
from tests.webhooks.receiver import Receiver

REFUSED = {
    "loopback": "127.0.0.1",
    "loopback-elsewhere": "127.8.9.10",
    "private-10": "10.1.2.3",
    "private-172": "172.16.0.1",
    "private-192": "192.168.1.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "cgnat": "100.64.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified": "0.0.0.0",
    "this-network": "0.1.2.3",
    "documentation": "192.0.2.1",
    "benchmarking": "198.18.0.1",
    "6to4-relay": "192.88.99.1",
    "loopback-6": "::1",
    "unspecified-6": "::",
    "private-6": "fd00::1",
    "link-local-6": "fe80::1",
    "site-local-6": "fec0::1",
    "multicast-6": "ff02::1",
    "reserved-6": "4000::1",
    "documentation-6": "2001:db8::1",
    "metadata-6": "fd00:ec2::254",
    "mapped": "::ffff:127.0.0.1",
    "mapped-public": "::ffff:93.184.216.34",
    "compatible": "::127.0.0.1",
    "nat64": "64:ff9b::7f00:1",
    "nat64-local": "64:ff9b:1::7f00:1",
    "6to4": "2002:7f00:1::1",
    "teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
}
OTHER_SPELLINGS = ["2130706433", "0177.0.0.1", "0x7f.1", "0x7f000001", "127.1", "localhost"]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
NAME = "hook.example.com"
addresses = pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)


def in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.fixture
def receiver(tls_for: Callable[..., ssl.SSLContext]) -> Iterator[Receiver]:
    """A receiver that has a certificate for whatever a test may call it."""
    names = [NAME, *OTHER_SPELLINGS, *REFUSED.values(), *PUBLIC]
    with Receiver(tls=tls_for(*names)) as receiver:
        yield receiver


@pytest.fixture
def dialled(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were dialled. Whatever was, the receiver answers."""
    addresses: list[str] = []

    def connect(self: TimedSocket, address: tuple[Any, ...]) -> None:
        addresses.append(address[0])
        with socket.create_connection(("127.0.0.1", receiver.port)) as connected:
            os.dup2(connected.fileno(), self.fileno())
        self.settimeout(self.deadline.left())

    monkeypatch.setattr(TimedSocket, "connect", connect)
    return addresses


@pytest.fixture
def guarded(ca_file: str, dialled: list[str]) -> Iterator[Post]:
    with Sender(ca_file=ca_file) as sender:
        yield post_with(sender)


Resolve = Callable[..., None]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Call it with a name and its addresses, one for each time that it is looked up."""
    system = socket.getaddrinfo

    def setup(name: str, *answers: str) -> None:
        rest = list(answers)

        def getaddrinfo(host: str, port: Any, *arguments: Any, **options: Any) -> Any:
            if host != name:
                return system(host, port, *arguments, **options)
            return address_info(rest.pop(0) if len(rest) > 1 else rest[0], port)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return setup


def address_info(address: str, port: Any) -> Any:
    if ":" in address:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port or 0, 0, 0))]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0))]


@pytest.fixture
def without_our_guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (network, message):
        monkeypatch.setattr(module, "refusal", lambda address, **_: None)
    message.url_problem.cache_clear()
    yield
    message.url_problem.cache_clear()


@pytest.fixture
def without_guard(without_our_guard: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def first_address(host: str, port: Any, **_: Any) -> str:
        return in_url(str(socket.getaddrinfo(host, port)[0][4][0]))

    monkeypatch.setattr(ip_filter_adapter, "filter_host", first_address)


@addresses
def test_address_is_refused(
    address: str, guarded: Post, dialled: list[str], receiver: Receiver
) -> None:
    outcome = guarded(f"https://{in_url(address)}/hook")
    assert (outcome.status, outcome.error) == (None, "address_refused")
    assert outcome.answer == f"{ipaddress.ip_address(address)} is not a public address"
    assert (dialled, receiver.requests) == ([], [])


@addresses
def test_name_of_such_an_address_is_refused(
    address: str, guarded: Post, resolve: Resolve, dialled: list[str], receiver: Receiver
) -> None:
    resolve(NAME, address)
    outcome = guarded(f"https://{NAME}/hook")
    if address == REFUSED["mapped-public"]:
        # As a name's answer it is dialled for what it stands for, which is public.
        assert (outcome.error, dialled) == (None, ["93.184.216.34"])
        return
    assert (outcome.status, outcome.error) == (None, "address_refused")
    assert (dialled, receiver.requests) == ([], [])


@pytest.mark.parametrize("host", OTHER_SPELLINGS)
def test_other_spellings_of_loopback_are_refused(
    host: str, guarded: Post, dialled: list[str], receiver: Receiver
) -> None:
    outcome = guarded(f"https://{host}/hook")
    assert (outcome.status, outcome.error) == (None, "address_refused")
    assert (dialled, receiver.requests) == ([], [])


@addresses
def test_control_an_address_is_reached_without_the_guard(
    address: str, without_guard: None, guarded: Post, dialled: list[str], receiver: Receiver
) -> None:
    assert guarded(f"https://{in_url(address)}/hook").status == 200
    assert [ipaddress.ip_address(a) for a in dialled] == [ipaddress.ip_address(address)]
    assert len(receiver.requests) == 1


@addresses
def test_control_a_name_is_reached_without_the_guard(
    address: str,
    without_guard: None,
    guarded: Post,
    resolve: Resolve,
    dialled: list[str],
    receiver: Receiver,
) -> None:
    resolve(NAME, address)
    assert guarded(f"https://{NAME}/hook").status == 200
    assert len(receiver.requests) == len(dialled) == 1


@pytest.mark.parametrize("host", OTHER_SPELLINGS)
def test_control_other_spellings_are_reached_without_the_guard(
    host: str, without_guard: None, guarded: Post, receiver: Receiver
) -> None:
    assert guarded(f"https://{host}/hook").status == 200
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("kind", ["site-local-6", "compatible", "reserved-6"])
def test_control_the_library_alone_lets_these_through(
    kind: str, without_our_guard: None, guarded: Post, receiver: Receiver
) -> None:
    assert guarded(f"https://{in_url(REFUSED[kind])}/hook").status == 200
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached_under_their_name(
    address: str, guarded: Post, resolve: Resolve, dialled: list[str], receiver: Receiver
) -> None:
    resolve(NAME, address)
    for host in (NAME, NAME, in_url(address), in_url(address)):
        assert guarded(f"https://{host}/hook").status == 200
    assert dialled == [address, address]  # Each was kept alive for the second post.
    hosts = [request.headers["host"] for request in receiver.requests]
    assert hosts == [NAME, NAME, in_url(address), in_url(address)]


def test_only_the_checked_address_is_dialled_when_the_answer_changes(
    guarded: Post, resolve: Resolve, dialled: list[str]
) -> None:
    resolve(NAME, PUBLIC[0], "127.0.0.1")
    assert guarded(f"https://{NAME}/hook").status == 200
    assert dialled == [PUBLIC[0]]
    assert guarded(f"https://{NAME}/hook").error == "address_refused"
    assert dialled == [PUBLIC[0]]


def test_control_an_answer_that_changes_gets_through_where_the_checked_address_is_not_dialled(
    without_our_guard: None,
    guarded: Post,
    resolve: Resolve,
    dialled: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = ip_filter_adapter.filter_host

    def check_then_dial_the_name(host: str, port: Any, **options: Any) -> str:
        check(host, port, **options)
        return host

    monkeypatch.setattr(ip_filter_adapter, "filter_host", check_then_dial_the_name)
    resolve(NAME, PUBLIC[0], "127.0.0.1")
    assert guarded(f"https://{NAME}/hook").status == 200
    assert dialled == ["127.0.0.1"]


def test_address_is_checked_again_as_it_is_dialled(
    guarded: Post, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [PUBLIC[0], "127.0.0.1"]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *_, **__: address_info(answers.pop(0), port)
    )
    assert guarded(f"https://{NAME}/hook").error == "address_refused"
    assert (answers, dialled) == ([], [])


def test_one_private_address_among_several_refuses_them_all(
    ca_file: str, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *_, **__: [
            *address_info("169.254.169.254", port),
            *address_info(PUBLIC[0], port),
        ],
    )
    for allow_private in (False, True):
        with Sender(ca_file=ca_file, allow_private_network=allow_private) as sender:
            assert post_with(sender)(f"https://{NAME}/hook").error == "address_refused"
    assert dialled == []


INTRANET = {"loopback", "loopback-elsewhere", "private-10", "private-172", "private-192"}
INTRANET |= {"loopback-6", "private-6", "metadata-6"}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_intranet_is_loopback_and_private_networks(
    kind: str, ca_file: str, dialled: list[str], receiver: Receiver
) -> None:
    with Sender(ca_file=ca_file, allow_private_network=True) as sender:
        outcome = post_with(sender)(f"https://{in_url(REFUSED[kind])}/hook")
    if kind in INTRANET:
        assert outcome.status == 200
    else:
        assert (outcome.error, dialled) == ("address_refused", [])


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (f"http://{NAME}/hook", "insecure_url"),
        ("http://127.0.0.1/hook", "insecure_url"),
        (f"ftp://{NAME}/hook", "insecure_url"),
        ("file:///etc/passwd", "insecure_url"),
        (f"//{NAME}/hook", "insecure_url"),
        ("", "insecure_url"),
        (f"https://user:secret@{NAME}/hook", "insecure_url"),
        (f"https://@{NAME}/hook", "insecure_url"),
        (f"https://good.example\\@{NAME}/hook", "insecure_url"),
        (f"https://{NAME}\\.evil.example/hook", "protocol"),
        (f"https://{NAME}/ho ok", "protocol"),
        (f"https://{NAME}/hook\r\nX: y", "protocol"),
        ("https:///hook", "protocol"),
        ("https://:443/hook", "protocol"),
        (f"https://{NAME}:port/hook", "protocol"),
        (f"https://{NAME}:99999/hook", "protocol"),
        ("https://[::1/hook", "protocol"),
        ("https://*.example.com/hook", "protocol"),
        (f"https://{'a' * 80}.example.com/hook", "protocol"),
        ("https://a..example.com/hook", "protocol"),
    ],
)
def test_such_urls_are_refused_with_a_reason(
    url: str, error: str, guarded: Post, dialled: list[str]
) -> None:
    outcome = guarded(url)
    assert (outcome.status, outcome.error, dialled) == (None, error, [])
    assert outcome.answer
    assert "secret" not in outcome.answer
