"""Start and stop a private PostgreSQL server."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from bookingdb.embedded.errors import EmbeddedServerError
from bookingdb.embedded.instance import Instance

__all__ = ["UNSAFE_TEST_SETTINGS", "EmbeddedServer"]

UNSAFE_TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "max_connections": "150",
}
"""Settings for tests. A power failure or a crash of the operating system loses or corrupts data.

The death of the server alone, by SIGKILL for instance, loses no committed transaction: what a
commit has written is then safe with the operating system.
"""

# The client's environment must not redirect a connection or make it fail. An empty value counts
# as given. There is no such value for PGSERVICE, and older clients refuse parameters they do not
# know, which excludes require_auth and sslnegotiation.
_PINNED = {
    "hostaddr": "",
    "options": "",
    "sslmode": "disable",
    "gssencmode": "disable",
    "channel_binding": "disable",
    "target_session_attrs": "any",
}


class EmbeddedServer:
    """A PostgreSQL server that lives no longer than this process.

    It listens on a Unix socket in a directory of mode 0700, never on TCP, and lets in whoever may
    enter that directory: the account it runs as and root. It ends with `stop()`, at the exit of
    the interpreter, and when this process is killed. Not for use by several threads at once.

    With a `data_dir` the cluster is kept there, and made first if the directory is absent or empty.
    Without one the cluster is removed by `stop()`. `settings` are server parameters for this run,
    by name. `bindir` overrides the search for PostgreSQL's programs.

    Set by `start()`:

    host      directory of the socket
    port      number in the socket's name
    user      the superuser, "postgres"
    data_dir  the cluster
    log_file  the server's log, in the cluster or, for a throw-away one, removed with it
    bindir    directory of psql, pg_dump and the rest, so far as they are installed
    """

    host: str
    port: int
    user: str
    data_dir: Path
    log_file: Path
    bindir: Path

    def __init__(
        self,
        data_dir: Path | str | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        bindir: Path | str | None = None,
    ) -> None:
        """Keep the arguments; nothing is looked at or started."""
        self._data_dir_argument = data_dir
        self._settings = settings
        self._bindir_argument = bindir
        self._instance: Instance | None = None
        self._started_by = 0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the server and return when it accepts connections.

        After `crash()`, or when the server has died, it is started again on the same cluster and
        recovers. Raises EmbeddedServerError, with the end of the server's log where there is one;
        what this call has made is then removed again.
        """
        if sys.platform == "win32":
            raise EmbeddedServerError(
                "the embedded server does not run on Windows: use WSL, "
                "or give the DSN of a running server"
            )
        if self._instance is None:
            self._instance = Instance.open(
                self._data_dir_argument, self._settings or {}, self._bindir_argument
            )
            self._started_by = os.getpid()
            # A reference for as long as the interpreter runs: whoever keeps only the DSN keeps the
            # server.
            atexit.register(self.stop)
        elif self._instance.running:
            raise EmbeddedServerError(f"the server on {self.data_dir} is started already")
        try:
            self._instance.start()
        except BaseException:
            self.stop()
            raise
        self.host = str(self._instance.run_dir)
        self.port = self._instance.port
        self.user = "postgres"
        self.data_dir = self._instance.data_dir
        self.log_file = self._instance.log_file
        self.bindir = self._instance.bindir
        return self

    def stop(self) -> None:
        """Stop the server, disconnecting its clients; does nothing when none was started.

        A cluster without a `data_dir` is removed. In a forked child of the process that called
        `start()` this does nothing. Raises EmbeddedServerError when the server would not stop.
        """
        if self._instance is None or self._started_by != os.getpid():
            return
        instance, self._instance = self._instance, None
        atexit.unregister(self.stop)
        instance.close()

    def crash(self) -> None:
        """Kill the server with SIGKILL, for tests of recovery, and wait for its processes to end.

        `start()` then starts it again on the same cluster, a throw-away one too. Raises
        EmbeddedServerError when no server is running.
        """
        if self._instance is None:
            raise EmbeddedServerError("there is no server to crash: call start() first")
        self._instance.crash()

    def dsn(self, dbname: str = "postgres") -> str:
        """Return the libpq URI of a database, valid from `start()` to `stop()`.

        The environment's PG* variables change neither where it leads nor how it authenticates.
        """
        place = {"host": self.host, "port": str(self.port), "user": self.user}
        return (
            f"postgresql:///{quote(dbname, safe='')}?{urlencode(place | _PINNED, quote_via=quote)}"
        )
