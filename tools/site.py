"""Build the documentation as a site, from docs/ and what docs/ links to.

    python -m tools.site            build/site, without a single warning

The pages are taken to build/docs first, where the site gets what the repository need not keep: the
reference of the Python package and of the commands, the files outside of docs/ that a page links
to, and mermaid's script, for readers without the network.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from posixpath import relpath

from tools.site_reference import commands_page, python_page

__all__ = ["ROOT", "SITE", "stage"]

ROOT = Path(__file__).resolve().parent.parent
STAGED, SITE = ROOT / "build/docs", ROOT / "build/site"
MERMAID = ROOT / "tests/docs/node_modules/mermaid/dist/mermaid.min.js"
LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)")


def stage() -> None:
    """Fill build/docs."""
    shutil.rmtree(STAGED, ignore_errors=True)
    for file in sorted((ROOT / "docs").rglob("*")):
        if file.is_file():
            _take(file, STAGED / file.relative_to(ROOT / "docs"))
    reference = STAGED / "reference"
    reference.mkdir(exist_ok=True)
    (reference / "python.md").write_text(python_page(), encoding="utf-8")
    (reference / "commands.md").write_text(commands_page(), encoding="utf-8")
    (STAGED / "javascripts").mkdir()
    shutil.copy(MERMAID, STAGED / "javascripts")


def _take(source: Path, target: Path) -> None:
    """Copy a file; with a page all that it links to outside of docs/, each once."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix != ".md":
        shutil.copy(source, target)
        return
    target.touch()  # pages may link to each other

    def lead(match: re.Match[str]) -> str:
        linked = (source.parent / match[2]).resolve()
        home = _home(linked)
        if linked.is_file() and not linked.is_relative_to(ROOT / "docs"):
            _take(linked, home)
        return f"{match[1]}{relpath(home.as_posix(), target.parent.as_posix())}"

    target.write_text(LINK.sub(lead, source.read_text(encoding="utf-8")), encoding="utf-8")


def _home(linked: Path) -> Path:
    """Where a file is on the site: one of docs/ in its place, any other below `repository`."""
    if linked.is_dir() and (linked / "README.md").exists():
        linked /= "README.md"
    if linked.is_relative_to(ROOT / "docs"):
        return STAGED / linked.relative_to(ROOT / "docs")
    return STAGED / "repository" / linked.relative_to(ROOT)


def main() -> int:
    stage()
    program = Path(sys.executable).with_name("zensical")
    shutil.rmtree(SITE, ignore_errors=True)
    return subprocess.run(
        [program, "build", "--clean", "--strict"], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
