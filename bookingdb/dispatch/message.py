"""What goes into a request and comes out of an answer: URL, headers, signature, first kilobyte."""

import datetime as dt
import email.utils
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

import requests
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from bookingdb.dispatch.failures import FAILURES
from bookingdb.dispatch.network import refusal

__all__ = [
    "ANSWER_BYTES",
    "custom_headers",
    "first_kilobyte",
    "header_problem",
    "parse_retry_after",
    "signature_headers",
    "url_problem",
]

ANSWER_BYTES = 1024

_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"([\x21-\x7e\x80-\xff][\t\x20-\x7e\x80-\xff]*)?")
_SECONDS = re.compile(r"[0-9]{1,9}")

# These say what is sent and where it ends, or are part of the signature.
_RESERVED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@lru_cache(maxsize=1024)
def url_problem(url: str, *, allow_private: bool) -> tuple[str, str] | None:
    """Why nothing can be posted to `url`: the error of an Outcome, and the reason."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "protocol", "the URL is malformed"
    if parts.scheme not in ({"https", "http"} if allow_private else {"https"}):
        return "insecure_url", f"the URL's scheme is {parts.scheme!r}"
    if "@" in parts.netloc:
        return "insecure_url", "the URL has a user name or password in it"
    if _NOT_IN_URLS.search(url):
        return "protocol", "the URL has spaces, backslashes or control characters in it"
    if not host:
        return "protocol", "the URL has no host"
    try:
        reason = refusal(host, allow_private=allow_private)
    except ValueError:
        return None  # A name, or an address written unlike one: the dialled address is checked.
    return ("address_refused", reason) if reason else None


def header_problem(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Which of the custom `headers` cannot be sent; never its value."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            return "protocol", f"the header {name!r} is malformed"
    return None


def custom_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of `headers` that are the customer's to choose."""
    return {
        name: value
        for name, value in headers.items()
        if (lower := name.lower()) not in _RESERVED and not lower.startswith("webhook-")
    }


def parse_retry_after(value: str | None) -> dt.timedelta | None:
    """How long to wait from now, given in seconds or as an HTTP date; None when it is neither."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return dt.timedelta(seconds=int(text))
    try:
        date = email.utils.parsedate_to_datetime(text)
        if date.tzinfo is None:  # "-0000": in UTC, of a place unknown
            date = date.replace(tzinfo=dt.UTC)
        return max(date - dt.datetime.now(dt.UTC), dt.timedelta())
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def signature_headers(
    webhook_id: UUID, at: dt.datetime, payload: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """The headers that say what is posted, signed with each of `secrets`.

    Raises ValueError when there is none, or one that is none, or `payload` is not UTF-8.
    """
    if not secrets:
        raise ValueError("there is no secret to sign with")
    message, text = str(webhook_id), payload.decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            _signer(secret).sign(msg_id=message, timestamp=at, data=text) for secret in secrets
        ),
    }


@lru_cache(maxsize=1024)
def _signer(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("a secret is not base64, or empty") from None


def first_kilobyte(response: requests.Response) -> bytes:
    """What comes of the body until the deadline, undecoded; read to its end it leaves the
    connection to the next post, else it is closed."""
    body = b""
    # A failure here changes nothing: the status has been read, and it counts.
    with response, suppress(*FAILURES):
        while len(body) <= ANSWER_BYTES:
            piece = response.raw.read1(ANSWER_BYTES + 1 - len(body), decode_content=False)
            if not piece:
                break
            body += piece
    return body[:ANSWER_BYTES]
