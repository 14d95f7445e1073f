"""The folders that hold the schema.

sql/NAME.sql                                     deploy: what the change adds
migrations/sqitch.plan                           the only list of changes
migrations/revert/NAME.sql                       takes it away again
migrations/verify/NAME.sql                       fails unless it is there
migrations/reworked/{deploy,revert,verify}/NAME@TAG.sql
                                                 as it was before a later line reworked it
migrations/yoyo/NNNN_area-name.py                four lines that let yoyo run it
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bookingdb.migration.errors import PlanError
from bookingdb.migration.plan import Change, Plan, parse_plan
from bookingdb.migration.scripts import Kind, read_script

__all__ = ["YOYO_FILE", "Project", "load_project", "schema_folder"]

YOYO_FILE = """\
from bookingdb.migration import yoyo_change

__transactional__ = False
__depends__ = yoyo_change(__file__)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """The folder ``migrations`` with the plan in it, and ``sql`` beside it."""

    folder: Path
    plan: Plan

    def script(self, change: Change, kind: Kind) -> Path:
        """Where Sqitch looks for a script of a change."""
        if change.rework_tags:
            reworked = self.folder / "reworked"
            names = [f"{change.name}{tag}.sql" for tag in change.rework_tags]
            there = [name for name in names if (reworked / "deploy" / name).exists()]
            return reworked / kind / (there or names)[0]
        home = self.folder.parent / "sql" if kind == "deploy" else self.folder / kind
        return home / f"{change.name}.sql"

    def yoyo_file(self, change: Change) -> Path:
        """The yoyo migration of a change."""
        return self.folder / "yoyo" / f"{change.yoyo_id}.py"

    def check(self) -> None:
        """See to it that every tool would run the same scripts in the same order.

        Raises:
            PlanError: a file is missing or not as it must be; the message names them all.
        """
        problems = list(self.problems())
        if problems:
            raise PlanError("\n".join([f"{self.folder} cannot be deployed:", *problems]))

    def problems(self) -> Iterator[str]:
        """What would make the tools go different ways, one sentence each."""
        yield from self.yoyo_problems()
        for change in self.plan.changes:
            file = self.yoyo_file(change)
            if file.exists() and file.read_text(encoding="utf-8") != YOYO_FILE:
                yield f"{file} is not the four lines that every yoyo file is."
            for kind in get_args(Kind):
                try:
                    read_script(self.script(change, kind), kind)
                except PlanError as error:
                    yield str(error)

    def yoyo_problems(self) -> Iterator[str]:
        """Changes that yoyo would leave out, and files that only yoyo would run."""
        folder = self.folder / "yoyo"
        planned = {self.yoyo_file(change).name for change in self.plan.changes}
        there = {f.name for ending in ("py", "sql") for f in folder.glob(f"*.{ending}")}
        for name in sorted(planned - there):
            yield f"{folder / name} is missing. `tools/new_change.py --missing` makes it."
        for name in sorted(there - planned):
            yield f"{folder / name} belongs to no change of the plan. Delete it."

    def strays(self) -> Iterator[Path]:
        """Scripts that belong to no change of the plan."""
        used = {self.script(c, kind) for c in self.plan.changes for kind in get_args(Kind)}
        homes = [self.folder.parent / "sql", self.folder / "revert", self.folder / "verify"]
        for home in [*homes, self.folder / "reworked"]:
            yield from (path for path in sorted(home.rglob("*.sql")) if path not in used)


def load_project(folder: Path) -> Project:
    """Read the plan of the folder ``migrations``.

    Raises:
        PlanError: there is no plan, or it is empty or wrong.
    """
    path = folder / "sqitch.plan"
    try:
        plan = parse_plan(path.read_bytes().decode())
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read ({error.strerror}): the schema is not there. Install "
            "bookingdb from its wheel, or run it in a whole checkout."
        ) from None
    except UnicodeDecodeError as error:
        raise PlanError(f"{path} is not UTF-8: {error}. Save it as UTF-8.") from None
    if not plan.changes:
        raise PlanError(f"{path} plans no change. Restore the file.")
    return Project(folder, plan)


def schema_folder() -> Path:
    """The folder ``migrations``: the copy in the installed package, else the checkout's.

    Raises:
        PlanError: neither is there, or it is empty.
    """
    package = Path(__file__).absolute().parent.parent
    packed = package / "_schema"
    folder = (packed if packed.exists() else package.parent) / "migrations"
    load_project(folder)
    return folder
