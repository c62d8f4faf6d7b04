"""Ports for the private servers: kept from run to run, picked anew when something else took one."""

from __future__ import annotations

import errno
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

# Below the kernel's ephemeral ports: a client that keeps calling a server which is down could
# otherwise be given the server's own port and hold it.
_RANGE = range(20000, 30000)


def problem(host: str, port: int) -> OSError | None:
    """Why a server could not listen there; None when it could."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # Two sockets may be bound with SO_REUSEADDR; only one may listen.
            probe.listen(1)
    except OSError as error:
        return error
    return None


def free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    return problem(host, port) is None


def pick(taken: Iterable[int] = ()) -> int:
    """A free loopback port outside the kernel's ephemeral range, none of `taken`.

    Raises OSError when every one is in use.
    """
    avoid = set(taken)
    for port in random.sample(_RANGE, len(_RANGE)):
        if port not in avoid and free(port):
            return port
    raise OSError(errno.EADDRINUSE, f"no free port from {_RANGE.start} to {_RANGE.stop - 1}")


def keep(path: Path, names: Iterable[str]) -> dict[str, int]:
    """One free port for each name, those of last time where they are free; written to `path`."""
    before = _read(path)
    chosen: dict[str, int] = {}
    for name in names:
        port = before.get(name, 0)
        usable = port > 0 and port not in chosen.values() and free(port)
        chosen[name] = port if usable else pick(chosen.values())
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(before | chosen), encoding="ascii")
    draft.replace(path)
    return chosen


def _read(path: Path) -> dict[str, int]:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {k: v for k, v in content.items() if isinstance(v, int) and 0 < v < 65536}
