"""Where servers of tests keep their files: in memory where there is plenty, for syncing costs less there.

What a killed server had written to its files is as safe there as on a disk; only a machine that goes
down loses it, which no test tries.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

FOLDER = Path("/dev/shm")
# A MongoDB begins with 300 MB and its log of operations grows to 512 more; trips start one each.
EACH = 2 * 1024**3


@contextmanager
def for_files() -> Iterator[None]:
    """Within this, processes that are started make their temporary files in memory, if there is room."""
    if not _plenty():
        yield
        return
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(FOLDER)
    try:
        yield
    finally:
        del os.environ["TMPDIR"]
        if before is not None:
            os.environ["TMPDIR"] = before


def _plenty() -> bool:
    """Enough for all processes of this run."""
    if not os.access(FOLDER, os.W_OK):
        return False
    needed = EACH * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)
    return min(shutil.disk_usage(FOLDER).free, psutil.virtual_memory().available) >= needed
