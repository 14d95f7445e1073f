"""Where a page is played: a database in trouble, and who runs the commands that the page shows."""

import re
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from typer.testing import CliRunner

from bookingdb import HealthCheck
from bookingdb.cli.app import app
from tests.cli.dispatcher import dispatch
from tests.health.conftest import check, shift_clock
from tests.recovery.steps import Connection
from tests.runbook.pages import Block
from tests.support import Database

__all__ = ["Stage"]


@dataclass
class Stage:
    database: Database
    conn: Connection
    stack: ExitStack
    names: dict[str, str] = field(default_factory=dict)
    """What stands in the commands for what the one on call has found."""
    settle: Callable[[], object] = lambda: None
    """Waits for those who go on by themselves when the trouble is over."""

    def health(self, name: str) -> HealthCheck:
        return check(self.conn, name)

    def play(self, block: Block, *, strictly: bool) -> None:
        """Run the commands; `strictly`: none may say that something is wrong."""
        text = block.text
        for name, value in self.names.items():
            text = re.sub(rf"\b{name}\b", value, text)
        if block.language == "sql":
            self.conn.execute(text.encode())
            return
        for line in text.splitlines():
            if stand_in := STAND_INS.get(line):
                stand_in(self)
            else:
                self.run(line, strictly=strictly)

    def run(self, line: str, *, strictly: bool = True) -> None:
        """Run a command of ours."""
        program, *arguments = shlex.split(line)
        assert program == "bookingdb", line
        env = {"BOOKINGDB_DSN": self.database.dsn, "COLUMNS": "200", "NO_COLOR": "1"}
        result = CliRunner().invoke(app, arguments, env=env, catch_exceptions=False)
        assert result.exit_code in ((0,) if strictly else (0, 1)) or arguments == ["health"], (
            f"{line}\n{result.output}"
        )


def _sends(stage: Stage) -> None:
    dispatch(stage.database)


STAND_INS: dict[str, Callable[[Stage], object]] = {  # what a test cannot do to this machine
    "systemctl status bookingdb-worker": lambda _: None,
    "systemctl restart bookingdb-worker": _sends,
    "bookingdb dispatch --once": _sends,
    "timedatectl": lambda _: None,
    "chronyc makestep": lambda stage: shift_clock(stage.conn, "0"),
}
