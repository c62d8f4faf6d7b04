"""How gunicorn serves the API: two processes with eight threads each unless told otherwise.

Also for production: `gunicorn -c python:deploy.gunicorn_conf wsgi:app`.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Protocol

from prometheus_client.multiprocess import mark_process_dead

from deploy.processes import alive, die_with_parent


class _Worker(Protocol):
    pid: int


_host = os.environ.get("HOST") or "127.0.0.1"
_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")

_address = f"[{_host}]" if ":" in _host else _host

bind = f"{_address}:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WORKERS") or 2)
threads = int(os.environ.get("THREADS") or 8)
timeout = 60
graceful_timeout = 20
keepalive = 75
preload_app = False
control_socket_disable = True
# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def on_starting(server: object) -> None:
    """Make the folder of the shared metrics and drop what processes that are gone left in it."""
    if not _metrics:
        return
    Path(_metrics).mkdir(parents=True, exist_ok=True)
    for file in Path(_metrics).glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not alive(int(pid)):
            file.unlink(missing_ok=True)


def post_fork(server: object, worker: _Worker) -> None:
    """A worker ends with its master, even after SIGKILL, so that the next master can bind."""
    die_with_parent()


def post_worker_init(worker: _Worker) -> None:
    """What was loaded lives as long as the process: no search for garbage need walk it again."""
    gc.collect()
    gc.freeze()


def child_exit(server: object, worker: _Worker) -> None:
    """Live gauges of a worker that ended no longer count."""
    if _metrics:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
