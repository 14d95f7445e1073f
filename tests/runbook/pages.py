"""The pages of the runbook: their form, and the commands that they show."""

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FOLDER", "SECTIONS", "Block", "Page", "pages"]

FOLDER = Path(__file__).parent.parent.parent / "docs" / "runbook"
SECTIONS = [
    "What it means", "How to look", "What to do", "How to know that it is over",
    "How to prevent it",
]  # fmt: skip
LOOK, DO = SECTIONS[1:3]


@dataclass(frozen=True)
class Block:
    """Commands between fences, below a heading, and perhaps below one of a case."""

    section: str
    case: str
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    name: str
    text: str

    @property
    def sections(self) -> list[str]:
        return re.findall(r"^## (.*)$", self.text, re.M)

    @property
    def cases(self) -> list[str]:
        """What can be the matter; one without a name where it is always the same."""
        return re.findall(r"^### (.*)$", self.text, re.M) or [""]

    def blocks(self, case: str) -> list[Block]:
        """Those that are to be run in a case, as they stand there."""
        found, section, below = [], "", ""
        pattern = r"^## (.*)$|^### (.*)$|^```(\w+)\n(.*?)^```$"
        for heading, subheading, language, text in re.findall(pattern, self.text, re.M | re.S):
            if heading:
                section, below = heading, ""
            elif subheading:
                below = subheading
            elif below in ("", case):
                found.append(Block(section, below, language, text))
        return found


def pages() -> list[Page]:
    paths = sorted(p for p in FOLDER.glob("*.md") if p.name != "README.md")
    return [Page(p.stem.replace("-", "_"), p.read_text(encoding="utf-8")) for p in paths]
