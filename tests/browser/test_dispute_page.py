"""The page of a dispute says all, on any screen and on paper, and does nothing."""

import io
import re
import unicodedata
from typing import Any

import pytest
from jinja2 import Environment
from PIL import Image
from pypdf import PdfReader

from bookingdb.cli import dispute_page, pages
from bookingdb.cli.dispute_page import page_of
from tests.browser.cases import INJECTIONS, LONG, NAMES
from tests.browser.looks import A4, PALE, STICKS_OUT, Open, Scheme

Files = dict[str, dict[str, Any]]
CASES = ["quarrel", "erased", "long"]


@pytest.mark.parametrize("case", CASES)
def test_fits_the_screen_and_asks_for_nothing(files: Files, open_page: Open, case: str) -> None:
    opened = open_page(page_of(files[case]))
    for width in (1280, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        with Image.open(io.BytesIO(opened.page.screenshot())) as picture:
            assert len(picture.getcolors(1 << 20) or ()) > 50
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert opened.page.evaluate(STICKS_OUT) == []
    assert opened.asked == []


def test_it_would_be_seen_to_stick_out(files: Files, open_page: Open) -> None:
    html = page_of(files["quarrel"]).replace("overflow-wrap: anywhere;", "")
    assert open_page(html, width=390).page.evaluate(STICKS_OUT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("case", ["quarrel", "erased"])
def test_can_be_read_by_day_and_by_night(
    files: Files, open_page: Open, case: str, scheme: Scheme
) -> None:
    page = open_page(page_of(files[case]), scheme=scheme).page
    assert page.evaluate(PALE) == []
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        assert (sum(picture.convert("L").resize((1, 1)).tobytes()) < 128) == (scheme == "dark")


def test_pale_text_would_be_seen(files: Files, open_page: Open) -> None:
    html = page_of(files["quarrel"]).replace("--soft: #a2a9b3", "--soft: #555")
    assert open_page(html, scheme="dark").page.evaluate(PALE)


def test_what_customers_and_receivers_wrote_is_text(files: Files, open_page: Open) -> None:
    opened = open_page(page_of(files["quarrel"]))
    assert opened.page.title().startswith("Booking ")
    seen = opened.page.inner_text("body")
    for written in [*INJECTIONS, *NAMES, "She never came <b>", "<html><body><script>"]:
        assert written in seen
    assert opened.page.locator("script, img, link, iframe, object").count() == 0


def test_injections_would_run(
    files: Files, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without escaping and without the policy of the page, each of which stops them alone."""
    html = page_of(files["quarrel"])
    policy = re.search('<meta http-equiv="Content-Security-Policy"[^>]*>', html)
    assert policy
    monkeypatch.setattr(
        pages, "Environment", lambda **wanted: Environment(**wanted | {"autoescape": False})
    )
    monkeypatch.setattr(dispute_page, "shown", str)
    bare = page_of(files["quarrel"])
    guarded = open_page(bare)
    assert guarded.page.title().startswith("Booking ")
    assert guarded.asked == []
    opened = open_page(bare.replace(policy.group(), ""))
    opened.page.wait_for_timeout(100)
    assert opened.page.title() == "ran"
    assert any(url.startswith("https://evil.example/") for url in opened.asked)


@pytest.mark.parametrize("case", CASES)
def test_paper_has_it_all(files: Files, open_page: Open, case: str) -> None:
    page = open_page(page_of(files[case]), width=A4).page
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    sizes = {tuple(round(float(side) / 72 * 25.4) for side in p.mediabox[2:]) for p in pdf.pages}
    assert sizes == {(210, 297)}
    text = "".join(unicodedata.normalize("NFKC", p.extract_text()) for p in pdf.pages)
    text = "".join(text.split())
    for change in files[case]["timeline"]:
        assert change["at"] in text
        for item in change["changes"]:
            if item["new"].isascii() and item["new"] not in (LONG, "[erased]"):
                assert "".join(item["new"].split()) in text
    # What goes on on another page has its number in between.
    shown = {"quarrel": 2, "erased": 1, "long": 0}[case]
    assert len("".join(re.findall("WW+", text))) == shown * len(LONG)
    for row in files[case]["proof"]["changes"]:
        assert row["id"] in text
        assert row.get("hash", "") in text
    page.emulate_media(media="print")
    assert page.evaluate(STICKS_OUT) == []
    ink = page.evaluate(
        "[document.body, document.body.parentNode].map(e => getComputedStyle(e).color)"
    )
    assert set(ink) == {"rgb(0, 0, 0)"}


def test_paper_is_white_at_night_too(files: Files, open_page: Open) -> None:
    page = open_page(page_of(files["quarrel"]), scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(PALE) == []


def test_timeline_shows_each_change_and_attempt(files: Files, open_page: Open) -> None:
    page = open_page(page_of(files["quarrel"])).page
    attempts = sum(
        len(d["attempts"]) for change in files["quarrel"]["timeline"] for d in change["deliveries"]
    )
    assert page.locator(".strip .dot").count() == len(files["quarrel"]["timeline"])
    assert page.locator(".strip .bar").count() == attempts > 2
    places = page.eval_on_selector_all(
        ".strip .dot", "all => all.map(e => parseFloat(e.style.left))"
    )
    assert places == sorted(set(places))
    assert 0 <= places[0] < places[-1] <= 100
    page.locator(".strip .dot").nth(3).click()
    assert page.url.endswith("#change-4")


def test_deleted_and_erased_are_said(files: Files, open_page: Open) -> None:
    assert "not there any more" in open_page(page_of(files["long"])).page.inner_text("header")
    page = open_page(page_of(files["erased"])).page
    assert page.locator("header mark.erased").count() == 3
    assert "[erased]" not in page.inner_text("header")
    assert page.locator(".gone").count() == len(files["erased"]["timeline"])
    assert LONG not in page.inner_text("header")
