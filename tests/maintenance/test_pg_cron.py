"""deploy/pg_cron.sql, run by a real pg_cron."""

import subprocess
from pathlib import Path

import pytest

import bookingdb
from bookingdb import MaintenanceTask
from bookingdb.embedded import EmbeddedServer
from tests.maintenance.conftest import HAS_CRON
from tests.races.concurrency import wait_until
from tests.support import Database, require, scalar

SCRIPT = Path(__file__).resolve().parents[2] / "deploy/pg_cron.sql"


@pytest.fixture
def cron(own_server: EmbeddedServer, own_database: Database) -> Database:
    require(HAS_CRON, "postgresql-15-cron")
    for _ in range(2):  # the second time changes nothing
        subprocess.run(
            [own_server.bindir / "psql", "--no-psqlrc", "--quiet", "--dbname", own_database.dsn,
             "--file", SCRIPT],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return own_database


@pytest.mark.long
def test_pg_cron_runs_each_task(own_server: EmbeddedServer, cron: Database) -> None:
    """At a restart of the server rather than at the next minute, which takes a minute."""
    names = {f"bookingdb {task}" for task in MaintenanceTask}
    with cron.connect() as conn:
        conn.execute("delete from bookingdb.maintenance_runs")
        jobs = conn.execute("select jobname, jobid, schedule, command from cron.job").fetchall()
        assert {name for name, *_ in jobs} == names | {"bookingdb job_run_details"}
        for name, job, schedule, command in jobs:
            if name in names:
                assert schedule == "* * * * *"
                conn.execute("select cron.alter_job(%s, schedule => '@reboot')", [job])
            else:
                conn.execute(command)
    own_server.crash()
    own_server.start()
    with cron.connect() as conn:
        done = "select count(*) from bookingdb.maintenance_runs where problem is null"
        wait_until(lambda: scalar(conn, done) == len(MaintenanceTask), "pg_cron")
        ended = "select count(*) from cron.job_run_details where status = 'succeeded'"
        wait_until(lambda: scalar(conn, ended) == len(MaintenanceTask), "the end of its jobs")
        assert bookingdb.check_integrity(conn) == []
        conn.execute("select cron.unschedule(jobid) from cron.job")
