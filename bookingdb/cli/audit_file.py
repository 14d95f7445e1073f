"""A file of the audit log: gzip JSON Lines, a row a line, complete or not there at all."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bookingdb import InvalidArgument, differing_changes
from bookingdb.cli.failures import CommandError

__all__ = ["Content", "finished_file", "read_back", "write_rows"]

BATCH = 500
DAMAGED = "58030"  # io_error
LINES = """
select (to_jsonb(l) - 'xid')::text
  from bookingdb.booking_audit_log l
 where l.created_at >= %s and l.created_at < %s
 order by l.business_id, l.booking_id, l.booking_version, l.created_at
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds."""

    row_count: int
    digest: bytes
    """SHA-256 over the hashes of its rows, in its order."""


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """A name to write to; it becomes `path` when the `with` block is done, and goes if it fails.

    Whoever is killed in between leaves a file `*.partial`. Raises CommandError when there is a
    file of either name.
    """
    partial = path.with_name(path.name + ".partial")
    for name in (path, partial):
        if name.exists():
            raise CommandError(
                "58P02", f"There is a file {name} already", hint="Remove it, or name another."
            )
    try:
        yield partial
        os.rename(partial, path)
    except OSError as error:
        raise CommandError(DAMAGED, f"{path.name} cannot be written", detail=str(error)) from error
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_rows(
    conn: psycopg.Connection[Any],
    path: Path,
    first: datetime,
    before: datetime,
    advance: Callable[[int], object],
) -> int:
    """Write the rows from `first` to before `before`; how many. They are on the disk then."""
    count = 0
    conn.execute("set local timezone = 'UTC'")
    conn.execute("set local bytea_output = 'hex'")
    with path.open("xb") as file, conn.cursor("audit_export") as cursor:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
            cursor.itersize = BATCH
            for (line,) in cursor.execute(LINES, [first, before]):
                packed.write(line.encode() + b"\n")
                count += 1
                advance(1)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):  # so that it is read from the disk
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return count


def read_back(
    conn: psycopg.Connection[Any], path: Path, expected: int, advance: Callable[[int], object]
) -> Content:
    """Compare each line of a file with the row that is stored.

    Raises CommandError for a file that cannot be read to its end, that differs, or that has not
    the expected number of rows.
    """
    digest = hashlib.sha256()
    count = 0
    try:
        with gzip.open(path, "rb") as file:
            while lines := list(islice(file, BATCH)):
                rows = [json.loads(line) for line in lines]
                for place in differing_changes(conn, rows):
                    raise _damaged(path, f"Line {count + place} is not what is stored.")
                for row in rows:
                    digest.update(bytes.fromhex(row["hash"].removeprefix("\\x")))
                count += len(rows)
                advance(len(rows))
    except (OSError, EOFError, zlib.error, ValueError, LookupError, InvalidArgument) as error:
        raise _damaged(path, str(error)) from error
    if count != expected:
        raise _damaged(path, f"It has {count} rows, not {expected}.")
    return Content(count, digest.digest())


def _damaged(path: Path, detail: str) -> CommandError:
    return CommandError(
        DAMAGED,
        f"{path.name} does not hold what was exported",
        detail=detail,
        hint="Look after the disk, and run the command again.",
    )
