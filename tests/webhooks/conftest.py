"""Senders, receivers and certificates, all on this machine."""

import datetime as dt
import ssl
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from bookingdb.dispatch.sender import Outcome, Sender
from tests.webhooks.receiver import Receiver

Post = Callable[..., Outcome]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def post_with(sender: Sender) -> Post:
    """A shorter post(): only what a test is about has to be said."""

    def post(
        url: str,
        *,
        payload: bytes = b"{}",
        secrets: tuple[str, ...] = (SECRET,),
        headers: dict[str, str] | None = None,
        seconds: float = 60,
    ) -> Outcome:
        return sender.post(
            webhook_id=uuid.uuid4(),
            url=url,
            payload=payload,
            secrets=secrets,
            headers=headers or {},
            timeout=dt.timedelta(seconds=seconds),
        )

    return post


@pytest.fixture
def post() -> Iterator[Post]:
    """Posts in an intranet: http and loopback are allowed."""
    with Sender(allow_private_network=True) as sender:
        yield post_with(sender)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="session")
def tls_for(authority: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """A server's context with a certificate for these names and addresses."""

    def make(*names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(context)
        return context

    return make
