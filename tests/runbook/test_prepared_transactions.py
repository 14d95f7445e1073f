"""The page of an alarm that needs a server on which transactions can be prepared."""

from contextlib import ExitStack

import psycopg

from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from tests.health.conftest import shift_clock
from tests.recovery.steps import Connection
from tests.runbook.pages import DO, FOLDER, pages
from tests.runbook.stage import Stage
from tests.support import Database, scalar

SCRIPTS = [
    "access/roles", "schema", "types", "functions/core/clock_now",
    "functions/health/health_thresholds", "functions/health/measure_prepared_transactions",
]  # fmt: skip
WARNS = """
select m.figure >= t.warning
  from bookingdb.measure_prepared_transactions() m
 cross join bookingdb.health_thresholds() t
 where t.name = 'prepared_transactions'
"""


def leave_prepared(conn: Connection) -> None:
    conn.execute("create table held (x int)")
    conn.execute("begin")
    conn.execute("insert into held values (1)")
    conn.execute("prepare transaction 'left over'")
    shift_clock(conn, "10 minutes")


def test_page_ends_its_alarm() -> None:
    (page,) = (page for page in pages() if page.name == "prepared_transactions")
    settings = {**UNSAFE_TEST_SETTINGS, "max_prepared_transactions": "2"}
    with EmbeddedServer(settings=settings) as server, ExitStack() as stack:
        conn = stack.enter_context(psycopg.connect(server.dsn(), autocommit=True))
        for script in SCRIPTS:
            path = FOLDER.parent.parent / "sql" / f"{script}.sql"
            conn.execute(path.read_text(encoding="utf-8").encode())
        leave_prepared(conn)
        assert scalar(conn, WARNS) is True
        stage = Stage(Database(server.dsn()), conn, stack, {"GID": "left over"})
        for block in page.blocks(""):
            stage.play(block, strictly=block.section == DO)
        assert scalar(conn, WARNS) is False
