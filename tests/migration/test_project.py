"""Plan, scripts and yoyo files are held together; a missing schema is an error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bookingdb.migration import PlanError
from bookingdb.migration.project import load_project

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_is_in_order() -> None:
    project = load_project(ROOT / "migrations")
    project.check()
    assert list(project.strays()) == []


def test_the_sample_is_in_order(sample: Any) -> None:
    project = load_project(sample.folder)
    project.check()
    assert list(project.strays()) == []


def spoil_script(sample: Any) -> None:
    sample.script("verify", "schema").unlink()


def spoil_deploy(sample: Any) -> None:
    sample.write("deploy", "schema", "create schema bookingdb;\n")


def spoil_yoyo(sample: Any) -> None:
    (sample.yoyo / "0002_schema.py").unlink()


def add_yoyo(sample: Any) -> None:
    (sample.yoyo / "0099_extra.sql").write_text("drop schema bookingdb cascade;\n")


def change_yoyo(sample: Any) -> None:
    with (sample.yoyo / "0002_schema.py").open("a") as file:
        file.write("# and more\n")


def plan_more(sample: Any) -> None:
    sample.plan_line("tables/more")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (spoil_script, r"verify/schema\.sql is missing"),
        (spoil_deploy, "has no begin;"),
        (spoil_yoyo, r"0002_schema\.py is missing"),
        (add_yoyo, r"0099_extra\.sql belongs to no change"),
        (change_yoyo, r"0002_schema\.py is not the four lines"),
        (plan_more, r"0007_tables-more\.py is missing(.|\n)*sql/tables/more\.sql is missing"),
    ],
)
def test_what_does_not_fit_together_is_named(sample: Any, spoil: Any, problem: str) -> None:
    spoil(sample)
    with pytest.raises(PlanError, match=problem):
        load_project(sample.folder).check()


@pytest.mark.parametrize("spoil", [spoil_script, spoil_deploy, spoil_yoyo, add_yoyo, plan_more])
@pytest.mark.parametrize("name", ["yoyo", "api"])
def test_nothing_is_deployed_of_a_project_that_is_not_in_order(
    sample: Any, spoil: Any, name: str, new_database: Any, request: pytest.FixtureRequest
) -> None:
    """yoyo by itself leaves out what it does not find and what it cannot import."""
    spoil(sample)
    dsn = new_database()
    before = new_database.dump(dsn)
    ok, text = request.getfixturevalue(name).deploy(sample, dsn)
    assert not ok
    assert ".sql" in text or ".py" in text
    assert new_database.dump(dsn) == before


def test_stray_scripts_are_found(sample: Any) -> None:
    sample.write("deploy", "tables/forgotten", "begin;\ncommit;\n")
    sample.write("revert", "tables/things@v1", "begin;\ncommit;\n")
    strays = [path.name for path in load_project(sample.folder).strays()]
    assert strays == ["forgotten.sql", "things@v1.sql"]


@pytest.mark.parametrize("layout", ["wheel", "checkout"])
def test_the_schema_is_found_where_it_is_installed(
    sample: Any, tmp_path: Path, layout: str
) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "bookingdb", site / "bookingdb")
    home = site / "bookingdb" / "_schema" if layout == "wheel" else site
    shutil.copytree(sample.folder, home / "migrations")
    shutil.copytree(sample.root / "sql", home / "sql")
    assert schema_folder(site) == str(home / "migrations")
    # A folder of that name in site-packages is somebody else's.
    if layout == "wheel":
        (site / "migrations").mkdir()
        assert schema_folder(site) == str(home / "migrations")
    (home / "migrations" / "sqitch.plan").write_text("%project=bookingdb\n\n")
    assert "plans no change" in schema_folder(site)
    (home / "migrations" / "sqitch.plan").unlink()
    assert "the schema is not there" in schema_folder(site)
    shutil.rmtree(home / "migrations")
    assert "the schema is not there" in schema_folder(site)


def schema_folder(site: Path) -> str:
    """What the package in SITE answers, or the message of its error."""
    code = "import bookingdb.migration as m; print(m.schema_folder())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=site.parent, env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or done.stderr
