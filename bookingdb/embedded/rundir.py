"""The run directory: short-lived, private to the server's account, and with a short name."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bookingdb.embedded.account import Account
from bookingdb.embedded.errors import EmbeddedServerError

__all__ = ["make_run_dir"]

_SOCKET_PATH_BYTES = 103  # macOS; Linux has 107


def make_run_dir(account: Account, port: int) -> Path:
    """Make a directory of mode 0700, owned by the account, for its socket of that port.

    It is made in the directory for temporary files, or in /tmp or /var/tmp when that one's name is
    too long or the account may not enter it. Raises EmbeddedServerError when none will do.
    """
    tried = list(dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")))
    for parent in tried:
        longest = f"{parent}/bookingdb-12345678/.s.PGSQL.{port}"
        if len(os.fsencode(longest)) > _SOCKET_PATH_BYTES or not account.can_enter(Path(parent)):
            continue
        if "," in parent:  # separates hosts in a DSN
            continue
        with suppress(OSError):
            run_dir = Path(tempfile.mkdtemp(prefix="bookingdb-", dir=parent))
            account.give(run_dir)
            return run_dir
    raise EmbeddedServerError(
        f"user {account.name} can have a socket in none of {', '.join(tried)}: "
        "set TMPDIR to a directory with a short name which that user can enter"
    )
