"""What must hold before a run may start; each refusal is one line that says what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import ports, processes

LOCK = "run.lock"
# MongoDB lays out 300 MB of journal and tables the first time and stops when a disk is full.
DISK_FLOOR = 300 * 1024 * 1024
FIRST_START = 300 * 1024 * 1024


class RefusedError(RuntimeError):
    """The run cannot start; the message is the one line a person needs."""


@contextmanager
def only_run(var: Path) -> Iterator[None]:
    """Hold the folder for this process. The kernel lets go with us, so the lock is never stale.

    Raises RefusedError when another run holds it or the folder cannot be written.
    """
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (var / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise RefusedError(f"the folder VAR cannot be used: {error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(
                f"{var} is in use by another run, {holder(var)}; "
                "stop that one, or give this one a folder of its own: VAR=… PORT=… make run"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def held(var: Path) -> bool:
    """Whether a living run holds the folder."""
    try:
        with (var / LOCK).open("r", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def holder(var: Path) -> str:
    """The run that holds the folder, as `pid N`."""
    try:
        return f"pid {int((var / LOCK).read_text(encoding='ascii'))}"
    except (OSError, ValueError):
        return "pid unknown"


def end_leftovers(var: Path, grace_seconds: float = 10) -> int:
    """End what an earlier run on this folder left behind; how many processes that was.

    Only under the lock: then whatever carries our mark belongs to no living run.
    """
    left = processes.marked(var)
    processes.end(left, grace_seconds)
    return len(left)


def address(host: str, port: int) -> None:
    """The API can listen there. Raises RefusedError."""
    error = ports.problem(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        who = processes.listener(port)
        raise RefusedError(
            f"port {port} is in use{f' by {who}' if who else ''}; "
            "stop that, or take another: PORT=8001 make run"
        )
    raise RefusedError(f"cannot listen on {host} port {port}: {error.strerror}")


def disk(var: Path, *, first: bool) -> None:
    """There is room for the databases, which take some more when made. Raises RefusedError."""
    needed = DISK_FLOOR + (FIRST_START if first else 0)
    free = shutil.disk_usage(var).free
    if free < needed:
        raise RefusedError(
            f"only {free // 1024**2} MB free where {var} lies, {needed // 1024**2} MB are needed; "
            "make room or set VAR to a folder on another disk"
        )


def data_folder(data: Path) -> None:
    """No MongoDB that is not ours works in the folder. Raises RefusedError."""
    try:
        pid = int((data / "mongod.lock").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    if processes.alive(pid) and str(data) in processes.command_line(pid):
        raise RefusedError(
            f"the data folder {data} is in use by pid {pid} "
            f"({processes.command_line(pid)[:80]}); stop that first"
        )
