"""The page of a report can be read on any screen and on paper, and does nothing."""

import io
import unicodedata
from functools import cache

import pytest
from PIL import Image
from pypdf import PdfReader

from bookingdb.cli.report_page import page_of
from bookingdb.report.tables import headline, tables
from tests.browser.cases import INJECTIONS
from tests.browser.looks import A4, CLIPPED, PALE, STICKS_OUT, Open, Scheme
from tests.browser.reports import REPORTS


@cache
def made(case: str) -> str:
    return page_of(REPORTS[case])


@pytest.mark.parametrize("case", REPORTS)
def test_fits_the_screen_and_asks_for_nothing(open_page: Open, case: str) -> None:
    opened = open_page(made(case))
    for width in (1280, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        with Image.open(io.BytesIO(opened.page.screenshot())) as picture:
            assert len(picture.getcolors(1 << 20) or ()) > 20
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert opened.page.evaluate(STICKS_OUT) == []
        assert opened.page.evaluate(CLIPPED) == []
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert (opened.asked, opened.complaints) == ([], [])
    assert len(made(case)) < 800_000


def test_clipped_labels_would_be_seen(open_page: Open) -> None:
    html = made("busy").replace(
        "svg { display", "svg text { font-size: 40px !important } svg { display"
    )
    assert open_page(html).page.evaluate(CLIPPED)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_can_be_read_by_day_and_by_night(open_page: Open, scheme: Scheme) -> None:
    page = open_page(made("busy"), scheme=scheme).page
    assert page.evaluate(PALE) == []
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        assert (sum(picture.convert("L").resize((1, 1)).tobytes()) < 128) == (scheme == "dark")


def test_pale_labels_would_be_seen(open_page: Open) -> None:
    html = made("busy").replace("text-anchor: middle; fill: var(--soft)", "fill: #888")
    assert open_page(html, scheme="light").page.evaluate(PALE)


def test_paper_has_it_all(open_page: Open) -> None:
    page = open_page(made("busy"), width=A4, scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for look in (STICKS_OUT, CLIPPED, PALE):
        assert page.evaluate(look) == []
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    assert {tuple(round(float(x) / 72 * 25.4) for x in p.mediabox[2:]) for p in pdf.pages} == {
        (210, 297)
    }
    text = "".join(unicodedata.normalize("NFKC", p.extract_text()) for p in pdf.pages)
    text = "".join(text.split())
    report = REPORTS["busy"]
    for words in [
        *(word for line in headline(report) for word in line),
        *(check["message"] for check in (report.health or {})["checks"] if check["remedy"]),
        *(word for row in tables(report)["endpoints"].rows for word in row),
    ]:
        assert "".join(words.split()) in text


def test_plots_have_tables_for_those_who_cannot_see_them(open_page: Open) -> None:
    page = open_page(made("busy")).page
    assert page.locator("figure[role=img]").count() == 4
    assert all(f.get_attribute("aria-label") for f in page.locator("figure").all())
    shown = page.locator("details table")
    of = tables(REPORTS["busy"])
    for number, name in enumerate(("occupancy", "activity", "lead_times", "deliveries")):
        cells = shown.nth(number).evaluate(
            "t => [...t.rows].map(r => [...r.cells].map(c => c.textContent))"
        )
        assert cells == [list(of[name].columns), *map(list, of[name].rows)]


def test_what_others_wrote_is_text(open_page: Open) -> None:
    opened = open_page(made("busy"))
    assert opened.page.title().startswith("Shop <script>")
    seen = opened.page.inner_text("body")
    for written in (INJECTIONS[0], INJECTIONS[1], "<b>host</b>", "Reason expired <i>"):
        assert written in seen
    assert opened.page.locator("script, img, link, iframe, object, b, figure i").count() == 0


def test_what_is_not_there_is_said(open_page: Open) -> None:
    seen = open_page(made("empty")).page.inner_text("body")
    for said in (
        "There are no slots in these dates", "still to come", "No bookings yet",
        "there is no endpoint",
        "Nothing of this kind", "sees its own businesses only", "may have been purged",
    ):  # fmt: skip
        assert said in seen
    assert "was dropped" not in seen
    assert "was dropped" in open_page(made("busy")).page.inner_text("header")
