"""Connect to the server, as libpq would and as yoyo would."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from yoyo.backends.core.postgresql import (  # type: ignore[import-untyped]
    PostgresqlPsycopgBackend,
)
from yoyo.connections import DatabaseURI  # type: ignore[import-untyped]
from yoyo.migrations import default_migration_table  # type: ignore[import-untyped]

from bookingdb.migration.errors import MissingPrivilege, ServerTooOld, ServerUnreachable

__all__ = ["connect", "yoyo_backend"]

OLDEST = 150000  # server_version_num


@contextmanager
def connect(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit mode to a server that the schema can live on.

    Args:
        dsn: libpq keywords or URI; what it leaves out comes from the PG* variables.

    Raises:
        ServerUnreachable: no connection, one that cannot write, or it was lost in between.
        ServerTooOld: before PostgreSQL 15.
        MissingPrivilege: the login may not read what yoyo has recorded.
    """
    try:
        conn = psycopg.connect(**_parameters(dsn), autocommit=True)
    except psycopg.Error as error:
        raise ServerUnreachable(
            f"Cannot connect to PostgreSQL with {_without_secrets(dsn)}: {str(error).strip()}\n"
            "Correct the DSN or the PG* variables, or start the server."
        ) from None
    with conn:
        try:
            _check_server(conn, dsn)
            yield conn
        except psycopg.errors.InsufficientPrivilege as error:
            raise MissingPrivilege(
                f'{error.diag.message_primary} ("{conn.info.user}"): the tables of yoyo, or '
                "Sqitch, belong to another login. Use the one that deployed bookingdb."
            ) from error
        except psycopg.Error as error:
            raise ServerUnreachable(
                f"The server said no, or went away: {error}\n"
                "Look with `bookingdb status` how far it came."
            ) from error


def _check_server(conn: psycopg.Connection[Any], dsn: str) -> None:
    version = conn.info.server_version
    if version < OLDEST:
        raise ServerTooOld(
            f"This server is PostgreSQL {version // 10000}.{version % 10000}, but bookingdb needs "
            f"{OLDEST // 10000} or later. Upgrade it, or give the DSN of another one."
        )
    if conn.execute("show transaction_read_only").fetchone() == ("on",):
        raise ServerUnreachable(
            f"The server at {_without_secrets(dsn)} only lets this session read: it is a standby, "
            "or default_transaction_read_only is set. Give the DSN of the primary."
        )


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's backend, with one connection for all scripts where yoyo makes one for each.

    Half of the time of a deployment went into them. `run_script` leaves nothing of one script
    to the next.
    """

    _for_scripts: PostgresqlPsycopgBackend | None = None

    def copy(self) -> AbstractContextManager[PostgresqlPsycopgBackend]:
        if self._for_scripts is None or self._for_scripts.connection.closed:
            self._for_scripts = super().copy()
            self._for_scripts.connection.prepare_threshold = None  # DISCARD ALL forgets them
        return nullcontext(self._for_scripts)

    def __exit__(self, *error: object) -> None:
        if self._for_scripts is not None:
            self._for_scripts.connection.close()
        super().__exit__(*error)


def yoyo_backend(dsn: str) -> PostgresqlPsycopgBackend:
    """What `yoyo --database` would make of the same server, with the same tables."""
    rest = _parameters(dsn)
    uri = DatabaseURI(
        scheme="postgresql+psycopg",
        username=rest.pop("user", None),
        password=rest.pop("password", None),
        hostname=rest.pop("host", None),
        port=rest.pop("port", None),
        database=rest.pop("dbname", None),
        args=rest,
    )
    return _Backend(uri, default_migration_table)


def _parameters(dsn: str) -> dict[str, Any]:
    try:
        return {k: v for k, v in conninfo_to_dict(dsn).items() if v is not None}
    except psycopg.Error:  # its text may quote a part of a password
        raise ServerUnreachable(
            "The DSN cannot be read. It is either postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
            "where other characters than letters, digits and -._~ in a part are written as %XX, "
            "or KEYWORD=VALUE pairs, where a value with spaces is 'quoted'."
        ) from None


def _without_secrets(dsn: str) -> str:
    secret = {o.keyword.decode() for o in psycopg.pq.Conninfo.get_defaults() if o.dispchar == b"*"}
    shown = {k: v for k, v in _parameters(dsn).items() if k not in secret}
    return f'"{make_conninfo(**shown)}"' if shown else "the PG* variables and libpq's defaults"
