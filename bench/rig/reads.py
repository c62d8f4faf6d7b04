"""Reading over HTTP, one request after the other on a connection that is kept, and how long each took."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager

_STALLED_SECONDS = 120


class Reader:
    """One client. `read` insists on a success."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_STALLED_SECONDS)

    def read(self, path: str, token: str) -> tuple[float, bytes]:
        """Milliseconds until the answer was read, and its body. Raises RuntimeError for any but 200."""
        headers = {"Authorization": f"Bearer {token}"}
        begun = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body.decode(errors='replace')[:500]}")
        return took, body

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def reader(port: int) -> Iterator[Reader]:
    """A client for this block."""
    found = Reader(port)
    try:
        yield found
    finally:
        found.close()
