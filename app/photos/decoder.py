"""Having pictures decoded by a child process with limits, so that no file can take a worker with it.

One child a process, started by the first job and kept, since starting one costs more than a photo. It is
replaced when it dies, takes too long, or has done enough that what it leaked may count.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from app.foundation.children import ROOT, harmless_environment
from app.foundation.errors import Invalid
from app.photos.caption import Caption

log = structlog.get_logger(__name__)

MEMORY_BYTES = 1_200_000_000  # of address space: a PNG of 100 megapixels fits, twice that does not
SECONDS = 20.0  # well within one lease
JOBS_A_CHILD = 500
LONGEST_LINE = 1 << 20
LONGEST_BLOB = 16 << 20
_MOMENTS = ("taken_at", "original_at", "gps_at")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a picture holds: see `exif.Exif` and `renditions.Renditions`; `exif` in its stored form."""

    sha256: str
    exif: dict[str, Any]
    width: int
    height: int
    thumb: bytes
    view: bytes
    grid: bytes


class _Gone(Exception):
    """The child died, or said something that is no answer."""


class _Slow(Exception):
    """The child took too long."""


class Decoder:
    """Safe to use from several threads; one job at a time. Limits are bytes and seconds."""

    def __init__(self, memory: int = MEMORY_BYTES, seconds: float = SECONDS) -> None:
        self._memory, self._seconds = memory, seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._jobs = 0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The running child's."""
        return self._child.pid if self._child else None

    def process(self, path: Path) -> Decoded:
        """EXIF, renditions and what else is known from one decode.

        Raises Invalid with `photo.undecodable`, or `photo.too_demanding` when it takes more memory or
        time than allowed.
        """
        told, blobs = self._ask({"path": str(path)})
        exif = dict(told["exif"])
        for name in _MOMENTS:
            exif[name] = datetime.fromisoformat(exif[name]) if exif[name] else None
        return Decoded(
            told["sha256"], exif, int(told["width"]), int(told["height"]), **_picked(blobs)
        )

    def share(self, path: Path, caption: Caption) -> bytes:
        """The picture with its caption burned in. Raises as `process`."""
        return self._ask({"path": str(path), "caption": asdict(caption)})[1]["share"]

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._stop()

    def _ask(self, job: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        with self._lock:
            try:
                told, blobs = self._twice(job)
            except (_Gone, _Slow) as error:
                log.warning("decoding_ended", reason=type(error).__name__, path=job["path"])
                raise Invalid("photo.too_demanding") from error
        if "error" in told:
            raise Invalid(str(told["error"]))
        return told, blobs

    def _twice(self, job: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """A child that died may have been killed for what it did before: the next one is asked once more."""
        try:
            return self._once(job)
        except _Gone:
            return self._once(job)

    def _once(self, job: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        child = self._running()
        try:
            answer = _exchange(child, json.dumps(job).encode() + b"\n", self._seconds)
        except BaseException:
            self._stop()  # half an answer in the pipe would be taken for the next one's
            raise
        self._jobs += 1
        if self._jobs >= JOBS_A_CHILD or answer[0].get("error") == "photo.too_demanding":
            self._stop()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app.photos.decode", str(self._memory)],
            cwd=ROOT,
            env={**harmless_environment(), "MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        return self._child

    def _stop(self) -> None:
        child, self._child, self._jobs = self._child, None, 0
        if child is None:
            return
        child.kill()
        child.wait()
        _close(child)


@lru_cache(maxsize=1)
def shared() -> Decoder:
    """This process's decoder; its child ends with the process."""
    decoder = Decoder()
    atexit.register(decoder.close)
    return decoder


def _forked() -> None:
    """The child is our parent's: its pipes must not stay open in us, or it would outlive its owner."""
    if shared.cache_info().currsize:
        if child := shared()._child:
            _close(child)
        shared.cache_clear()


os.register_at_fork(after_in_child=_forked)


def _exchange(
    child: subprocess.Popen[bytes], job: bytes, seconds: float
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Send a job and read its answer. Raises _Gone or _Slow."""
    if child.stdin is None or child.stdout is None:
        raise _Gone
    try:
        os.write(child.stdin.fileno(), job)  # shorter than a pipe holds
    except OSError as error:
        raise _Gone from error
    reader = _Reader(child.stdout.fileno(), time.monotonic() + seconds)
    try:
        told = json.loads(reader.line())
        blobs = {name: reader.exactly(size) for name, size in told.pop("blobs").items()}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _Gone from error
    return told, blobs


class _Reader:
    """Reads a pipe until a deadline."""

    def __init__(self, descriptor: int, deadline: float) -> None:
        self._descriptor, self._deadline = descriptor, deadline
        self._have = b""
        self._waiting = select.poll()
        self._waiting.register(descriptor, select.POLLIN)

    def line(self) -> bytes:
        while b"\n" not in self._have:
            if len(self._have) > LONGEST_LINE:
                raise _Gone
            self._have += self._more()
        line, _, self._have = self._have.partition(b"\n")
        return line

    def exactly(self, size: int) -> bytes:
        if not 0 <= size <= LONGEST_BLOB:
            raise _Gone
        pieces, missing = [self._have], size - len(self._have)
        while missing > 0:
            pieces.append(self._more())
            missing -= len(pieces[-1])
        whole = b"".join(pieces)
        self._have = whole[size:]
        return whole[:size]

    def _more(self) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0 or not self._waiting.poll(left * 1000):
            raise _Slow
        piece = os.read(self._descriptor, 1 << 20)
        if not piece:
            raise _Gone
        return piece


def _picked(blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: blobs[name] for name in ("thumb", "view", "grid")}


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
