"""The site is built without a warning, and needs nobody's network."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.snippets import NODE_MODULES, ROOT
from tests.support import require
from tools import site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(NODE_MODULES.exists(), "npm ci --prefix tests/docs")
    folder = tmp_path_factory.mktemp("site")
    assert site.build(ROOT / "docs", folder) == 0
    return folder / "site"


def test_each_page_is_there(built: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix(".html")
        shown = built / (name.with_name("index.html") if name.stem == "README" else name)
        assert shown.exists(), shown
    commands = (built / "reference/commands.html").read_text()
    assert all(f"bookingdb {name}" in commands for name in ("up", "book", "webhooks add"))
    python = (built / "reference/python.html").read_text()
    assert all(f'id="{name}"' in python for name in ("create_booking_safe", "booking", "actor"))


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    loads = re.compile(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="?((?:https?:)?//[^">\s]+)')
    for page in built.rglob("*.html"):
        assert loads.findall(page.read_text()) == [], page
    for style in built.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", style.read_text()), style
    # The theme fetches mermaid from a CDN where a page has not loaded it itself.
    diagram = (built / "architecture.html").read_text()
    assert 'class="mermaid"' in diagram
    (script,) = re.findall(r'<script src="([^"]*mermaid[^"]*)"', diagram)
    assert "mermaid" in (built / script).read_text()


@pytest.mark.parametrize(
    "wrong", ["[a page](gone.md)", "[a part](errors.md#gone)", "[a file](../sql/gone.sql)"]
)
def test_a_link_that_leads_nowhere_is_found(wrong: str, tmp_path: Path) -> None:
    require(NODE_MODULES.exists(), "npm ci --prefix tests/docs")
    docs = tmp_path / "pages"
    docs.mkdir()
    shutil.copy(ROOT / "docs/errors.md", docs)
    (docs / "index.md").write_text(f"# Start\n\n{wrong}\n")
    assert site.build(docs, tmp_path) != 0
