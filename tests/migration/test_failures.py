"""A change that goes wrong leaves nothing behind, whatever goes wrong and whoever deploys it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from bookingdb.migration import (
    LockLeft,
    NotRecorded,
    ScriptFailed,
    break_lock,
    migrate,
    rollback,
    status,
)

DETAILED = """\
create table bookingdb.half ();
do $$ begin
  raise exception 'not today' using detail = 'It rains.', hint = 'Wait.', errcode = 'ZB999';
end $$;
create table bookingdb.other_half ();"""
SLEEP = 4  # seconds
SLOW = "{before}create table bookingdb.slow ();\nselect pg_sleep({seconds});"


@pytest.fixture
def prepared(sample: Any, new_database: Any, tool: Any) -> tuple[str, str]:
    """A database with the whole sample, and its dump."""
    dsn = new_database()
    ok, text = tool.deploy(sample, dsn)
    assert ok, text
    return dsn, new_database.dump(dsn)


def test_a_script_that_fails_in_the_middle(
    sample: Any, new_database: Any, tool: Any, prepared: tuple[str, str]
) -> None:
    dsn, before = prepared
    sample.add("tables/half", DETAILED, "drop table bookingdb.half;")
    sample.add("tables/next", "create table bookingdb.next ();", "drop table bookingdb.next;")
    ok, text = tool.deploy(sample, dsn)
    assert not ok
    for part in ("not today", "It rains.", "Wait.", "half"):
        assert part in text
    assert new_database.dump(dsn) == before
    sample.write("deploy", "tables/half", "begin;\ncreate table bookingdb.half ();\ncommit;\n")
    ok, text = tool.deploy(sample, dsn)
    assert ok, text
    assert "bookingdb.next" in new_database.dump(dsn)


def test_the_error_names_change_script_and_line(sample: Any, new_database: Any) -> None:
    sample.add(
        "tables/half",
        "create table bookingdb.half (\n  id int,\n  other nothing\n);",
        "drop table bookingdb.half;",
    )
    seen: list[str] = []
    with pytest.raises(ScriptFailed) as caught:
        migrate(
            new_database(), folder=sample.folder, on_change=lambda change: seen.append(change.name)
        )
    assert seen[-1] == "views/thing_names"
    error = caught.value
    assert (error.change, error.sqlstate) == ("tables/half", "42704")
    assert error.script == sample.script("deploy", "tables/half")
    assert 'type "nothing" does not exist (42704)' in str(error)
    line = error.script.read_text().splitlines().index("  other nothing") + 1
    assert f"{error.script}, line {line}" in str(error)
    assert "Nothing was changed. Then correct" in str(error)


def test_a_verify_script_that_fails_takes_the_change_away(
    sample: Any, new_database: Any, tool: Any, prepared: tuple[str, str]
) -> None:
    dsn, before = prepared
    sample.add(
        "tables/half",
        "create table bookingdb.half ();",
        "drop table bookingdb.half;",
        "create table bookingdb.of_verify ();\nselect 1 / (select count(*) from bookingdb.half);",
    )
    ok, text = tool.deploy(sample, dsn)
    assert not ok
    assert "division by zero" in text
    assert "half" in text
    assert new_database.dump(dsn) == before


def test_a_change_that_cannot_be_taken_away_is_told(sample: Any, new_database: Any) -> None:
    sample.add(
        "tables/half", "create table bookingdb.half ();", "drop table bookingdb.hlf;", "select 1/0;"
    )
    dsn = new_database()
    with pytest.raises(ScriptFailed, match=r'reverted either \(table "hlf" does not exist\)'):
        migrate(dsn, folder=sample.folder)
    assert status(dsn, folder=sample.folder)[-1][1] is None


@pytest.mark.parametrize("name", ["yoyo", "api"])
def test_a_concurrent_index_that_fails_is_taken_away(
    sample: Any, new_database: Any, name: str, request: pytest.FixtureRequest
) -> None:
    """Its script is no transaction: without a revert the invalid index would stay."""
    tool = request.getfixturevalue(name)
    dsn = new_database()
    ok, text = tool.deploy(sample, dsn)
    assert ok, text
    with psycopg.connect(dsn) as conn:
        conn.execute("insert into bookingdb.things (name) values ('a'), ('a')")
    before = new_database.dump(dsn)
    index = "bookingdb.things_name_key"
    sample.add(
        "changes/unique_names",
        "create unique index concurrently things_name_key on bookingdb.things (name);\n",
        f"drop index concurrently if exists {index};\n",
    )
    ok, text = tool.deploy(sample, dsn)
    assert not ok
    assert "could not create unique index" in text
    assert "The change was reverted." in text
    assert new_database.dump(dsn) == before


def test_settings_of_a_script_end_with_it(sample: Any, new_database: Any, tool: Any) -> None:
    """psql runs each script in a session of its own; so do the others, as far as one can see."""
    sample.add(
        "changes/another_index",
        "set search_path = bookingdb;\nset role bookingdb_owner;\nset lock_timeout = '7s';\n"
        "create index concurrently another_index on things (id);\n",
        "drop index concurrently bookingdb.another_index;\n",
        "select 1 / (current_setting('search_path') !~ 'bookingdb')::int;\n"
        "reset role;\n"
        "select 1 / (current_setting('lock_timeout') <> '7s')::int;",
    )
    ok, text = tool.deploy(sample, new_database())
    assert ok, text


def test_a_revert_script_that_fails_changes_nothing(
    sample: Any, new_database: Any, tool: Any, prepared: tuple[str, str]
) -> None:
    dsn, before = prepared
    name = "views/thing_names"
    good = sample.script("revert", name).read_text()
    sample.write("revert", name, good.replace("commit;", "drop table bookingdb.x;\ncommit;"))
    ok, text = tool.revert(sample, dsn)
    assert not ok
    assert 'table "x" does not exist' in text
    assert new_database.dump(dsn) == before
    sample.write("revert", name, good)
    ok, text = tool.revert(sample, dsn)
    assert ok, text


def kill_while_it_sleeps(tool: Any, sample: Any, dsn: str) -> int:
    """Deploy in a process, SIGKILL it in pg_sleep, and wait until the server has done with it."""
    command, env = tool.command(sample, dsn)
    process = subprocess.Popen(
        [part for part in command if part != "|"],
        cwd=sample.root, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with psycopg.connect(dsn, autocommit=True) as conn:
            wait_for(conn, "exists (select from pg_stat_activity where wait_event = 'PgSleep')")
            os.killpg(process.pid, signal.SIGKILL)  # its own group: Sqitch has a psql below it
            wait_for(
                conn,
                "not exists (select from pg_stat_activity where pid <> pg_backend_pid()"
                " and datname = current_database())",
            )
    finally:
        process.kill()
        process.wait()
    return process.pid


def wait_for(conn: Any, condition: str) -> None:
    end = time.monotonic() + 20
    while conn.execute(f"select {condition}").fetchone() != (True,):
        assert time.monotonic() < end, f"still not {condition}"
        time.sleep(0.05)


def test_a_killed_client(sample: Any, new_database: Any, tool: Any) -> None:
    dsn = new_database()
    ok, text = tool.deploy(sample, dsn)
    assert ok, text
    before = new_database.dump(dsn)
    name = "tables/slow"
    sample.add(name, SLOW.format(before="", seconds=SLEEP), "drop table bookingdb.slow;")
    pid = kill_while_it_sleeps(tool, sample, dsn)
    assert new_database.dump(dsn) == before
    script = sample.script("deploy", name)
    script.write_text(script.read_text().replace(f"pg_sleep({SLEEP})", "1"))
    if tool.name == "sqitch":
        ok, text = tool.deploy(sample, dsn)
        assert ok, text
    else:
        with pytest.raises(LockLeft, match="bookingdb migrate --break-lock") as caught:
            migrate(dsn, folder=sample.folder, lock_timeout=0.2)
        assert caught.value.pid == pid
        lock = break_lock(dsn)
        assert lock is not None
        assert (lock.pid, lock.since) == (pid, caught.value.since)
        assert break_lock(dsn) is None
        assert [c.name for c in migrate(dsn, folder=sample.folder)] == [name]


def test_a_killed_client_would_commit_without_the_check(
    sample: Any, new_database: Any, api: Any
) -> None:
    """The negative control of the test above."""
    dsn = new_database()
    off = "set local client_connection_check_interval = 0;\n"
    sample.add("tables/slow", SLOW.format(before=off, seconds=SLEEP), "drop table bookingdb.slow;")
    kill_while_it_sleeps(api, sample, dsn)
    assert "bookingdb.slow" in new_database.dump(dsn)


@pytest.mark.filterwarnings("ignore:Nested transaction requested:UserWarning")  # yoyo's
@pytest.mark.parametrize("action", [migrate, rollback])
def test_a_connection_lost_before_the_record_is_told(
    sample: Any, new_database: Any, action: Callable[..., Any]
) -> None:
    """yoyo records a change on another connection, after the script has been committed."""
    dsn = new_database()
    end_others = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid();"
    )
    drop = "drop table bookingdb.last;"
    sample.add("tables/last", "create table bookingdb.last ();", drop)
    if action is rollback:
        migrate(dsn, folder=sample.folder)
        sample.write("revert", "tables/last", f"begin;\n{drop}\n{end_others}\ncommit;\n")
    else:
        deploy = f"begin;\ncreate table bookingdb.last ();\n{end_others}\ncommit;\n"
        sample.write("deploy", "tables/last", deploy)
    with pytest.raises(NotRecorded, match=r"yoyo (un)?mark -r 0007_tables-last") as caught:
        action(dsn, folder=sample.folder)
    assert caught.value.change == "tables/last"
    with pytest.raises(LockLeft):
        action(dsn, folder=sample.folder, lock_timeout=0.2)


def test_only_one_deploys_at_a_time(sample: Any, new_database: Any, api: Any) -> None:
    """The second waits for the first, then finds nothing left to do."""
    dsn = new_database()
    sample.add("tables/slow", SLOW.format(before="", seconds=1), "drop table bookingdb.slow;")
    command, env = api.command(sample, dsn)
    first = subprocess.Popen(command, env=env)
    try:
        with psycopg.connect(dsn, autocommit=True) as conn:
            wait_for(conn, "exists (select from pg_stat_activity where wait_event = 'PgSleep')")
        assert migrate(dsn, folder=sample.folder) == []
        assert first.wait(10) == 0
    finally:
        first.kill()
        first.wait()


def test_the_lock_goes_when_the_callback_fails(sample: Any, new_database: Any) -> None:
    dsn = new_database()

    def stop(_change: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(dsn, folder=sample.folder, on_change=stop)
    assert break_lock(dsn) is None
    assert len(migrate(dsn, folder=sample.folder)) == 5


def test_the_lock_timeout_must_be_positive(sample: Any, new_database: Any) -> None:
    """yoyo would wait for ever, without a pause."""
    with pytest.raises(ValueError, match="lock_timeout is 0"):
        migrate(new_database(), folder=sample.folder, lock_timeout=0)


def test_a_user_without_a_name_is_recorded_all_the_same(
    sample: Any, new_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container with any user id yoyo finds no name, after the script is committed."""

    def no_name() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    with monkeypatch.context() as patch:
        patch.setattr("getpass.getuser", lambda: os.environ.get("LOGNAME") or no_name())
        patch.setenv("LOGNAME", "")
        dsn = new_database()
        assert len(migrate(dsn, folder=sample.folder)) == 6
    with psycopg.connect(dsn) as conn:
        users = conn.execute("select distinct username from _yoyo_log").fetchall()
        assert users == [(f"uid {os.getuid()}",)]
