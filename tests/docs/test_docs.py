"""What the documentation shows works: examples and commands run, links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.shop import Shop, open_shop
from tests.support import Database, Databases, require

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
PLAYED = ROOT / "docs" / "runbook"  # tests/runbook provokes what its commands are for
PROGRAMS = ("bookingdb", "make", "python", "sqitch", "yoyo", "pip")
TESTED = {  # by tests of their own
    "bookingdb dispatch", "bookingdb drill", "bookingdb worker", "python -m benchmarks health",
    "sqitch deploy db:pg://dba@localhost/shop",
    "bookingdb loadtest --for 1min --rate 200 --profile flash-sale --places 100 --plot load.svg",
}  # fmt: skip
RUN_ELSEWHERE = {  # what CI itself runs, or another test does at length
    "make demo", "make test", "make lint", "make test lint", "make test-15", "make generate",
    "make bench", "make docs",
}  # fmt: skip


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Commands in indented blocks (of lists too), fenced shell blocks and between backquotes,
    each once, with a page that shows it.
    """
    found = {}
    for page in (page for page in PAGES if page.parent != PLAYED):
        text = re.sub(r"^```(?!sh|console).*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
        shown = re.findall(r"^ {4}(?: {3})?(\S.*)$", text, re.M) + re.findall(
            r"`([^`\n]+ [^`\n]+)`", text
        )
        for line in (x.partition("  #")[0].strip() for x in shown):
            if line.split()[0] in PROGRAMS:
                found[line] = str(page.relative_to(ROOT))
    return sorted((page, command) for command, page in found.items())


def environment(database: Database) -> dict[str, str]:
    where = conninfo_to_dict(database.dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
    return {
        **os.environ,
        **{variable: str(where[key]) for key, variable in names.items()},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }


@pytest.mark.parametrize("page", ["README.md", "docs/hot-slots.md"])
def test_examples(page: str, database: Database, server: EmbeddedServer) -> None:
    """The SQL of a page, which books for Ada, and then its Python, which books for Bob."""
    env = environment(database)
    with database.connect() as conn:
        if page != "README.md":  # which opens its shop itself
            open_shop(conn)
        (sql,) = blocks(ROOT / page, "sql")
        psql = [str(server.bindir / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
        run = subprocess.run(psql, input=sql, text=True, capture_output=True, env=env, check=False)
        assert run.returncode == 0, run.stderr
        assert "ada@example.org" in run.stdout
        (python,) = blocks(ROOT / page, "python")
        run = subprocess.run(
            [sys.executable, "-c", python], text=True, capture_output=True, env=env, check=False
        )
        assert run.returncode == 0, run.stderr
        query = "select customer_name from bookingdb.bookings order by 1"
        assert conn.execute(query).fetchall() == [("Ada",), ("Bob",)]


def test_readme_fits_on_a_screen() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize(("page", "command"), commands())
def test_command(
    page: str, command: str, database: Database, new_database: Databases, tmp_path: Path
) -> None:
    """Run it, with a database of ours in the place of the example's."""
    words = shlex.split(command)
    if command in TESTED:
        return
    if command in RUN_ELSEWHERE or words[0] == "make":
        subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, check=True)
        return
    if words[0] == "pip":
        extra = words[-1].partition("[")[2].removesuffix("]")
        assert f"\n{extra} = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        return
    require(words[0] != "sqitch" or _found("sqitch"), "Sqitch")
    makes_schema = re.search(r"\bmigrate\b|sqitch|yoyo|tools|demo|bench", command)
    dsn = new_database() if makes_schema else database.dsn
    info = conninfo_to_dict(dsn)
    location = f"{info['user']}@{quote(str(info['host']), safe='')}:{info['port']}/{info['dbname']}"
    command = command.replace("dba@localhost/shop", location).replace(
        f"postgresql+psycopg://{location}",
        f"postgresql+psycopg://{info['user']}@/{info['dbname']}?host={info['host']}&port={info['port']}",
    )
    if words[0] == "sqitch":
        command = command.replace(location, f"{info['user']}@/{info['dbname']}")
    if "NAME" in command:
        command = f"{command.replace('NAME', 'example')} --folder {tmp_path / 'migrations'}"
    if command == "bookingdb bench":  # tests/bench runs all of it
        command += " --quick --only filled"
    env = environment(Database(dsn))
    if not makes_schema:
        with psycopg.connect(dsn, autocommit=True) as conn:
            shop = open_shop(conn)
            for name, value in _names(shop).items():
                command = re.sub(rf"\b{name}\b", value, command)
    run = subprocess.run(
        [*shlex.split(command), *(["--batch"] if words[0] == "yoyo" else [])],
        cwd=ROOT,
        env={**env, "BOOKINGDB_DSN": dsn, "HOOK_KEY": "x"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, f"{page}: {command}\n{run.stdout}{run.stderr}"


def _names(shop: Shop) -> dict[str, str]:
    """What stands in commands for something of the reader's own, and what there is here."""
    booking = shop.book()
    endpoint = bookingdb.add_webhook_endpoint(shop.conn, "https://shop.example/hook")
    webhook = bookingdb.send_test_event(shop.conn, endpoint.endpoint_id)
    shop.conn.execute("set role bookingdb_owner")
    shop.conn.execute(
        """create table bookingdb.booking_audit_log_2025_01
             partition of bookingdb.booking_audit_log
             for values from ('2025-01-01 00:00Z') to ('2025-02-01 00:00Z')"""
    )
    shop.conn.execute("select bookingdb.guard_audit_partitions()")
    return {
        "BOOKING": str(booking.booking_id),
        "ENDPOINT": str(endpoint.endpoint_id),
        "WEBHOOK": str(webhook),
        "MONTH": "2025-01",
        "PAGE": os.devnull,
        "HOOK_URL": "https://shop.example/make",
        "NEW_URL": "https://shop.example/new",
        "FIELDS": "date,time,bouquets,status,payment_status,refund_due,"
        "customer_name,customer_email",
    }


def _found(program: str) -> bool:
    return any((Path(p) / program).exists() for p in os.environ["PATH"].split(":"))
