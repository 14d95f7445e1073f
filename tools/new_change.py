"""Add a change to the plan, with the files that go with it.

    python tools/new_change.py functions/booking/cancel_booking "what it adds"
    python tools/new_change.py --missing

The second makes what is missing for the changes that are in the plan. No file that exists is
touched, the plan apart. To change what has been released, use `sqitch rework`.
"""

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from bookingdb.migration import Change, MigrationError
from bookingdb.migration.project import YOYO_FILE, Project, load_project

NEW_PLAN = "%syntax-version=1.0.0\n%project=bookingdb\n\n"
PLANNER = "bookingdb <bookingdb@example.com>"

SCRIPT = """\
begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

{body}

commit;
"""

# kind (first folder of the name) -> bodies of the deploy, revert and verify scripts
BODIES = {
    "functions": (
        """\
-- What it does, what it locks, what it raises, what it returns.
create function bookingdb.{name}()
returns void
language sql
volatile
security invoker
begin atomic
  select;
end;

comment on function bookingdb.{name} is '{quoted_note}';""",
        "drop function bookingdb.{name};",
        "select 'bookingdb.{name}'::regproc;",
    ),
    "tables": (
        """\
create table bookingdb.{name} (
  business_id uuid not null,
  primary key (business_id)
);

comment on table bookingdb.{name} is '{quoted_note}';""",
        "drop table bookingdb.{name};",
        "select 'bookingdb.{name}'::regclass;",
    ),
    "views": (
        """\
create view bookingdb.{name} with (security_invoker) as
select 1 as one;

comment on view bookingdb.{name} is '{quoted_note}';""",
        "drop view bookingdb.{name};",
        "select 'bookingdb.{name}'::regclass;",
    ),
    "": (
        "-- create …",
        "-- drop …",
        "select 1 / 0;  -- fail unless the change is there",
    ),
}


def add_to_plan(folder: Path, name: str, note: str) -> None:
    """Append a change to the plan. It needs no dependencies: the plan's order is the order."""
    plan = folder / "sqitch.plan"
    text = plan.read_bytes().decode() if plan.exists() else NEW_PLAN
    changes = load_project(folder).plan.changes if text != NEW_PLAN else ()
    if any(change.name == name for change in changes):
        raise SystemExit(f"{name} is in the plan already. To change it, use `sqitch rework`.")
    planner = changes[-1].planner if changes else PLANNER
    escaped = note.replace("\\", r"\\").replace("\r", r"\r").replace("\n", r"\n")
    line = f"{name} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {planner} # {escaped}\n"
    folder.mkdir(parents=True, exist_ok=True)
    plan.write_bytes((text if text.endswith("\n") else text + "\n").encode() + line.encode())


def create_missing(project: Project) -> list[Path]:
    """Make the files that changes of the plan lack; return them."""
    made = []
    for change in project.plan.changes:
        for path, text in companions(project, change).items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
                made.append(path)
    return made


def companions(project: Project, change: Change) -> dict[Path, str]:
    """The files of a change, with the text that they start from."""
    files = {project.yoyo_file(change): YOYO_FILE}
    if change.rework_tags:
        return files  # its old scripts cannot be made up
    kind, _, rest = change.name.partition("/")
    deploy, revert, verify = BODIES[kind if rest and kind in BODIES else ""]
    note = " ".join(change.note.split()) or change.name
    name = change.name.rpartition("/")[2]
    for path, body in (
        (project.script(change, "deploy"), deploy),
        (project.script(change, "revert"), revert),
        (project.script(change, "verify"), verify),
    ):
        text = body.format(name=name, quoted_note=note.replace("'", "''"))
        files[path] = SCRIPT.format(body=text)
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("name", nargs="?", help="KIND/NAME or functions/AREA/NAME")
    parser.add_argument("note", nargs="?", default="", help="what it adds, in a few words")
    parser.add_argument("--missing", action="store_true", help="only make missing files")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(__file__).resolve().parent.parent / "migrations",
        help="the folder with sqitch.plan (default: %(default)s)",
    )
    args = parser.parse_args()
    if args.missing == bool(args.name):
        parser.error("give either a name and a note, or --missing")
    if args.name:
        if not re.fullmatch(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*", args.name):
            parser.error(f"{args.name}: lower-case words with _ inside and / between, please")
        if not args.note.strip():
            parser.error("say in a few words what the change adds")
    try:
        if args.name:
            add_to_plan(args.folder, args.name, args.note)
        for path in create_missing(load_project(args.folder)):
            print(path)
    except MigrationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
