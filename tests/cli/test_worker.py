"""`bookingdb maintain`, and `bookingdb worker` as far as it ends by itself."""

from psycopg.conninfo import make_conninfo

from bookingdb import MaintenanceTask
from tests.cli.conftest import Cli, book
from tests.support import Database, rewrite
from tests.webhooks.dispatching import subscribe
from tests.webhooks.receiver import Receiver


def test_a_round_of_what_is_due(open_cli: Cli) -> None:
    done = open_cli.json("maintain")
    assert [step["task"] for step in done] == list(MaintenanceTask)
    assert {step["problem"] for step in done} == {None}
    ran = open_cli.run("maintain", "--task", "seals")
    assert (ran.stdout, "Nothing was due" in ran.stderr) == ("", True)
    book(open_cli)
    assert "seals 1" in open_cli.run("maintain", "--task", "seals", "--force").words
    assert "'tidy up' is not one of" in open_cli.run("maintain", "--task", "tidy up", code=2).stderr


def test_a_round_goes_on_until_nothing_is_due(open_cli: Cli, database: Database) -> None:
    """A call sees to some businesses only; the others follow in the same round."""
    with database.connect() as conn:
        rewrite(conn, "run_task", "500", "1")
        conn.execute("delete from bookingdb.time_slots")
    assert [s["done"] > 0 for s in open_cli.json("maintain", "--task", "slots_ahead")] == [
        True, True, False
    ]  # fmt: skip


def test_what_went_wrong_is_told(open_cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        rewrite(conn, "seal_audit", "perform bookingdb.refuse_bound('seal_audit()')",
                "perform 1 / 0")  # fmt: skip
    ran = open_cli.run("maintain", code=1)
    assert "22012: division by zero" in ran.stdout
    assert all(task in ran.stdout for task in MaintenanceTask)


def test_worker_that_ends_when_nothing_is_due(open_cli: Cli, database: Database) -> None:
    with Receiver() as receiver, database.connect() as conn:
        subscribe(conn, receiver)
        book(open_cli)
        ran = open_cli.run("worker", "--once", "--allow-private-network", "--json")
        assert [r.json()["type"] for r in receiver.requests] == ["booking.created"]
    assert ran.stdout == ""
    assert '"task": "seals"' in ran.stderr


def test_what_is_wrong_at_the_start_is_said(
    open_cli: Cli, empty_cli: Cli, database: Database
) -> None:
    assert empty_cli.error("worker")["message"] == "This database has no bookingdb yet"
    with database.login("bookingdb_app") as conn:
        app = Cli(make_conninfo(open_cli.dsn, user=conn.info.user))
    assert app.error("worker")["code"] == app.error("maintain")["code"] == "42501"
