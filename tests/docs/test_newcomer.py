"""tools/newcomer.sh types what the tutorial says; it takes minutes, and is run by hand."""

import re
import subprocess

import pytest

from tests.docs.snippets import ROOT

SCRIPT = (ROOT / "tools/newcomer.sh").read_text(encoding="utf-8")
TUTORIAL = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "typed",
    [
        "python3 -m venv .venv",
        ". .venv/bin/activate",
        "pip install .*'.[cli]'",
        "bookingdb up shop-data",
        "export BOOKINGDB_DSN=",
        "bookingdb psql",
    ],
)
def test_what_the_tutorial_says(typed: str) -> None:
    assert re.search(typed.replace("'.[", r"'\.\["), SCRIPT)
    assert typed.replace(".*", "") in TUTORIAL


def test_it_ends_with_a_booking() -> None:
    blocks = re.findall(r"^```sql\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)[:3]
    assert "create_business" in blocks[0]
    assert "create_booking_safe" in blocks[2]
    subprocess.run(["bash", "-n", ROOT / "tools/newcomer.sh"], check=True)
