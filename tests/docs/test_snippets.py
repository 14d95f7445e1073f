"""Every snippet of the documentation runs; one that no test runs is found."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.docs.snippets import NOT_RUN, ROOT, Block, Story, blocks_of, environment, not_run
from tests.shop import Shop, open_shop
from tests.support import Database, require

PAGES = sorted(
    str(page.relative_to(ROOT))
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "benchmarks/*.md",
        "monitoring/**/*.md",
        "deploy/**/*.md",
    )
    for page in ROOT.glob(pattern)
)
TOLD_BY = {
    "docs/backup.md": "tests/operations/test_backups.py",
    "docs/replicas.md": "tests/replicas/test_read_your_writes.py",
    "docs/runbook/": "tests/runbook/test_pages.py",
}
"""Pages that need more than a database: a test of their own provokes what they are for."""
SIGNATURES = "docs/functions.md"  # its SQL is made from the catalog, and says how to call, not what
BOOKED = {"README.md": ["Ada", "Bob"], "docs/hot-slots.md": ["Ada", "Bob"]}
"""Whose bookings there are when a page has been read."""


def story_of(page: str) -> list[Block]:
    blocks = blocks_of(page, (ROOT / page).read_text(encoding="utf-8"))
    return [one for one in blocks if one.language not in NOT_RUN or one.title]


TOLD = [
    page
    for page in PAGES
    if page != SIGNATURES and not page.startswith(tuple(TOLD_BY)) and story_of(page)
]


def erased(story: Story, shop: Shop) -> None:
    """Ada asks to be erased; Bob was, and has the receipt."""
    shop.book()
    shop.book(customer_email="bob@example.org")
    done = bookingdb.erase_customer(
        shop.conn, "bob@example.org", "asked", open_bookings=bookingdb.OpenBookings.CANCEL
    )
    story.given = {"erasure_id": f"'{done.erasure_id}'", "receipt": f"'{done.receipt}'"}


def subscribed(story: Story, shop: Shop) -> None:
    """A receiver that kept what it was sent."""
    bookingdb.add_webhook_endpoint(shop.conn, "https://shop.example/hook")
    shop.book()
    while bookingdb.relay_events(shop.conn):
        pass
    ((body,),) = shop.conn.execute("select payload from bookingdb.webhook_payloads").fetchall()
    (story.folder / "receipts.jsonl").write_bytes(body + b"\n")


def pooled(story: Story, shop: Shop) -> None:
    """PgBouncer, which refuses to run as root, runs as who may enter the server's directory."""
    require(shutil.which("pgbouncer"), "PgBouncer")
    at = shop.conn.info
    story.replaced["host=127.0.0.1 port=5432 dbname=shop"] = (
        f"host={at.host} port={at.port} dbname={at.dbname}"
    )
    if os.getuid() == 0:
        account = Path(at.host).owner()
        story.replaced["pgbouncer --quiet"] = f"pgbouncer --user={account} --quiet"


def supabase(_: Story, shop: Shop) -> None:
    shop.conn.execute("create role anon nologin noinherit")


READERS: dict[str, Callable[[Story, Shop], None]] = {
    "docs/audit-format.md": subscribed,
    "docs/erasure.md": erased,
    "docs/how-to/managed-postgresql.md": supabase,
    "docs/how-to/pgbouncer.md": pooled,
}
"""What a page's reader has, besides a shop that is open."""
OPENS_ITS_OWN = {"README.md", "docs/tutorial.md"}


@contextlib.contextmanager
def roles_of_before(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """Roles are the server's, not the database's: those of a page go when it has been read."""
    query = "select rolname from pg_roles"
    before = {name for (name,) in conn.execute(query)}
    yield
    for (name,) in conn.execute(query).fetchall():
        if name not in before:
            role = sql.Identifier(name)
            conn.execute(sql.SQL("drop owned by {} cascade").format(role))
            conn.execute(sql.SQL("drop role {}").format(role))


@pytest.mark.parametrize("page", TOLD)
def test_page(page: str, database: Database, server: EmbeddedServer, tmp_path: Path) -> None:
    story = Story(tmp_path, server.bindir, environment(database.dsn, server.bindir))
    with database.connect() as conn, roles_of_before(conn), story:
        if page not in OPENS_ITS_OWN:
            shop = open_shop(conn)
            if page in READERS:
                READERS[page](story, shop)
        story.tell_all(story_of(page))
        if page in BOOKED:
            query = "select customer_name from bookingdb.bookings order by 1"
            assert [name for (name,) in conn.execute(query)] == BOOKED[page]


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith(tuple(TOLD_BY))])
def test_page_that_is_told_elsewhere(page: str) -> None:
    """The test is there, and reads the page or its folder."""
    (test,) = (test for start, test in TOLD_BY.items() if page.startswith(start))
    folder = (ROOT / test).parent
    code = "".join(one.read_text(encoding="utf-8") for one in folder.glob("*.py"))
    assert (ROOT / test).exists()
    assert Path(page).name in code or f'"{Path(page).parent.name}"' in code


def test_no_block_is_of_a_kind_that_nothing_runs() -> None:
    found = [
        where
        for page in PAGES
        for where in not_run(blocks_of(page, (ROOT / page).read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("language", ["ruby", "postgres", "", "bash", "javascript"])
def test_a_block_that_nothing_runs_is_found(language: str) -> None:
    page = f"# Page\n\n1. In a list:\n\n   ```{language}\n   puts 1\n   ```\n"
    assert not_run(blocks_of("page.md", page)) == ["page.md:5"]


def test_a_file_that_nothing_uses_is_found() -> None:
    page = '```python title="a.py"\n```\n```python title="b.py"\nimport a\n```\n'
    assert not_run(blocks_of("page.md", page)) == ["page.md:3"]
    assert not_run(blocks_of("page.md", f"{page}```sh\npython b.py\n```\n")) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sql", "select 1; select 1/0;"),
        ("python", "assert 1 == 2"),
        ("sh", "false\ntrue"),
        ("js", "throw new Error('no')"),
        ("php", "<?php exit(3);"),
        ("json", "{"),
        ("yaml", "a: [1"),
    ],
)
def test_a_block_that_fails_is_found(
    language: str, text: str, server: EmbeddedServer, tmp_path: Path
) -> None:
    story = Story(tmp_path, server.bindir, environment(server.dsn(), server.bindir))
    with story, pytest.raises(AssertionError, match="page:1"):
        story.tell(Block("page:1", language, None, text))


def test_output_that_differs_is_found(server: EmbeddedServer, tmp_path: Path) -> None:
    with Story(tmp_path, server.bindir, environment(server.dsn(), server.bindir)) as story:
        story.tell(Block("page:1", "python", None, "print('one', 2, 'three')"))
        story.tell(Block("page:2", "output", None, "one …\nthree\n"))
        for wrong in ("one two\nthree", "one", "one 2 three four"):
            with pytest.raises(AssertionError, match="it shows"):
                story.tell(Block("page:2", "output", None, wrong))


def test_a_block_that_should_fail_and_does_not_is_found(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    story = Story(tmp_path, server.bindir, environment(server.dsn(), server.bindir))
    works, error = Block("1", "sql", None, "select 1"), Block("2", "output", None, "ERROR:  no")
    with story, pytest.raises(RuntimeError, match="should have failed"):
        story.tell_all([works, error])
