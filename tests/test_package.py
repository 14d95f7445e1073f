"""What a stranger gets: the wheel has the schema in it, and deploys it far from any checkout."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Database, Databases

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    run = subprocess.run(command, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """A function that runs the installed bookingdb, in a folder that has nothing to do with it."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, str(target), str(wheel)], check=True)
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(*arguments: str, dsn: str, expect: int = 0) -> str:
        result = subprocess.run(
            [sys.executable, "-m", "bookingdb.cli", *arguments],
            env={**os.environ, "PYTHONPATH": str(target), "BOOKINGDB_DSN": dsn},
            cwd=elsewhere,
            text=True,
            capture_output=True,
            check=False,
        )
        assert result.returncode == expect, result.stdout + result.stderr
        return result.stdout + result.stderr

    return run


def test_every_script_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("sql", "migrations"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"bookingdb/_schema/{path.relative_to(ROOT)}" in names
    assert "bookingdb/py.typed" in names
    for path in (ROOT / "bookingdb/cli/templates").iterdir():
        assert f"bookingdb/cli/templates/{path.name}" in names
    for path in (ROOT / "monitoring").iterdir():
        assert f"bookingdb/_monitoring/{path.name}" in names
    assert not [n for n in names if n.startswith(("tests/", "tools/", "benchmarks/"))]


def test_installed_wheel_migrates_and_rolls_back(
    installed: Callable[..., str], new_database: Databases, database: Database
) -> None:
    dsn = new_database()
    installed("migrate", dsn=dsn)
    assert "functions/booking/create_booking_safe" in installed("status", dsn=dsn)
    with Database(dsn).connect() as conn, database.connect() as other:
        query = "select count(*) from pg_proc where pronamespace = 'bookingdb'::regnamespace"
        assert conn.execute(query).fetchone() == other.execute(query).fetchone()
    installed("rollback", "--yes", dsn=dsn)
    with Database(dsn).connect() as conn:
        assert conn.execute("select to_regnamespace('bookingdb')").fetchone() == (None,)
