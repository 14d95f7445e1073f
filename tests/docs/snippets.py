"""Runs the fenced blocks of a page in their order, as one story in one database and one folder.

    sql       psql reads it                   sh, js, php   a program of its own runs it
    python    in one namespace for the page   json, yaml    must be well-formed
    output    is compared, word for word, with what the block before it printed; … is anything.
              Where a line begins with ERROR:, the block before it must fail

A block with title="name" is a file: it is written to the folder, for the blocks after it.
"""

import contextlib
import io
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.support import require

__all__ = ["NOT_RUN", "ROOT", "Block", "Story", "blocks_of", "environment", "not_run"]

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```([\w-]*)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {
    "text": "formats, patterns and signatures: nothing that a machine could run",
    "mermaid": "pictures; the site draws them, and tests/docs/test_site.py looks",
    "cron": "a crontab; its command stands elsewhere too, and runs there",
}
NODE_MODULES = Path(__file__).parent / "node_modules"
PORTS = {"8000", "9000", "6432"}  # of the servers that readers start; free ones here


@dataclass(frozen=True)
class Block:
    """A fenced block and where it stands."""

    where: str
    language: str
    title: str | None
    text: str

    @property
    def expects_error(self) -> bool:
        return self.language == "output" and bool(re.search("^ERROR:", self.text, re.MULTILINE))


def blocks_of(page: str, text: str) -> list[Block]:
    """All fenced blocks of a page."""
    found = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        title = re.search(r'title="([^"]+)"', match[3])
        found.append(
            Block(f"{page}:{line}", match[2], title and title[1], textwrap.dedent(match[4]))
        )
    return found


def not_run(blocks: list[Block]) -> list[str]:
    """Where blocks stand that nothing runs and nothing excuses: of no known language, or files of
    which no later block speaks.
    """
    known = {*RUN, *NOT_RUN}
    return [
        one.where
        for number, one in enumerate(blocks, start=1)
        if (
            one.language not in known
            if one.title is None
            else not any(Path(one.title).stem in later.text for later in blocks[number:])
        )
    ]


def environment(dsn: str, bindir: Path) -> dict[str, str]:
    """What a reader has set: where the database is, by every name that is in use."""
    where = conninfo_to_dict(dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
    return {
        **os.environ,
        **{variable: str(where[key]) for key, variable in names.items()},
        "BOOKINGDB_DSN": dsn,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:{bindir}",
        "PYTHONPATH": str(ROOT),
    }


@dataclass
class Story:
    """What a reader has in hand while a page is read."""

    folder: Path
    bindir: Path
    env: dict[str, str]
    given: dict[str, str] = field(default_factory=dict)
    """Variables of psql: what a reader had from elsewhere."""
    replaced: dict[str, str] = field(default_factory=dict)
    """Words of the page, such as ports, and what stands for them here."""
    namespace: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    started: list[subprocess.Popen[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.namespace |= {"__name__": "page"}
        self.replaced = {port: str(_free_port()) for port in PORTS} | self.replaced

    def __enter__(self) -> "Story":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            process.wait(60)

    def tell_all(self, blocks: Iterable[Block]) -> None:
        """Do what the blocks say, one after the other."""
        for block, then in itertools.pairwise([*blocks, None]):
            if block is not None and then is not None and then.expects_error:
                with contextlib.suppress(AssertionError):
                    self.tell(block)
                    raise RuntimeError(f"{block.where} should have failed")
            elif block is not None:
                self.tell(block)

    def tell(self, block: Block) -> None:
        """Do what the block says; AssertionError where it does not work."""
        text = block.text
        for word, value in self.replaced.items():
            text = re.sub(rf"(?<![\w.]){re.escape(word)}(?!\w)", lambda _: value, text)  # noqa: B023
        if block.title:
            (self.folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / block.title).write_text(text, encoding="utf-8")
        elif block.language in RUN:
            try:
                RUN[block.language](self, text)
            except Exception as error:
                raise AssertionError(f"{block.where}: {error}\n{self.printed}") from error

    def sql(self, text: str) -> None:
        psql = [self.bindir / "psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
        variables = [f"--set={name}={value}" for name, value in self.given.items()]
        self._run([*psql, *variables], text)

    def python(self, text: str) -> None:
        printed = io.StringIO()
        before = dict(os.environ)
        os.environ.update(self.env)
        try:
            with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
                exec(compile(text, "page", "exec"), self.namespace)
        finally:
            os.environ.clear()
            os.environ.update(before)
            self.printed = printed.getvalue()

    def sh(self, text: str) -> None:
        if not text.startswith("bookingdb up "):  # tests/cli/test_up.py; here is a server already
            self._run(["bash", "-e", "-o", "pipefail"], text)

    def js(self, text: str) -> None:
        require(shutil.which("node") is not None and NODE_MODULES.exists(), "Node and npm ci")
        modules = self.folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(NODE_MODULES)
        self._run(["node", "--input-type=module"], text)

    def php(self, text: str) -> None:
        require(shutil.which("php") is not None, "PHP")
        self._run(["php"], text)

    def output(self, text: str) -> None:
        pattern = r"\s+".join(re.escape(word).replace("…", ".*?") for word in text.split())
        words = " ".join(self.printed.split())
        assert re.fullmatch(pattern, words, re.DOTALL), f"it shows\n{text}\nand there is"

    def _run(self, command: list[Any], text: str) -> None:
        log = self.folder / "printed.log"
        with log.open("w+", encoding="utf-8") as out:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.env, text=True, start_new_session=True,
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
            self.started.append(process)  # and with it what it leaves behind in the background
            process.communicate(text, timeout=120)
        self.printed = log.read_text(encoding="utf-8")
        assert process.returncode == 0, f"exit code {process.returncode}"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


RUN: dict[str, Callable[[Story, str], object]] = {
    "sql": Story.sql,
    "python": Story.python,
    "sh": Story.sh,
    "js": Story.js,
    "php": Story.php,
    "output": Story.output,
    "json": lambda _, text: json.loads(text),
    "yaml": lambda _, text: yaml.safe_load(text),
}
