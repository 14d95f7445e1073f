"""tools/new_change.py makes changes that deploy as they are."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bookingdb.migration import migrate
from bookingdb.migration.project import load_project

ROOT = Path(__file__).resolve().parents[2]
NOTE = "What's \\new: 100% # of it\nand more; ž"


def new_change(sample: Any, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "new_change.py", "--folder", sample.folder, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_it_makes_deploys_and_reverts(
    sample: Any, new_database: Any, sqitch: Any, yoyo: Any, api: Any
) -> None:
    names = ["functions/booking/cancel_booking", "tables/bookings", "views/bookings_today"]
    for name in names:
        done = new_change(sample, name, NOTE)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 4
    project = load_project(sample.folder)
    project.check()
    assert [(c.name, c.note, c.requires) for c in project.plan.changes[6:]] == [
        (name, NOTE, ()) for name in names
    ]
    dumps = set()
    for tool in (sqitch, yoyo, api):
        dsn = new_database()
        for action in (tool.deploy, tool.revert, tool.deploy):
            ok, text = action(sample, dsn)
            assert ok, f"{tool.name}: {text}"
        dumps.add(new_database.dump(dsn))
    [dump] = dumps
    assert "What''s \\new: 100% # of it and more; ž" in dump


def test_another_kind_deploys_only_when_it_is_filled_in(sample: Any, new_database: Any) -> None:
    assert new_change(sample, "changes/more_columns", "more").returncode == 0
    project = load_project(sample.folder)
    project.check()
    with pytest.raises(Exception, match="division by zero"):
        migrate(new_database(), folder=sample.folder)


def test_missing_files_are_made_and_no_other_is_touched(sample: Any) -> None:
    before = {p: p.read_bytes() for p in sample.root.rglob("*") if p.is_file()}
    assert new_change(sample, "--missing").stdout == ""
    lost = [sample.script("verify", "schema"), sample.yoyo / "0003_tables-things.py"]
    for path in lost:
        path.unlink()
    done = new_change(sample, "--missing")
    assert done.stdout.splitlines() == [str(path) for path in lost]
    after = {p: p.read_bytes() for p in sample.root.rglob("*") if p.is_file()}
    assert after.keys() == before.keys()
    assert {p for p in before if after[p] != before[p]} == {lost[0]}


def test_a_plan_can_be_begun(empty_sample: Any) -> None:
    empty_sample.plan.unlink()
    assert new_change(empty_sample, "tables/first", "the first").returncode == 0
    assert new_change(empty_sample, "tables/second", "the second").returncode == 0
    project = load_project(empty_sample.folder)
    project.check()
    assert [c.yoyo_id for c in project.plan.changes] == ["0001_tables-first", "0002_tables-second"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("schema", "again"), "in the plan already"),
        (("tables/new",), "say in a few words"),
        (("tables/New", "x"), "lower-case words"),
        (("../tables/new", "x"), "lower-case words"),
        ((), "either a name and a note, or --missing"),
        (("tables/new", "x", "--missing"), "either a name and a note, or --missing"),
    ],
)
def test_what_it_refuses(sample: Any, arguments: tuple[str, ...], problem: str) -> None:
    before = sample.plan.read_bytes()
    done = new_change(sample, *arguments)
    assert done.returncode != 0
    assert problem in done.stderr
    assert sample.plan.read_bytes() == before
