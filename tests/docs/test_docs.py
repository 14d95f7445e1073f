"""What the documentation shows works: examples and commands run, links lead somewhere."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.docs.snippets import ROOT, environment
from tests.shop import Shop, open_shop
from tests.support import Database, Databases, require

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
PLAYED = ROOT / "docs" / "runbook"  # tests/runbook provokes what its commands are for
PROGRAMS = ("bookingdb", "make", "python", "sqitch", "yoyo", "pip")
TESTED = {  # by tests of their own
    "bookingdb dispatch", "bookingdb drill", "bookingdb metrics", "bookingdb up",
    "bookingdb worker",
    "python -m benchmarks health",
    "sqitch deploy db:pg://dba@localhost/shop", "bookingdb loadtest",
    "bookingdb loadtest --for 1min --rate 200 --profile flash-sale --places 100 --plot load.svg",
}  # fmt: skip
RUN_ELSEWHERE = {  # what CI itself runs, or another test does at length
    "make demo", "make test", "make lint", "make test lint", "make test-15", "make generate",
    "make bench", "make docs", "make screenshots", "make site",
}  # fmt: skip


def commands() -> list[tuple[str, str]]:
    """Commands in indented blocks (of lists too) and between backquotes, each once, with a page
    that shows it. What is fenced, tests/docs/test_snippets.py runs.
    """
    found = {}
    for page in (page for page in PAGES if page.parent != PLAYED):
        text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
        shown = re.findall(r"^ {4}(?: {3})?(\S.*)$", text, re.M) + re.findall(
            r"`([^`\n]+ [^`\n]+)`", text
        )
        for line in (x.partition("  #")[0].strip() for x in shown):
            if line.split()[0] in PROGRAMS:
                found[line] = str(page.relative_to(ROOT))
    return sorted((page, command) for command, page in found.items())


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
    page: str,
    command: str,
    database: Database,
    new_database: Databases,
    server: EmbeddedServer,
    tmp_path: Path,
) -> None:
    """Run it, with a database of ours in the place of the example's."""
    words = shlex.split(command)
    if command in TESTED:
        return
    if command in RUN_ELSEWHERE or words[0] == "make":
        subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, check=True)
        return
    if words[0] == "pip":
        package, _, extra = words[-1].partition("[")
        ours = package in (".", "bookingdb")
        named = f"\n{extra.removesuffix(']')} = [" if ours else f'"{words[-1]}>='
        assert named in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
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
    env = environment(dsn, server.bindir)
    if not makes_schema:
        with psycopg.connect(dsn, autocommit=True) as conn:
            shop = open_shop(conn)
            for name, value in _names(shop).items():
                command = re.sub(rf"\b{name}\b", value, command)
    run = subprocess.run(
        [*shlex.split(command), *(["--batch"] if words[0] == "yoyo" else [])],
        cwd=ROOT,
        env={**env, "HOOK_KEY": "x"},
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
