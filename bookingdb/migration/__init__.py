"""Deploy the schema: one set of SQL scripts for Sqitch, yoyo and Python."""

from bookingdb.migration.errors import (
    HistoryDiffers,
    LockLeft,
    MigrationError,
    MissingExtension,
    MissingPrivilege,
    NotRecorded,
    OtherTool,
    PlanError,
    ScriptFailed,
    ServerTooOld,
    ServerUnreachable,
)
from bookingdb.migration.history import Lock
from bookingdb.migration.plan import Change
from bookingdb.migration.project import schema_folder
from bookingdb.migration.runner import break_lock, migrate, rollback, status
from bookingdb.migration.step import yoyo_change

__all__ = [
    "Change",
    "HistoryDiffers",
    "Lock",
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
    "break_lock",
    "migrate",
    "rollback",
    "schema_folder",
    "status",
    "yoyo_change",
]
