"""Which processes of this machine are ours, asked of /proc.

Everything that `deploy.run` starts carries `STEWARD_RUN=<its VAR folder>` in its environment, and
so do the children of those. That mark, not a pid that may belong to somebody else by now, is what
lets a later run end what an earlier one left behind. Standard library only: `make doctor` works
before anything is installed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import time
from collections.abc import Iterable
from pathlib import Path

MARK = "STEWARD_RUN"
_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process `number` when its parent ends (Linux only)."""
    if hasattr(os, "pidfd_open"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def leashed(command: Iterable[str], signame: str) -> list[str]:
    """The command, wrapped to get `signame` when its parent dies; unchanged without setpriv."""
    setpriv = shutil.which("setpriv")
    return [*([setpriv, "--pdeathsig", signame] if setpriv else []), *command]


def command_line(pid: int) -> str:
    """What the process was started with, arguments joined by blanks; empty when it is gone."""
    return " ".join(_strings(pid, "cmdline")).strip()


def alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def marked(var: Path) -> list[int]:
    """Pids of living processes, this one aside, that a run on the folder `var` started."""
    wanted = f"{MARK}={var}"
    return [
        pid
        for pid in _pids()
        if pid != os.getpid() and wanted in _strings(pid, "environ") and alive(pid)
    ]


def end(pids: Iterable[int], grace_seconds: float) -> None:
    """Ask the processes to stop and kill those that outlive the grace. Returns once none lives."""
    waiting = [pid for pid in pids if _send(pid, signal.SIGTERM)]
    waiting = _outwait(waiting, grace_seconds)
    waiting = [pid for pid in waiting if _send(pid, signal.SIGKILL)]
    _outwait(waiting, 10)


def listener(port: int) -> str:
    """Who listens on a TCP port, as `pid N (command)`; empty when that cannot be seen."""
    inodes = {inode for table in ("tcp", "tcp6") for inode in _listening(table, port)}
    if not inodes:
        return ""
    for pid in _pids():
        if inodes & _open_files(pid):
            return f"pid {pid} ({command_line(pid)[:80]})"
    return ""


def _open_files(pid: int) -> set[str]:
    """What the process has open, as /proc names it; some may close while we look."""
    found: set[str] = set()
    with contextlib.suppress(OSError):
        for entry in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(os.readlink(entry))
    return found


def _listening(table: str, port: int) -> list[str]:
    """Socket inodes, as /proc/PID/fd names them, that listen on the port."""
    try:
        lines = (_PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return [
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port
    ]


def _pids() -> list[int]:
    try:
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    except OSError:
        return []


def _strings(pid: int, name: str) -> list[str]:
    try:
        raw = (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return []
    return raw.decode("utf-8", errors="replace").split("\0")


def _send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except OSError:
        return False
    return True


def _outwait(pids: list[int], seconds: float) -> list[int]:
    """Wait until the processes are gone; those that outlived the time are returned."""
    deadline = time.monotonic() + seconds
    while (pids := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return pids
