"""Photograph the pages that docs/ shows: python -m tools.screenshots

They are of a made-up shop in a made-up time, on a server that is gone afterwards; Chromium has
to be installed.
"""

import io
import shutil
import tempfile
from pathlib import Path
from typing import cast

import psycopg
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bookingdb import DEFAULT_BUSINESS_ID, dispute_file
from bookingdb.cli.dispute_page import page_of as dispute_page
from bookingdb.cli.report_page import page_of as report_page
from bookingdb.embedded import UNSAFE_TEST_SETTINGS, EmbeddedServer
from bookingdb.migration import migrate
from bookingdb.report import collect
from tools.demo_life import BEGINS, ENDS, WEEK
from tools.demo_shop import furnish

TARGET = Path(__file__).resolve().parent.parent / "docs/images"
PICTURES = {  # name -> page, the last element that is shown, width and scheme
    "report": ("report", "section:nth-of-type(2) figure", 1120, "light"),
    "report-phone": ("report", ".week", 390, "dark"),
    "dispute": ("dispute", "#change-2", 960, "light"),
}
MOST = 150_000  # bytes


def pages() -> dict[str, str]:
    """The pages, of the shop's last day."""
    server = EmbeddedServer(settings=UNSAFE_TEST_SETTINGS)
    server.start()
    try:
        migrate(server.dsn())
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("set timezone = 'Europe/Berlin'")
            booking = furnish(conn)
            last = ENDS.date() + 4 * WEEK
            report = collect(conn, BEGINS.date(), last, DEFAULT_BUSINESS_ID)
            dispute = dispute_file(conn, booking)
    finally:
        server.stop()
    return {"report": report_page(report), "dispute": dispute_page(dispute)}


def photograph(browser: Browser, html: Path, last: str, width: int, scheme: str) -> bytes:
    """A page down to an element, in few colours."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(html.as_uri())
    end = page.locator(last).first.evaluate("e => e.getBoundingClientRect().bottom")
    page.set_viewport_size({"width": width, "height": round(end) + 12})
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = in_few_colors(picture.convert("RGB"))
    written = io.BytesIO()
    small.save(written, "png", optimize=True)
    return written.getvalue()


def in_few_colors(picture: Image.Image) -> Image.Image:
    """The picture in its own most frequent colours: surfaces stay as they are, edges nearly so."""
    found = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, color in found for part in cast("tuple[int, ...]", color)])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, text in pages().items():
            (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False
        )
        for name, (page, last, width, scheme) in PICTURES.items():
            picture = photograph(browser, Path(folder) / f"{page}.html", last, width, scheme)
            if len(picture) > MOST:
                raise SystemExit(f"{name} has {len(picture)} bytes, more than {MOST}")
            (TARGET / f"{name}.png").write_bytes(picture)
            print(f"docs/images/{name}.png: {len(picture):,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
