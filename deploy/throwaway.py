"""Private servers for tests and benches: real ones, on free ports, gone without a trace afterwards.

A small guard process (this module run as a program) owns the servers and their folder. It cleans up
when whoever asked for them closes the pipe to it, which the kernel does even after SIGKILL; the
servers in turn die with the guard. What a killed guard left on disk goes when the next one starts.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy import ports, servers
from deploy.processes import leashed
from deploy.replicaset import initiate

_PREFIX = "steward-throwaway-"
_LOCK = "guard.lock"
_START_SECONDS = 30.0
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Servers:
    """Running servers: their URLs, their pids (for tests that kill them), their folder."""

    mongodb_uri: str
    redis_url: str
    mongod_pid: int
    valkey_pid: int
    guard_pid: int
    folder: Path


class ThrowawayError(RuntimeError):
    """The servers did not come up; the message holds what they said last."""


@contextmanager
def throwaway(database: str = servers.DATABASE) -> Iterator[Servers]:
    """A MongoDB replica set of one (failpoints allowed) and a Valkey, empty, for this block only.

    MONGODB_URI and REDIS_URL are never looked at: tests drop and flush what they are given.
    Raises ThrowawayError or servers.ServerNotFoundError.
    """
    servers.find(servers.MONGOD)
    servers.find(servers.VALKEY)
    guard = subprocess.Popen(
        [sys.executable, "-m", "deploy.throwaway"],
        cwd=servers.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert guard.stdin is not None  # noqa: S101 - a PIPE
    assert guard.stdout is not None  # noqa: S101 - a PIPE
    try:
        told = json.loads(guard.stdout.readline() or "{}")
        if "failed" in told or not told:
            raise ThrowawayError(told.get("failed", "the guard died"))
        initiate(told["mongod"])
        yield Servers(
            mongodb_uri=servers.mongodb_uri(told["mongod"], database),
            redis_url=servers.redis_url(told["valkey"]),
            mongod_pid=told["mongod_pid"],
            valkey_pid=told["valkey_pid"],
            guard_pid=guard.pid,
            folder=Path(told["folder"]),
        )
    finally:
        guard.stdin.close()
        guard.stdout.close()
        guard.wait()


def main() -> None:
    """Be the guard: start both, tell where they are as one JSON line, clean up at end of input."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = (folder / _LOCK).open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    running: list[subprocess.Popen[bytes]] = []
    try:
        print(json.dumps(_start(folder, running)), flush=True)
        while os.getppid() == parent:
            readable, _, _ = select.select([0], [], [], 0.5)
            if readable and not os.read(0, 1024):
                break
    finally:
        _clean_up(folder, lock, running)


def _start(folder: Path, running: list[subprocess.Popen[bytes]]) -> dict[str, object]:
    told: dict[str, object] = {"folder": str(folder)}
    for kind in (servers.MONGOD, servers.VALKEY):
        for _ in range(_ATTEMPTS):  # somebody may take the port between picking and listening
            port = ports.pick()
            process = _spawn(kind, port, folder)
            running.append(process)
            if _listens(process, port):
                told |= {kind.name: port, f"{kind.name}_pid": process.pid}
                break
        else:
            log = (folder / f"{kind.name}.log").read_text("utf-8", "replace")
            return {"failed": f"{kind.name} did not start: {log[-2000:]}"}
    return told


def _spawn(kind: servers.Kind, port: int, folder: Path) -> subprocess.Popen[bytes]:
    data = folder / kind.name
    data.mkdir(exist_ok=True)
    program = servers.find(kind)
    if kind is servers.MONGOD:
        command = servers.mongod_command(program, port, data)
        command += ["--setParameter", "enableTestCommands=1"]
    else:
        command = servers.valkey_command(program, port, data)
    with (folder / f"{kind.name}.log").open("ab") as log:
        return subprocess.Popen(
            leashed(command, "KILL"), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if servers.wait_for_port(port, 0.5):
            return process.poll() is None
    return False


def _clean_up(folder: Path, lock: IO[str], running: list[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in running:
        process.kill()
    for process in running:
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()


def _sweep() -> None:
    """Remove folders whose guard is gone: its lock went with it, the file perhaps too."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            age = time.time() - folder.stat().st_mtime
            with (folder / _LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if age > 60:  # else its guard may be just starting
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


if __name__ == "__main__":
    main()
