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
from dataclasses import dataclass
from pathlib import Path
from posixpath import relpath

from tools.site_reference import commands_page, python_page

__all__ = ["build"]

ROOT = Path(__file__).resolve().parent.parent
MERMAID = ROOT / "tests/docs/node_modules/mermaid/dist/mermaid.min.js"
LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)")


def build(docs: Path, folder: Path) -> int:
    """Make `folder`/site of the pages in `docs`; an exit code."""
    staged = folder / "docs"
    for old in (staged, folder / "site"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    try:
        _Stage(docs, staged).fill()
    except FileNotFoundError as error:
        print(f"{error.filename} is not there", file=sys.stderr)
        return 1
    shutil.copy(ROOT / "mkdocs.yml", folder)
    program = str(Path(sys.executable).with_name("zensical"))
    command = [program, "build", "--clean", "--strict", "--config-file", str(folder / "mkdocs.yml")]
    return subprocess.run(command, check=False).returncode


@dataclass(frozen=True)
class _Stage:
    """Pages on their way to the site."""

    docs: Path
    staged: Path

    def fill(self) -> None:
        for file in sorted(self.docs.rglob("*")):
            if file.is_file():
                self.take(file)
        reference, scripts = self.staged / "reference", self.staged / "javascripts"
        for made in (reference, scripts):
            made.mkdir(exist_ok=True)
        (reference / "python.md").write_text(python_page(), encoding="utf-8")
        (reference / "commands.md").write_text(commands_page(), encoding="utf-8")
        shutil.copy(MERMAID, scripts)

    def take(self, source: Path) -> Path:
        """Copy a file, and with a page all that it links to outside of docs/; where it is then.

        Raises FileNotFoundError for a link to a file that is not there.
        """
        target = self.home(source)
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix != ".md":
            shutil.copy(source, target)
            return target
        target.touch()  # pages link to each other

        def lead(match: re.Match[str]) -> str:
            linked = (source.parent / match[2]).resolve()
            if linked.is_dir() and (linked / "README.md").exists():
                linked /= "README.md"
            if linked.is_dir():
                return match[0]
            return f"{match[1]}{relpath(str(self.take(linked)), str(target.parent))}"

        target.write_text(LINK.sub(lead, source.read_text(encoding="utf-8")), encoding="utf-8")
        return target

    def home(self, file: Path) -> Path:
        """Where a file is on the site: one of docs/ in its place, any other below `repository`."""
        if file.is_relative_to(self.docs):
            return self.staged / file.relative_to(self.docs)
        return self.staged / "repository" / relpath(str(file), str(self.docs.parent))


if __name__ == "__main__":
    sys.exit(build(ROOT / "docs", ROOT / "build"))
