"""What can go wrong when the schema is deployed or taken away.

    RuntimeError
    └── MigrationError
        ├── PlanError           the plan, a script or a folder is not as it must be
        ├── ServerUnreachable   no connection, or one that cannot write
        ├── ServerTooOld        PostgreSQL before 15
        ├── MissingExtension    the server does not have btree_gist
        ├── MissingPrivilege    the login may not do what the scripts do
        ├── OtherTool           something else deployed this database
        ├── HistoryDiffers      the database and the plan tell different stories
        ├── LockLeft            another migration runs, or was killed
        ├── ScriptFailed        PostgreSQL refused a script
        └── NotRecorded         a change is in the database, but its record may not be

All but the last three are raised before anything is written. Every message says what is
wrong and what to do next.
"""

from datetime import datetime
from pathlib import Path

__all__ = [
    "HistoryDiffers",
    "LockLeft",
    "MigrationError",
    "MissingExtension",
    "MissingPrivilege",
    "NotRecorded",
    "OtherTool",
    "PlanError",
    "ScriptFailed",
    "ServerTooOld",
    "ServerUnreachable",
]


class MigrationError(RuntimeError):
    """The database was not migrated."""


class PlanError(MigrationError):
    """The plan, a script or a folder is missing or not as it must be."""


class ServerUnreachable(MigrationError):
    """No connection could be made with this DSN, or only one that cannot write."""


class ServerTooOld(MigrationError):
    """The server is older than PostgreSQL 15."""


class MissingExtension(MigrationError):
    """The server does not have an extension that the schema needs."""


class MissingPrivilege(MigrationError):
    """The login may not do everything that the scripts will do."""


class OtherTool(MigrationError):
    """The schema is there, but another tool deployed it."""


class HistoryDiffers(MigrationError):
    """The changes on record are not the first changes of the plan."""


class LockLeft(MigrationError):
    """The lock of the migrations is taken.

    Attributes:
        pid: process that took it, on the machine it ran on.
        since: when it took it (aware, UTC).
    """

    def __init__(self, message: str, *, pid: int, since: datetime) -> None:
        super().__init__(message)
        self.pid = pid
        self.since = since


class ScriptFailed(MigrationError):
    """PostgreSQL refused a script.

    Attributes:
        change: name of the change, as the plan has it.
        script: the file that failed.
        sqlstate: PostgreSQL's five characters; None when the connection was lost.
    """

    def __init__(self, message: str, *, change: str, script: Path, sqlstate: str | None) -> None:
        super().__init__(message)
        self.change = change
        self.script = script
        self.sqlstate = sqlstate


class NotRecorded(MigrationError):
    """The connection was lost between a script's commit and its record.

    Attributes:
        change: name of the change, as the plan has it.
    """

    def __init__(self, message: str, *, change: str) -> None:
        super().__init__(message)
        self.change = change
