"""Each alarm has a page, and what the page says to type ends the alarm."""

import re

import pytest

import bookingdb
from bookingdb import HealthSeverity
from tests.cli.test_help import COMMANDS
from tests.health.conftest import Connection
from tests.runbook.pages import DO, FOLDER, SECTIONS, Page, pages
from tests.runbook.stage import Stage
from tests.runbook.troubles import provoke

PAGES = pages()
ON_A_SERVER_OF_ITS_OWN = {"prepared_transactions"}
PLAYS = [
    pytest.param(page, case, id=f"{page.name} {case}".strip())
    for page in PAGES
    if page.name not in ON_A_SERVER_OF_ITS_OWN
    for case in page.cases
]


@pytest.mark.parametrize(("page", "case"), PLAYS)
def test_page_ends_its_alarm(stage: Stage, page: Page, case: str) -> None:
    provoke(stage, page.name, case)
    assert stage.health(page.name).severity != HealthSeverity.OK
    blocks = page.blocks(case)
    assert any(block.section == DO for block in blocks)
    for block in blocks:
        stage.play(block, strictly=block.section == DO)
    stage.settle()
    assert stage.health(page.name).severity == HealthSeverity.OK


@pytest.mark.parametrize("name", ["dead_letters", "counters", "relay_lag"])
def test_control_who_only_looks_ends_nothing(stage: Stage, name: str) -> None:
    """Nor does a dry run."""
    (page,) = (page for page in PAGES if page.name == name)
    provoke(stage, name, page.cases[0])
    for block in page.blocks(page.cases[0]):
        if block.section != DO:
            stage.play(block, strictly=False)
    assert stage.health(name).severity != HealthSeverity.OK


def test_every_check_has_a_page_and_every_page_a_check(scratch: Connection) -> None:
    names = [check.name for check in bookingdb.health_checks(scratch)]
    assert sorted(names) == sorted(page.name for page in PAGES)
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(\w+)\]", index, re.M) == names
    for page in PAGES:
        title = page.text.splitlines()[0].removeprefix("# ")
        assert f"| [{page.name}]({page.name.replace('_', '-')}.md) | {title} |" in index


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_form(page: Page) -> None:
    lines = page.text.splitlines()
    assert lines[0].startswith("# ")
    assert lines[2] == f"The alarm `{page.name}`."
    assert page.sections == SECTIONS
    assert len(lines) <= 80
    assert all(len(line) <= 120 for line in lines)
    for words in re.findall(r"`bookingdb ([a-z][a-z -]*)", page.text):
        assert any(f"{words} ".startswith(f"{command} ") for command in COMMANDS), words
