"""A small project to deploy, and the three tools that deploy it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from psycopg.conninfo import conninfo_to_dict

from bookingdb.migration import MigrationError, migrate, rollback
from bookingdb.migration.project import YOYO_FILE, load_project
from tests.support import require

ROOT = Path(__file__).resolve().parents[2]

HEAD = "begin;\nset local lock_timeout = '10s';\n"
AS_OWNER = HEAD + "set local role bookingdb_owner;\n"

ROLES = """\
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'bookingdb_owner', 'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor',
    'bookingdb_dispatcher', 'bookingdb_tenant', 'bookingdb_claims'
  ] loop
    if to_regrole(v_role) is null then
      execute format('create role %I nologin', v_role);
    end if;
  end loop;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant bookingdb_owner to %I', current_user);
  end if;
exception when invalid_grant_operation or insufficient_privilege then
  null;  -- already a member
end $$;
"""
ADD_THING = """\
create function bookingdb.add_thing(p_name text)
returns int
language plpgsql
as $body$
declare
  v_id int;  -- 100 % of :what 'psql' and %s would trip over; ž
begin
  if p_name ~ '^\\s*$' then
    raise exception 'A thing; needs a name' using hint = E'Say "thing%".\\n';
  end if;
  insert into bookingdb.things (name) values (p_name) returning id into v_id;
  return v_id;
end;
$body$;
"""


class Sample:
    """A project folder that a test may spoil."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "migrations"
        self.plan = self.folder / "sqitch.plan"
        self.yoyo = self.folder / "yoyo"
        self.yoyo.mkdir(parents=True)
        for name in ("sqitch.conf", "yoyo.ini"):
            shutil.copy(ROOT / name, root / name)
        self.plan.write_text("%syntax-version=1.0.0\n%project=bookingdb\n\n")

    def script(self, kind: str, name: str) -> Path:
        folder = self.root / "sql" if kind == "deploy" else self.folder / kind
        return folder / f"{name}.sql"

    def write(self, kind: str, name: str, text: str) -> None:
        path = self.script(kind, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def plan_line(self, line: str, note: str = "a note") -> None:
        with self.plan.open("a") as plan:
            plan.write(f"{line} 2026-01-02T03:04:05Z Ada <ada@example.com> # {note}\n")

    def add(self, name: str, deploy: str, revert: str, verify: str = "select 1;\n") -> None:
        """Add a change; a script without `concurrently` gets begin; and commit;."""
        for kind, body in (("deploy", deploy), ("revert", revert), ("verify", verify)):
            alone = "concurrently" in body or "begin;" in body
            head = HEAD if name in ("access/roles", "schema") else AS_OWNER
            self.write(kind, name, body if alone else f"-- {kind}\n{head}\n{body}\ncommit;\n")
        self.plan_line(name)
        self.write_yoyo_files()

    def write_yoyo_files(self) -> None:
        for change in load_project(self.folder).plan.changes:
            (self.yoyo / f"{change.yoyo_id}.py").write_text(YOYO_FILE)

    def add_all(self) -> None:
        """Roles, schema, table, function, an index that is built concurrently, a view."""
        self.add("access/roles", ROLES, "select 'roles stay: other databases have them';")
        self.add(
            "schema",
            "create extension if not exists btree_gist;\n"
            "create schema bookingdb authorization bookingdb_owner;",
            "drop schema bookingdb;\ndrop extension btree_gist;",
            "select 'bookingdb'::regnamespace;",
        )
        self.add(
            "tables/things",
            "create table bookingdb.things (id int generated always as identity primary key, "
            "name text not null);",
            "drop table bookingdb.things;",
            "select 'bookingdb.things'::regclass;",
        )
        self.add(
            "functions/things/add_thing",
            ADD_THING,
            "drop function bookingdb.add_thing;",
            "select 'bookingdb.add_thing'::regproc;",
        )
        self.add(
            "changes/things_by_name",
            "-- BEGIN; in a comment; is none\nset lock_timeout = '10s';\n"
            "create index concurrently things_by_name on bookingdb.things (name);\n",
            "drop index concurrently if exists bookingdb.things_by_name;\n",
            "select 'bookingdb.things_by_name'::regclass;",
        )
        self.add(
            "views/thing_names",
            "create view bookingdb.thing_names as select name from bookingdb.things;",
            "drop view bookingdb.thing_names;",
        )


class Tool(Protocol):
    """One of the ways to deploy."""

    name: str

    def deploy(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        """Whether it went well, and what was said."""

    def revert(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        """Whether it went well, and what was said."""

    def command(self, sample: Sample, dsn: str, /) -> tuple[list[str], dict[str, str]]:
        """A command that deploys, and its environment."""


def clean_environment() -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "SQITCH_"))}
    return keep | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}


class CommandTool:
    """Shared by those that are programs."""

    name = ""
    revert_arguments: tuple[str, ...] = ()

    def command(self, sample: Sample, dsn: str, /) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError

    def run(
        self, sample: Sample, dsn: str, arguments: tuple[str, ...] | None = None
    ) -> tuple[bool, str]:
        command, env = self.command(sample, dsn)
        if arguments is not None:
            command = [*command[: command.index("|")], *arguments]
        done = subprocess.run(
            [c for c in command if c != "|"],
            env=env, cwd=sample.root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode == 0, done.stdout + done.stderr

    def deploy(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        return self.run(sample, dsn)

    def revert(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        return self.run(sample, dsn, self.revert_arguments)


class Sqitch(CommandTool):
    name = "sqitch"
    revert_arguments = ("revert", "-y")

    def __init__(self, client: Path, home: Path) -> None:
        self.client = client
        self.home = home

    def command(self, _sample: Sample, dsn: str) -> tuple[list[str], dict[str, str]]:
        at = conninfo_to_dict(dsn)
        env = clean_environment() | {
            "PGHOST": str(at["host"]), "PGPORT": str(at["port"]), "PGUSER": str(at["user"]),
            "HOME": str(self.home), "SQITCH_FULLNAME": "Ada", "SQITCH_EMAIL": "ada@example.com",
        }  # fmt: skip
        target = ["--db-client", str(self.client), "--target", f"db:pg:{at['dbname']}"]
        return ["sqitch", "|", "deploy", *target], env

    def run(
        self, sample: Sample, dsn: str, arguments: tuple[str, ...] | None = None
    ) -> tuple[bool, str]:
        if arguments is not None and arguments[0] not in ("plan", "rework"):
            arguments = (*arguments, *self.command(sample, dsn)[0][3:])
        return super().run(sample, dsn, arguments)


class Yoyo(CommandTool):
    name = "yoyo"
    revert_arguments = ("rollback", "--all")

    def command(self, _sample: Sample, dsn: str) -> tuple[list[str], dict[str, str]]:
        uri = "postgresql+psycopg" + dsn.removeprefix("postgresql")
        env = clean_environment()
        return [sys.executable, "-m", "yoyo", "-b", "|", "apply", "-d", uri], env

    def run(
        self, sample: Sample, dsn: str, arguments: tuple[str, ...] | None = None
    ) -> tuple[bool, str]:
        if arguments is not None:
            arguments = (*arguments, *self.command(sample, dsn)[0][-2:])
        return super().run(sample, dsn, arguments)


class Api:
    name = "api"

    def deploy(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        return self._outcome(migrate, dsn, sample)

    def revert(self, sample: Sample, dsn: str) -> tuple[bool, str]:
        return self._outcome(rollback, dsn, sample)

    def command(self, sample: Sample, dsn: str) -> tuple[list[str], dict[str, str]]:
        code = (
            "import sys, pathlib, bookingdb.migration as m; "
            "m.migrate(sys.argv[1], folder=pathlib.Path(sys.argv[2]))"
        )
        return [sys.executable, "-c", code, dsn, str(sample.folder)], clean_environment()

    def _outcome(self, function: Callable[..., Any], dsn: str, sample: Sample) -> tuple[bool, str]:
        try:
            function(dsn, folder=sample.folder)
        except MigrationError as error:
            return False, str(error)
        return True, ""


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The sample project, all of it."""
    made = Sample(tmp_path / "project")
    made.add_all()
    return made


@pytest.fixture
def project(tmp_path: Path) -> Sample:
    """The project itself, in a copy."""
    copy = Sample(tmp_path / "bookingdb")
    for folder in ("sql", "migrations"):
        shutil.copytree(ROOT / folder, copy.root / folder, dirs_exist_ok=True)
    return copy


@pytest.fixture
def empty_sample(tmp_path: Path) -> Sample:
    """A project without a change."""
    return Sample(tmp_path / "empty")


@pytest.fixture
def sqitch(server: Any, tmp_path: Path) -> Sqitch:
    require(shutil.which("sqitch"), "Sqitch (Debian: apt install sqitch)")
    return Sqitch(Path(server.bindir) / "psql", tmp_path)


@pytest.fixture
def yoyo() -> Yoyo:
    return Yoyo()


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture(params=["sqitch", "yoyo", "api"])
def tool(request: pytest.FixtureRequest) -> Tool:
    """Each of the three tools in turn."""
    found: Tool = request.getfixturevalue(request.param)
    return found
