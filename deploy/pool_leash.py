"""Included by the Celery worker: its pool processes end with it, even after SIGKILL.

Without this a pool process whose parent was killed finishes its task unseen and then waits for ever
on a pipe that its sibling keeps open.
"""

from __future__ import annotations

from celery.signals import worker_process_init

from deploy.processes import die_with_parent


@worker_process_init.connect
def _leash(**_: object) -> None:
    die_with_parent()
