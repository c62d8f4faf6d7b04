"""Hints that never keep a request waiting: a thread of their own sends them, several at once."""

from __future__ import annotations

import queue
import threading
import time

import structlog

from tasks.queue import send_hints

log = structlog.get_logger(__name__)

MOST_WAITING = 1000
APART_SECONDS = 0.1

Hint = tuple[str, str]


class Hinter:
    """Sends what `hint` is given from a thread of its own, started by the first hint of the process.

    When the broker is slow or away, up to `most` hints wait; further ones are dropped, for the sweep
    finds every duty.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._waiting: queue.Queue[Hint] = queue.Queue(most)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def hint(self, kind: str, duty: str) -> None:
        """Have a worker told soon to look at this duty. Never blocks, never raises."""
        try:
            self._waiting.put_nowait((kind, duty))
        except queue.Full:
            log.warning("hint_dropped", kind=kind, duty=duty)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            send_hints([first, *self._others()])
            # What a busy moment brings meanwhile goes together; a quiet one waits for nothing.
            time.sleep(APART_SECONDS)

    def _others(self) -> list[Hint]:
        found: list[Hint] = []
        while len(found) < MOST_WAITING:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found
