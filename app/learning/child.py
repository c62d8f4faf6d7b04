"""Having a model trained by a child process with limits, so that no training takes a worker with it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import structlog

from app.foundation.children import ROOT, harmless_environment

log = structlog.get_logger(__name__)

PROGRAM = "app.routing.training"
# One core: people wait for the others. Each thread of the libraries would also take address space.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)
_TOLD = 500


class TrainingFailed(Exception):
    """No model was made; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of address space, and seconds; `loud` lets it tell how far it is."""

    memory: int = 4_000_000_000
    seconds: float = 3600.0
    loud: bool = False


def train(
    district: Path, labels: Path | None, out: Path, limits: Limits, program: str = PROGRAM
) -> None:
    """Write a model of a district pack's texts, and of labels as JSONL, to `out`. Raises TrainingFailed."""
    given = {
        "--out": out,
        "--texts": district / "training",
        "--categories": district / "categories.yaml",
        **({} if labels is None else {"--labels": labels}),
    }
    options = [str(each) for pair in given.items() for each in pair]
    command = [sys.executable, "-m", program, *options]
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=ROOT,
        env={**harmless_environment(), **_ONE_THREAD},
        stdin=subprocess.DEVNULL,
        stdout=None if limits.loud else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        _bind(child.pid, limits)
        try:
            _, said = child.communicate(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise TrainingFailed(f"not done within {limits.seconds:g} s") from None
        finally:
            _end(child)
    if child.returncode:
        last = said.decode("utf-8", "replace").strip()[-_TOLD:]
        log.warning("training_ended", code=child.returncode, said=last)
        why = last.rpartition("\n")[2] or "killed"
        raise TrainingFailed(f"exit {child.returncode}: {why}")
    if not out.is_file():
        raise TrainingFailed("it wrote no file")


def _bind(pid: int, limits: Limits) -> None:
    """Limits that hold even when nobody is there any more to watch the child."""
    cpu = ceil(limits.seconds)
    with suppress(ProcessLookupError):  # it has ended already
        resource.prlimit(pid, resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.prlimit(pid, resource.RLIMIT_CPU, (cpu, cpu))


def _end(child: subprocess.Popen[bytes]) -> None:
    """End it, with all that it has started itself."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
