"""migrate, status and rollback."""

from bookingdb.migration import status
from tests.cli.conftest import Cli
from tests.support import Database


def names(dsn: str) -> list[str]:
    return [change.name for change, _ in status(dsn)]


def test_migrate_deploys_all_changes_and_says_which(empty_cli: Cli) -> None:
    ran = empty_cli.run("migrate")
    planned = names(empty_cli.dsn)
    assert ran.stdout == ""
    assert [f"deployed {name}" for name in planned] == ran.stderr.splitlines()[:-1]
    assert f"Deployed {len(planned)} changes." in ran.stderr


def test_migrate_as_json_lists_what_it_deployed(empty_cli: Cli) -> None:
    deployed = empty_cli.json("migrate")
    assert [change["name"] for change in deployed] == names(empty_cli.dsn)
    assert [change["position"] for change in deployed] == list(range(1, len(deployed) + 1))


def test_second_migrate_has_nothing_to_do(cli: Cli) -> None:
    assert cli.json("migrate") == []
    assert "All changes are deployed" in cli.run("migrate").stderr


def test_migrate_can_break_the_lock_of_a_killed_migration(cli: Cli, database: Database) -> None:
    with database.connect() as conn:
        conn.execute("insert into yoyo_lock (locked, ctime, pid) values (1, now(), 4711)")
        assert "Removed the lock of process 4711" in cli.run("migrate", "--break-lock").stderr
        assert conn.execute("select from yoyo_lock").fetchone() is None
    assert "There was no lock" in cli.run("migrate", "--break-lock").stderr


def test_status_before_and_after(empty_cli: Cli) -> None:
    planned = names(empty_cli.dsn)
    before = empty_cli.run("status")
    assert before.stdout.count("pending") >= len(planned)
    assert f"0 of {len(planned)} changes deployed, {len(planned)} pending." in before.stderr
    empty_cli.run("migrate")
    after = empty_cli.json("status")
    assert [change["name"] for change in after] == planned
    assert all(change["deployed_at"].endswith("+00:00") for change in after)
    assert f"{len(planned)} of {len(planned)}" in empty_cli.run("status").stderr


def test_rollback_asks_and_does_nothing_without_a_yes(cli: Cli) -> None:
    for answer in ("n\n", ""):
        ran = cli.run("rollback", code=1, answer=answer)
        assert "Drop the whole schema, with all bookings" in ran.stderr
        assert cli.json("migrate") == []


def test_rollback_with_yes_takes_all_away(cli: Cli) -> None:
    ran = cli.run("rollback", answer="y\n")
    assert f"Rolled back {len(names(cli.dsn))} changes." in ran.stderr
    assert all(change["deployed_at"] is None for change in cli.json("status"))
    assert cli.json("rollback", "--yes") == []


def test_rollback_to_a_change_keeps_it(cli: Cli) -> None:
    *_, kept, last = names(cli.dsn)
    assert [change["name"] for change in cli.json("rollback", "--to", kept, "--yes")] == [last]
    assert [change["name"] for change in cli.json("migrate")] == [last]


def test_rollback_to_an_unknown_change_is_refused(cli: Cli) -> None:
    error = cli.error("rollback", "--to", "functions/none", "--yes")
    assert error["code"] == "PlanError"
    assert 'no change "functions/none"' in error["message"]
    assert cli.json("migrate") == []
