"""One word for each way in which a request can fail, and a reason that gives no secret away."""

import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions
from requests_hardened.ip_filter import InvalidIPAddress

from bookingdb.dispatch.network import AddressRefused

__all__ = ["FAILURES", "explain"]

FAILURES = (
    OSError,  # what the system says, and all that requests raises
    ValueError,  # a URL or an answer that cannot be read
    LookupError,  # an encoding nobody knows
    AddressRefused,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
)

# The first that fits; a kind that is a special case of another stands before it.
_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("address_refused", (AddressRefused, InvalidIPAddress)),
    ("dns", (socket.gaierror,)),
    ("timeout", (TimeoutError,)),
    ("tls", (ssl.SSLError, urllib3.exceptions.SSLError)),
    ("connection", (ConnectionError,)),
    ("protocol", (http.client.HTTPException, ValueError)),
    ("connection", (OSError,)),
)


def explain(failure: BaseException) -> tuple[str, str]:
    """The word for `failure`, and the reason.

    Only what the operating system, OpenSSL or the receiver said is quoted: messages of libraries
    may have URLs and headers in them.
    """
    causes = [*_causes(failure)]
    for word, kinds in _KINDS:
        for cause in causes:
            if isinstance(cause, kinds):
                return word, _reason(cause)
    return "protocol", type(failure).__name__


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """What libraries have wrapped in each other, without their wrappings."""
    is_wrapping = isinstance(failure, requests.RequestException | urllib3.exceptions.HTTPError)
    is_telling = isinstance(failure, InvalidIPAddress | urllib3.exceptions.SSLError)
    if not is_wrapping or is_telling:
        yield failure
    inner = [failure.__cause__, getattr(failure, "reason", None), *failure.args]
    for cause in inner:
        if isinstance(cause, BaseException):
            yield from _causes(cause)


def _reason(cause: BaseException) -> str:
    if isinstance(cause, InvalidIPAddress):
        return f"{cause} is not a public address"
    if isinstance(cause, ValueError) and not isinstance(cause, ssl.SSLError):
        return type(cause).__name__
    return str(cause) or type(cause).__name__
