"""Pages in a real browser: Debian's Chromium, by Playwright."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Route, sync_playwright

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.browser.cases import erased, long_and_deleted, quarrel
from tests.browser.looks import Open, Opened, Scheme
from tests.shop import Shop
from tests.support import Copies, require

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    require(program, "chromium")
    with sync_playwright() as playwright:
        # Without its sandbox it runs as root too; it opens nothing but these pages.
        launched = playwright.chromium.launch(
            executable_path=program, args=FLAGS, chromium_sandbox=False
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def files(
    request: pytest.FixtureRequest, server: EmbeddedServer, copies: Copies
) -> dict[str, dict[str, Any]]:
    """Dispute files by name, of a database that is gone."""
    name = copies.make(request.getfixturevalue("template_with_shop").template_dbname)
    with psycopg.connect(server.dsn(name), autocommit=True) as conn:
        shop = Shop(conn)
        quarrelled = bookingdb.dispute_file(conn, quarrel(shop))
        conn.execute("delete from bookingdb.bookings")
        return {
            "quarrel": quarrelled,
            "erased": erased(quarrelled),
            "long": bookingdb.dispute_file(conn, long_and_deleted(shop)),
        }


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Opened:
    page, asked, complaints = browser.new_page(), [], []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile("^(https?|wss?):"), refuse)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return Opened(page, asked, complaints)


@pytest.fixture
def open_page(opened: Opened, tmp_path: Path) -> Open:
    def open_(html: str, *, width: int = 1280, scheme: Scheme = "light") -> Opened:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        opened.asked.clear()
        opened.complaints.clear()
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.page.emulate_media(media="screen", color_scheme=scheme)
        opened.page.goto(path.as_uri())
        return opened

    return open_
