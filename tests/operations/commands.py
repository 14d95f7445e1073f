"""The commands of docs/backup.md, run as the server's account, as they stand there."""

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bookingdb.embedded.account import Account, choose_account
from bookingdb.embedded.binaries import find_bindir, make_runnable

__all__ = ["Operator", "at_work"]

PAGE = Path(__file__).parents[2] / "docs" / "backup.md"
PROGRAMS = ("initdb", "postgres", "pg_basebackup", "pg_controldata", "pg_ctl", "pg_dump",
            "pg_dumpall", "pg_resetwal", "pg_restore", "pg_upgrade", "psql",
            "vacuumdb")  # fmt: skip


@dataclass(frozen=True)
class Operator:
    """Somebody with the server's account, the newest programs and a folder of their own."""

    account: Account
    bindir: Path
    folder: Path

    def make(self, name: str) -> Path:
        """A new folder in theirs."""
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        self.account.give(folder)
        return folder

    def follow(
        self, heading: str, number: int, *, bindir: Path | None = None, **values: object
    ) -> str:
        """Run the NUMBERth block below a heading; what it says, when it went well."""
        _, _, section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
        blocks = re.findall(r"^```sh\n(.*?)^```$", section.partition("\n## ")[0], re.M | re.S)
        values["PATH"] = f"{bindir or self.bindir}:/usr/bin:/bin"
        settings = "".join(f"export {k}={shlex.quote(str(v))}\n" for k, v in values.items())
        done = self.account.run("/bin/sh", "-euc", settings + blocks[number])
        assert done.returncode == 0, done.stdout
        return done.stdout


@contextmanager
def at_work() -> Iterator[Operator]:
    """An operator, whose folder is removed in the end."""
    account = choose_account(None)
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    account.give(folder)
    try:
        yield Operator(account, make_runnable(find_bindir(), account, folder, PROGRAMS), folder)
    finally:
        shutil.rmtree(folder)
