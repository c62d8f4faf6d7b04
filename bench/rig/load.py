"""The load: keep-alive clients posting JSON as fast as they are answered, or at a steady pace.

One thread over raw sockets, in a process of its own (`python -m bench.rig.load`, a Load as JSON on
stdin, a Tally as JSON on stdout): it shares the cores with what is measured, so it does little.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENT_ID = "00000000-0000-4000-8000-000000000000"
_STALLED_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `body` anew each time, with a fresh UUID where it says CLIENT_ID.

    One client for each of `tokens`. `pace` is requests a second over all of them; None is as fast as
    they are answered.
    """

    port: int
    path: str
    body: str
    tokens: Sequence[str]
    seconds: float
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of it. `answered` is filled at a pace only: an answer's `id` to when it was read (Unix)."""

    seconds: float
    statuses: Mapping[str, int]
    answered: Mapping[str, float] = field(default_factory=dict)

    def rate(self) -> float:
        """Requests answered with 201 a second. Raises AssertionError when any had another answer."""
        assert set(self.statuses) == {"201"}, self.statuses
        return self.statuses["201"] / self.seconds


def drive(load: Load) -> Tally:
    """Send the load from a process of its own."""
    command = [sys.executable, "-m", "bench.rig.load"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(asdict(load)).encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return Tally(**json.loads(done.stdout))


class _Client:
    """One connection with at most one request under way."""

    def __init__(self, load: Load, token: str) -> None:
        head = (
            f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(load.body.encode())}\r\n\r\n"
        )
        before, _, after = load.body.partition(CLIENT_ID)
        self._before, self._after = (head + before).encode(), after.encode()
        self.socket = socket.create_connection(("127.0.0.1", load.port), _STALLED_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""

    def send(self) -> None:
        fresh = str(uuid.UUID(bytes=os.urandom(16), version=4)).encode()
        self.socket.sendall(self._before + fresh + self._after)

    def receive(self) -> tuple[str, bytes] | None:
        """Status and body once the answer is whole. Raises ConnectionError when it never will be."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self._got += piece
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _content_length(head):
            return None
        self._got = b""
        return head[9:12].decode(), body


def _content_length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def _run(load: Load) -> Tally:
    statuses: Counter[str] = Counter()
    answered: dict[str, float] = {}
    idle: deque[_Client] = deque()
    with selectors.DefaultSelector() as waiting:
        for token in load.tokens:
            client = _Client(load, token)
            waiting.register(client.socket, selectors.EVENT_READ, client)
            idle.append(client)
        started = time.perf_counter()
        sent = 0
        while (now := time.perf_counter() - started) < load.seconds or len(idle) < len(load.tokens):
            while idle and now < load.seconds and (not load.pace or sent <= now * load.pace):
                idle.popleft().send()
                sent += 1
            for key, _ in waiting.select(_pause(load, sent, now, bool(idle))):
                client = key.data
                if (answer := client.receive()) is None:
                    continue
                statuses[answer[0]] += 1
                idle.append(client)
                if load.pace:
                    answered[json.loads(answer[1])["id"]] = time.time()
    return Tally(now, dict(statuses), answered)


def _pause(load: Load, sent: int, now: float, free: bool) -> float:
    """How long to wait for answers: at a pace, until the next request is to go."""
    if not load.pace or not free or now >= load.seconds:
        return _STALLED_SECONDS
    return max(0.0, min(sent / load.pace, load.seconds) - now)


def main() -> None:
    """Read a Load, send it, print the Tally."""
    told: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(_run(Load(**told))), sys.stdout)


if __name__ == "__main__":
    main()
