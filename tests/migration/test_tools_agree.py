"""Sqitch, the yoyo command and Python leave the same database behind."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookingdb.migration import Change, HistoryDiffers, PlanError, migrate, rollback, status
from bookingdb.migration.project import load_project

FUNCTION = "functions/things/add_thing"
REWORKED = """\
begin;
set local role bookingdb_owner;
{drop}create or replace function bookingdb.add_thing(p_name text, p_times int = {version})
returns int
language sql
begin atomic
  insert into bookingdb.things (name) values (repeat(p_name, p_times)) returning id;
end;
commit;
"""


def names(changes: list[Change]) -> list[str]:
    return [change.name for change in changes]


@pytest.mark.long
def test_same_dump_after_deploy_revert_and_redeploy(
    project: Any, new_database: Any, sqitch: Any, yoyo: Any, api: Any
) -> None:
    """Once more after the revert with one of them, as the scripts are the same."""
    dumps = []
    for tool in (api, yoyo, sqitch):
        dsn = new_database()
        for action in (tool.deploy, tool.revert, *([tool.deploy] if tool is api else [])):
            ok, text = action(project, dsn)
            assert ok, f"{tool.name}: {text}"
            dumps.append(new_database.dump(dsn))
    deployed, reverted, *others = dumps
    assert "CREATE FUNCTION bookingdb.create_booking_safe" in deployed
    assert "bookingdb" not in reverted
    assert others == [deployed, deployed, reverted, deployed, reverted]


def rework(sample: Any, sqitch: Any, dsn: str, version: int) -> None:
    """Have Sqitch itself rework the function."""
    for kind in ("deploy", "revert", "verify"):  # Sqitch 1.3 does not make these
        (sample.folder / "reworked" / kind / FUNCTION).parent.mkdir(parents=True, exist_ok=True)
    ok, text = sqitch.run(sample, dsn, ("rework", FUNCTION, "-n", "more of it"))
    assert ok, text
    # "if exists", since the revert script of the next version runs it again
    drop = "" if version > 2 else "drop function if exists bookingdb.add_thing(text);\n"
    undrop = "" if version > 2 else "drop function bookingdb.add_thing(text, int);\n"
    old = [c for c in load_project(sample.folder).plan.changes if c.name == FUNCTION][-2]
    old_script = load_project(sample.folder).script(old, "deploy")
    assert old_script.exists()
    moved = load_project(sample.folder).script(old, "revert")  # what it includes stayed
    moved.write_text(moved.read_text().replace("\\ir ../../../reworked/", "\\ir ../../../"))
    sample.write("deploy", FUNCTION, REWORKED.format(version=version, drop=drop))
    sample.write(
        "revert",
        FUNCTION,
        f"begin;\nset local role bookingdb_owner;\n{undrop}commit;\n"
        f"\\ir ../../../{old_script.relative_to(sample.folder)}\n",
    )
    sample.write_yoyo_files()


def test_upgraded_is_fresh_and_reverts_to_the_same(
    sample: Any, new_database: Any, sqitch: Any, yoyo: Any, api: Any
) -> None:
    """The function is reworked twice, the second time two tags later."""
    tools = {tool: new_database() for tool in (sqitch, yoyo, api)}
    stages: list[dict[str, str]] = []

    def step(action: str) -> None:
        for tool, dsn in tools.items():
            ok, text = getattr(tool, action)(sample, dsn)
            assert ok, f"{tool.name}: {text}"
        stages.append({tool.name: new_database.dump(dsn) for tool, dsn in tools.items()})
        assert len(set(stages[-1].values())) == 1, f"after {action} number {len(stages)}"

    step("deploy")
    sample.plan_line("@v1")
    rework(sample, sqitch, new_database(), 2)
    step("deploy")
    sample.plan_line("@v2")
    sample.add("tables/more", "create table bookingdb.more ();", "drop table bookingdb.more;")
    sample.plan_line("@v2-again")
    sample.plan_line("@v2-and-again")
    rework(sample, sqitch, new_database(), 3)
    step("deploy")
    load_project(sample.folder).check()
    assert list(load_project(sample.folder).strays()) == []
    upgraded = stages[-1]
    tools = {tool: new_database() for tool in tools}
    step("deploy")
    assert stages[-1] == upgraded
    for tool, dsn in tools.items():
        if tool is sqitch:
            ok, text = sqitch.run(sample, dsn, ("revert", "-y", "--to", "@v2"))
        elif tool is yoyo:
            ok, text = yoyo.run(sample, dsn, ("rollback", "-r", "0008_tables-more"))
        else:
            ok, text = bool(rollback(dsn, to="@v2", folder=sample.folder)), ""
        assert ok, text
        assert new_database.dump(dsn) == stages[1][tool.name], tool.name
    step("revert")


def test_yoyo_and_python_take_turns(sample: Any, new_database: Any, yoyo: Any) -> None:
    dsn = new_database()
    ok, text = yoyo.run(sample, dsn, ("apply", "-r", "0003_tables-things"))
    assert ok, text
    before = datetime.now(UTC)
    seen: list[str] = []
    done = migrate(dsn, folder=sample.folder, on_change=lambda change: seen.append(change.name))
    assert names(done) == seen == [FUNCTION, "changes/things_by_name", "views/thing_names"]
    assert migrate(dsn, folder=sample.folder) == []
    ok, text = yoyo.run(sample, dsn, ("list",))
    assert ok, text
    assert [line.split()[0] for line in text.splitlines()[2:]] == ["A"] * 6
    for change, at in status(dsn, folder=sample.folder)[3:]:
        assert at is not None
        assert before - timedelta(seconds=1) <= at <= datetime.now(UTC), change
    ok, text = yoyo.run(sample, dsn, ("rollback", "-r", "0006_views-thing_names"))
    assert ok, text
    gone = rollback(dsn, to="tables/things", folder=sample.folder)
    assert names(gone) == ["changes/things_by_name", FUNCTION]
    assert [at is not None for _, at in status(dsn, folder=sample.folder)] == [True] * 3 + [
        False
    ] * 3
    assert rollback(dsn, to="tables/things", folder=sample.folder) == []
    assert len(rollback(dsn, folder=sample.folder)) == 3
    assert rollback(dsn, folder=sample.folder) == []


def test_status_writes_nothing(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    assert [at for _, at in status(dsn, folder=sample.folder)] == [None] * 6
    with psycopg.connect(dsn) as conn:
        assert conn.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone() == (0,)


def test_the_function_arrives_whole(sample: Any, new_database: Any, tool: Any) -> None:
    """Its body has semicolons, dollar quotes, %, :names and letters beyond ASCII."""
    dsn = new_database()
    ok, text = tool.deploy(sample, dsn)
    assert ok, text
    with psycopg.connect(dsn) as conn:
        [(source,)] = conn.execute(
            "select prosrc from pg_proc where proname = 'add_thing'"
        ).fetchall()
        assert "-- 100 % of :what 'psql' and %s would trip over; ž\n" in source
        assert conn.execute("select bookingdb.add_thing('ž')").fetchone() == (1,)


def test_scripts_are_utf_8_whatever_the_client_s_encoding(
    sample: Any, new_database: Any, yoyo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = f"{new_database()}&client_encoding=LATIN1"  # which has no ž
    ok, text = yoyo.run(sample, dsn, ("apply", "-r", "0004_functions-things-add_thing"))
    assert ok, text
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    assert len(migrate(new_database(), folder=sample.folder)) == 6


def test_a_path_with_odd_characters(sample: Any, new_database: Any, tmp_path: Path) -> None:
    """yoyo takes its folders for glob patterns, and what it does not find for empty."""
    moved = tmp_path / "of [all] people's 100%"
    shutil.copytree(sample.root, moved)
    assert len(migrate(new_database(), folder=moved / "migrations")) == 6


def test_rollback_needs_a_change_that_is_there(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    with pytest.raises(PlanError, match='no change "tables/thing"'):
        rollback(dsn, to="tables/thing", folder=sample.folder)
    with pytest.raises(HistoryDiffers, match="tables/things is not deployed"):
        rollback(dsn, to="tables/things", folder=sample.folder)


def test_a_newer_release_is_left_alone(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    old = sample.root.parent / "old"
    shutil.copytree(sample.root, old)
    sample.add("tables/more", "create table bookingdb.more ();", "drop table bookingdb.more;")
    migrate(dsn, folder=sample.folder)
    for function in (migrate, rollback, status):
        with pytest.raises(HistoryDiffers, match="0007_tables-more"):
            function(dsn, folder=old / "migrations")


def test_another_program_may_use_yoyo_too(sample: Any, new_database: Any) -> None:
    dsn = new_database()
    migrate(dsn, folder=sample.folder)
    with psycopg.connect(dsn) as conn:
        for name in ("0001_initial", "0001.initial", "20260102_01_abcde-orders", "initial"):
            conn.execute(
                "insert into _yoyo_migration values (%s, %s, now() at time zone 'utc')",
                (name, name),
            )
    assert migrate(dsn, folder=sample.folder) == []
    assert len(rollback(dsn, folder=sample.folder)) == 6


def test_a_gap_in_the_record_is_told(sample: Any, new_database: Any, yoyo: Any) -> None:
    dsn = new_database()
    migrate(dsn, folder=sample.folder)
    ok, text = yoyo.run(sample, dsn, ("unmark", "-m", "0005_"))
    assert ok, text
    with pytest.raises(HistoryDiffers, match=r"yoyo mark -r 0005_changes-things_by_name"):
        migrate(dsn, folder=sample.folder)
    ok, text = yoyo.run(sample, dsn, ("mark", "-r", "0005_changes-things_by_name"))
    assert ok, text
    assert migrate(dsn, folder=sample.folder) == []
