"""Doing what is due, here and now, the way a worker does it."""

from __future__ import annotations

from app.foundation import clock, duties
from tasks.queue import celery

ROUNDS = 20

celery.loader.import_default_modules()


def run_due() -> int:
    """Work on everything due until nothing is; how many pieces of work that was."""
    done = 0
    for _ in range(ROUNDS):
        waiting = duties.due(clock.now())
        if not waiting:
            failed = list(duties.rows().find({"state": "due", "error": {"$ne": None}}))
            assert not failed, failed
            return done
        for kind, duty in waiting:
            celery.tasks[kind].run(str(duty))
            done += 1
    raise AssertionError(f"still due after {ROUNDS} rounds: {duties.due(clock.now())}")
