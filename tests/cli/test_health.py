"""bookingdb health: what it prints, and by which exit code machines know."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.support import Database, Databases

REFUSE = "alter table bookingdb.bookings disable trigger b_check"
LAST = "select max(migration_id) from _yoyo_migration"


def of(checks: list[Any], name: str) -> Any:
    (found,) = (check for check in checks if check["name"] == name)
    return found


def test_exit_codes(cli: Cli, database: Database) -> None:
    shown = cli.run("health")
    assert "migrations" in shown.words
    assert "critical" not in shown.words
    assert cli.json("health")["status"] == "ok"
    with database.connect() as conn:
        conn.execute("update bookingdb.relay_cursor set system_identifier = 1")
        document = json.loads(cli.run("health", "--json", code=1).stdout)
        assert document["status"] == "warning"
        assert "rebuild_relay" in cli.run("health", code=1).words
        conn.execute(REFUSE.encode())
        assert json.loads(cli.run("health", "--json", code=2).stdout)["status"] == "critical"


def test_what_of_the_plan_is_pending(cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        conn.execute(f"delete from _yoyo_migration where migration_id = ({LAST})".encode())
        document = json.loads(cli.run("health", "--json", code=1).stdout)
        check = of(document["checks"], "migrations")
        assert (check["severity"], check["figure"]) == ("warning", 1)
        assert check["message"].startswith("Changes that are pending: 1, the first is ")
        assert "bookingdb migrate" in check["remedy"]
        conn.execute("drop table _yoyo_migration")
        check = of(cli.json("health")["checks"], "migrations")
        assert "What is pending cannot be told: There is a schema bookingdb" in check["message"]


def test_a_login_that_may_not_read_what_is_on_record(database: Database) -> None:
    with database.login("bookingdb_app") as conn:
        dsn = conn.info.dsn
    check = of(Cli(dsn).json("health")["checks"], "migrations")
    assert "cannot be told: permission denied" in check["message"]


@pytest.mark.parametrize("dsn", ["postgresql://localhost:1/shop", "nonsense"])
def test_no_answer_is_critical(dsn: str) -> None:
    ran = Cli(dsn).run("health", "--json", code=2)
    assert json.loads(ran.stderr)["code"] == "08001"


def test_a_database_without_bookingdb_is_critical(new_database: Databases) -> None:
    ran = Cli(new_database()).run("health", code=2)
    assert "This database has no bookingdb yet" in ran.stderr
