"""Posts one event to one webhook, signed, and tells what came of it.

Receivers are strangers. A post ends with its deadline whatever they do, reads no more of an
answer than its first kilobyte, and reaches public addresses only.
"""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from bookingdb.dispatch.deadline import Deadline
from bookingdb.dispatch.failures import FAILURES, explain
from bookingdb.dispatch.message import (
    ANSWER_BYTES,
    custom_headers,
    first_kilobyte,
    header_problem,
    parse_retry_after,
    signature_headers,
    url_problem,
)
from bookingdb.dispatch.network import Dialer

__all__ = ["Outcome", "Sender"]

_HOSTS_KEPT_ALIVE = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one post.

    `started_at`: aware, in UTC; `duration` until the answer was read or the post was given up.
    `status`: of the answer, None when there was none. `error`: None exactly when the status is
    2xx, else one of

        status           the answer is neither 2xx nor 3xx
        redirect         the answer is 3xx; nothing is followed
        timeout          no whole status and headers until the deadline
        connection       refused, reset, closed, no route
        dns              the name does not resolve
        tls              no handshake, or a certificate that is not trusted for the name
        protocol         the URL, a header or the answer is malformed
        address_refused  the address is not a public one
        insecure_url     not https, or a password in the URL

    `answer`: the first 1,024 bytes of the answer's body as text, of a redirect its Location, and
    without an answer the reason in short; what UTF-8 and PostgreSQL cannot hold is replaced.
    `retry_after`: what the answer asks for, never negative, None when it says nothing clear.
    """

    started_at: dt.datetime
    duration: dt.timedelta
    status: int | None
    error: str | None
    answer: str | None
    retry_after: dt.timedelta | None


class Sender:
    """Posts from one thread, and keeps connections alive from one post to the next.

    Only https is spoken, and only to public addresses; `allow_private_network` allows http,
    loopback and private networks too. `ca_file`: the path of the certificate authorities to
    trust, those of `certifi` when None.
    """

    def __init__(self, *, allow_private_network: bool = False, ca_file: str | None = None) -> None:
        self._allow_private = allow_private_network
        self._deadline = Deadline()
        dialer = Dialer(self._deadline, allow_private=allow_private_network, ca_file=ca_file)
        self._session = _Session()
        self._session.adapters.clear()
        for scheme in ("https", "http") if allow_private_network else ("https",):
            adapter = HTTPAdapter() if allow_private_network else IPFilterAdapter(True)
            dialer.attach(adapter, hosts=_HOSTS_KEPT_ALIVE)
            self._session.mount(f"{scheme}://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._session.close()

    def post(
        self,
        *,
        webhook_id: UUID,
        url: str,
        payload: bytes,
        secrets: Sequence[str],
        headers: Mapping[str, str],
        timeout: dt.timedelta,
    ) -> Outcome:
        """Post `payload`, JSON in UTF-8, byte for byte to `url`, signed per Standard Webhooks.

        `secrets`: base64, with or without `whsec_`; the post is signed with each, so that a
        receiver may know the old one or the new. `headers`: custom ones; those that belong to the
        protocol or the signature are left out. `timeout`: for connecting, TLS, sending, headers
        and the first kilobyte of the answer together; looking a name up is bounded by the
        system's resolver only. A slow or endless body does not turn a 2xx into a failure.

        A connection that the receiver has closed meanwhile is replaced before anything is sent.
        Whatever the URL, the network or the receiver do is told in the Outcome; after an error
        the payload may have been received nevertheless.
        Raises ValueError when there is no secret, or one that is none, or the payload is not
        UTF-8.
        """
        started_at, started = dt.datetime.now(dt.UTC), time.monotonic()
        signature = signature_headers(webhook_id, started_at, payload, secrets)
        self._deadline.set(timeout.total_seconds())
        status, error, answer, retry_after = self._exchange(url, payload, headers, signature)
        return Outcome(
            started_at=started_at,
            duration=dt.timedelta(seconds=time.monotonic() - started),
            status=status,
            error=error,
            answer=answer.replace("\0", "\N{REPLACEMENT CHARACTER}")[:ANSWER_BYTES],
            retry_after=retry_after,
        )

    def _exchange(
        self, url: str, payload: bytes, headers: Mapping[str, str], signature: Mapping[str, str]
    ) -> tuple[int | None, str | None, str, dt.timedelta | None]:
        problem = url_problem(url, allow_private=self._allow_private) or header_problem(headers)
        if problem:
            return None, *problem, None
        try:
            response = self._session.post(
                url,
                data=payload,
                headers={**custom_headers(headers), **signature},
                stream=True,
                allow_redirects=False,
            )
        except FAILURES as failure:
            error, reason = explain(failure)
            if error == "dns":
                reason = f"{urlsplit(url).hostname}: {reason}"
            return None, error, reason, None
        answer = first_kilobyte(response).decode(errors="replace")
        status = response.status_code
        retry_after = parse_retry_after(response.headers.get("Retry-After"))
        if 200 <= status < 300:
            return status, None, answer, retry_after
        if 300 <= status < 400:
            return status, "redirect", response.headers.get("Location", answer), retry_after
        return status, "status", answer, retry_after


class _Session(requests.Session):
    """A session that takes nothing from its environment, and nothing from one post to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers["User-Agent"] = f"bookingdb/{version('bookingdb')}"
        self.headers["Accept-Encoding"] = "identity"

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is looked at: requests would read all of its body to tell the next URL."""
