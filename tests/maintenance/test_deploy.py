"""What deploy/ holds is understood by the programs that it is for."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Cli
from tests.support import require

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
UNITS = sorted(path for kind in ("service", "timer") for path in DEPLOY.glob(f"*.{kind}"))
PROGRAM = "/opt/bookingdb/bin/bookingdb"


def commands() -> list[list[str]]:
    """What units and container run, without the program."""
    found = re.findall(rf"^ExecStart={PROGRAM} (.*)$", "\n".join(map(Path.read_text, UNITS)), re.M)
    image = CONTAINERFILE.read_text()
    assert f'ENTRYPOINT ["{PROGRAM}"]' in image
    return [line.split() for line in found] + [
        json.loads(line) for line in re.findall(r"^CMD (.*)$", image, re.M)
    ]


def test_they_run_commands_that_there_are() -> None:
    assert len(commands()) == 3
    for command in commands():
        assert Cli("").run(*command, "--help").stdout


def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze"), "systemd")
    for unit in UNITS:
        text = unit.read_text().replace(PROGRAM, sys.executable)
        (tmp_path / unit.name).write_text(text)
    assert faults_of(tmp_path) == ""
    unit = tmp_path / "bookingdb-worker.service"
    unit.write_text(unit.read_text().replace("Type=exec", "Type=exxec"))
    assert "Failed to parse service type" in faults_of(tmp_path)


def faults_of(folder: Path) -> str:
    command = ["systemd-analyze", "verify", "--recursive-errors=no", *map(str, folder.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_container_file_is_sound() -> None:
    program = Path(sys.executable).with_name("hadolint")
    subprocess.run([program, CONTAINERFILE], check=True)
