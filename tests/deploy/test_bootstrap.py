"""bootstrap.sh on machines that lack something, played with stand-ins on PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import servers

TOOLS = ("sh", "dirname", "id", "mktemp", "rm", "tail", "xargs", "env", "echo")


class Machine:
    """A folder with bootstrap.sh and a PATH of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bin = root / "bin"
        self.bin.mkdir()
        (root / "deploy").mkdir()
        shutil.copy(servers.ROOT / "deploy" / "bootstrap.sh", root / "deploy")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))

    def has(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def bootstrap(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        # A given MONGODB_URI keeps the real machine's libcurl4 out of it.
        return subprocess.run(
            ["sh", str(self.root / "deploy" / "bootstrap.sh"), *arguments],
            env={"PATH": str(self.bin), "MONGODB_URI": "given", **more},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


GOOD = "exit 0"
OLD = "exit 1"
NO_VENV = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.11-venv ;; esac'


def test_nothing_lacks_nothing_is_said(machine: Machine):
    machine.has("python3", GOOD)
    done = machine.bootstrap()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_made_venv_needs_no_system_python(machine: Machine):
    (machine.root / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("true"), machine.root / ".venv" / "bin" / "python")
    assert machine.bootstrap().returncode == 0


def test_an_old_python3_is_passed_over(machine: Machine):
    machine.has("python3", OLD)
    machine.has("python3.12", GOOD)
    assert machine.bootstrap("--python").stdout.strip() == str(machine.bin / "python3.12")


def test_python_names_the_one_to_prefer(machine: Machine):
    machine.has("python3", GOOD)
    machine.has("mine", GOOD)
    found = machine.bootstrap("--python", PYTHON=str(machine.bin / "mine")).stdout.strip()
    assert found == str(machine.bin / "mine")


def test_without_apt_the_one_line_to_type_is_printed(machine: Machine):
    machine.has("python3", NO_VENV)
    done = machine.bootstrap()
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[-1].strip() == ("sudo apt-get update && sudo apt-get install -y python3.11-venv")


@pytest.mark.skipif(os.getuid() != 0, reason="installs without sudo only as root")
def test_root_installs_it_and_says_so_in_one_line(machine: Machine):
    machine.has("python3", NO_VENV)
    machine.has(
        "apt-get", f'echo "$@" >> {machine.root}/apt; printf "#!/bin/sh\\n" > {machine.bin}/python3'
    )
    done = machine.bootstrap()
    assert done.returncode == 0, done.stderr
    assert done.stderr == "steward: installing python3.11-venv\n"
    assert "install --no-install-recommends python3.11-venv" in (machine.root / "apt").read_text()


@pytest.mark.skipif(os.getuid() != 0, reason="installs without sudo only as root")
def test_stale_package_lists_are_fetched_anew(machine: Machine):
    machine.has("python3", NO_VENV)
    fetched = machine.root / "fetched"
    machine.has(
        "apt-get",
        f'case "$*" in *update*) : > {fetched}; exit 0 ;; esac\n'
        f"[ -e {fetched} ] || exit 100\n"
        f'printf "#!/bin/sh\\n" > {machine.bin}/python3',
    )
    assert machine.bootstrap().returncode == 0
    assert fetched.exists()
