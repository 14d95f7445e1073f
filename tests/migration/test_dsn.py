"""Whatever libpq understands reaches the server, with any password."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from bookingdb.migration import ServerUnreachable, break_lock, migrate, rollback, status

PASSWORDS = ["plain", 'p@ss w:or/d 100%#?&=+; %41 it\'s "odd" \\ ž漢 host=c']


@pytest.fixture(scope="module")
def guarded(server: Any) -> Iterator[Any]:
    """A server that asks the user ada for a password."""
    with type(server)() as started:
        with psycopg.connect(started.dsn(), autocommit=True) as conn:
            [(hba,)] = conn.execute("select current_setting('hba_file')").fetchall()
            Path(hba).write_text("local all postgres trust\nlocal all all scram-sha-256\n")
            conn.execute("select pg_reload_conf()")
            conn.execute("create role ada login superuser")
            conn.execute("create database shop")
        yield started


@pytest.mark.parametrize("password", PASSWORDS)
def test_every_form_of_a_dsn(
    guarded: Any, sample: Any, password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port = guarded.host, str(guarded.port)
    with psycopg.connect(guarded.dsn(), autocommit=True) as conn:
        conn.execute(psycopg.sql.SQL("alter role ada password {}").format(password))
    service = tmp_path / "services"
    service.write_text(f"[shop]\nhost={host}\nport={port}\nuser=ada\ndbname=shop\n")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    in_uri = quote(password, safe="")
    alone = [
        f"host={host} port={port} user=ada dbname=shop password='{quoted}'",
        f"postgresql://ada:{in_uri}@/shop?host={quote(host, safe='')}&port={port}",
        f"postgres://ada:{in_uri}@{quote(host, safe='')}:{port}/shop?application_name=b%20db",
        f"postgresql:///shop?host={host}&port={port}&user=ada&password={in_uri}",
        f"service=shop password='{quoted}'",
    ]
    for dsn in alone:
        assert [at for _, at in status(dsn, folder=sample.folder)] == [None] * 6
        assert len(migrate(dsn, folder=sample.folder)) == 6
        assert break_lock(dsn) is None
        assert len(rollback(dsn, folder=sample.folder)) == 6
    variables = {
        "PGHOST": host,
        "PGPORT": port,
        "PGUSER": "ada",
        "PGDATABASE": "shop",
        "PGPASSWORD": password,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for dsn in ("", "dbname=shop", "postgresql://", "postgresql:///shop"):
        assert len(migrate(dsn, folder=sample.folder)) == 6
        assert len(rollback(dsn, folder=sample.folder)) == 6
    monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(ServerUnreachable, match="password authentication failed"):
        status("", folder=sample.folder)


def test_pg_variables_are_named_when_there_is_no_dsn(
    sample: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(ServerUnreachable, match=r"with the PG\* variables and libpq's defaults"):
        status("", folder=sample.folder)
