"""Which addresses may be dialled, and connections that dial no other.

What is checked is the address of the socket, at the moment it is dialled: what a name meant
before, and what it may mean later, does not matter.
"""

import ipaddress
import socket
import ssl
from functools import partial

import certifi
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from bookingdb.dispatch.deadline import Deadline, TimedSocket, TimedTLSSocket

__all__ = ["AddressRefused", "Dialer", "refusal"]

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)


class AddressRefused(Exception):
    """Nothing was sent: the address is none that may be dialled."""


def refusal(address: str, *, allow_private: bool) -> str | None:
    """Why the IP address `address` may not be dialled; None when it may.

    Global unicast addresses may, unless they stand for another (IPv4-mapped, NAT64, 6to4,
    Teredo). With `allow_private`, loopback and the private networks of RFC 1918 and RFC 4193
    may as well; link-local ones, where clouds keep their metadata, never.
    """
    ip = ipaddress.ip_address(address)
    if allow_private and any(ip in network for network in _PRIVATE):
        return None
    is_public = (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and (ip.version == 4 or ip in _GLOBAL_UNICAST)
        and not any(ip in network for network in EXTRA_BLOCKED_NET_RANGES)
    )
    return None if is_public else f"{ip} is not a public address"


class Dialer:
    """Opens the connections of one Sender.

    `ca_file`: the path of the certificate authorities to trust, those of `certifi` when None.
    """

    def __init__(
        self, deadline: Deadline, *, allow_private: bool = False, ca_file: str | None = None
    ) -> None:
        self.deadline = deadline
        self._allow_private = allow_private
        self._context = ssl.create_default_context(cafile=ca_file or certifi.where())
        self._context.sslsocket_class = TimedTLSSocket

    def attach(self, adapter: HTTPAdapter, *, hosts: int) -> None:
        """Make `adapter` open all its connections here, and keep those to `hosts` hosts."""
        adapter.init_poolmanager(hosts, 1, ssl_context=self._context)
        adapter.poolmanager.pool_classes_by_scheme = {
            "http": partial(_HTTPPool, dialer=self),
            "https": partial(_HTTPSPool, dialer=self),
        }

    def dial(self, host: str, port: int) -> TimedSocket:
        """A socket connected to the first address of `host` that answers.

        Raises AddressRefused before anything is sent when one of them may not be dialled, and
        OSError when none answers until the deadline.
        """
        failure = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM
        ):
            if reason := refusal(str(address[0]), allow_private=self._allow_private):
                raise AddressRefused(reason)
            sock = TimedSocket(family, kind, protocol)
            sock.deadline = self.deadline
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        raise failure


class _HTTPConnection(HTTPConnection):
    def __init__(self, host: str, port: int, *, dialer: Dialer, **options: object) -> None:
        super().__init__(host, port, **options)  # type: ignore[arg-type]
        self._dialer = dialer

    def _new_conn(self) -> socket.socket:
        try:
            return self._dialer.dial(self._dns_host, self.port)
        except OSError as error:
            # urllib3 swallows some kinds of OSError here, and goes on without a socket.
            raise NewConnectionError(self, "cannot connect") from error


class _HTTPSConnection(_HTTPConnection, HTTPSConnection):
    def connect(self) -> None:
        self.ca_certs = None  # The context has read them; to do it again takes 10 ms a connection.
        super().connect()
        assert isinstance(self.sock, TimedTLSSocket)
        self.sock.deadline = self._dialer.deadline


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection
