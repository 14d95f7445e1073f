"""deploy/pg_cron.sql, run by a real pg_cron."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import bookingdb
from bookingdb import MaintenanceTask
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from tests.races.concurrency import wait_until
from tests.support import require, scalar

SCRIPT = Path(__file__).resolve().parents[2] / "deploy/pg_cron.sql"
DEBIAN_15 = Path("/usr/lib/postgresql/15")


@pytest.fixture
def cron() -> Iterator[EmbeddedServer]:
    """Debian's server, with pg_cron and the jobs of the script."""
    require((DEBIAN_15 / "lib/pg_cron.so").exists(), "postgresql-15-cron")
    settings = {
        **UNSAFE_TEST_SETTINGS,
        "shared_preload_libraries": "pg_cron",
        "cron.use_background_workers": "on",
    }
    with EmbeddedServer(settings=settings, bindir=DEBIAN_15 / "bin") as server:
        migrate(server.dsn())
        command = ["psql", "--no-psqlrc", "--quiet", f"--dbname={server.dsn()}", f"--file={SCRIPT}"]
        for _ in range(2):  # the second time changes nothing
            subprocess.run(
                command, executable=server.bindir / "psql", check=True, stdout=subprocess.DEVNULL
            )
        yield server


@pytest.mark.long
def test_pg_cron_runs_each_task(cron: EmbeddedServer) -> None:
    """At a restart of the server rather than at the next minute, which takes a minute."""
    names = {f"bookingdb {task}" for task in MaintenanceTask}
    with psycopg.connect(cron.dsn(), autocommit=True) as conn:
        jobs = conn.execute("select jobname, jobid, schedule, command from cron.job").fetchall()
        assert {name for name, *_ in jobs} == names | {"bookingdb job_run_details"}
        for name, job, schedule, command in jobs:
            if name in names:
                assert schedule == "* * * * *"
                conn.execute("select cron.alter_job(%s, schedule => '@reboot')", [job])
            else:
                conn.execute(command)
    cron.crash()
    cron.start()
    with psycopg.connect(cron.dsn(), autocommit=True) as conn:
        done = "select count(*) from bookingdb.maintenance_runs where problem is null"
        wait_until(lambda: scalar(conn, done) == len(MaintenanceTask), "pg_cron")
        ended = "select count(*) from cron.job_run_details where status = 'succeeded'"
        wait_until(lambda: scalar(conn, ended) == len(MaintenanceTask), "the end of its jobs")
        assert bookingdb.check_integrity(conn) == []
