"""Making an action fail after each of its writes in turn, on a real server: nothing may change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pymongo.errors import OperationFailure

from app.foundation import clock, duties
from app.foundation.duties import Duty
from tests.foundation.failing import UNKNOWN_ERROR, dump, failing_after
from tests.support.phone import Phone

# What an action does, and whether it worked.
Act = Callable[[], bool]
MOST_WRITES = 20


def post(phone: Phone, path: str, body: Any = None, **headers: str) -> Act:
    return lambda: worked(phone.post(path, body, **headers).status_code)


def worked(status: int) -> bool:
    assert status in (200, 201, 204, 500), status
    return status < 300


def duty_done(kind: str, work: Callable[[Duty], None]) -> Act:
    """A worker that claimed the duty does it."""
    row = duties.rows().find_one({"kind": kind, "state": "due"})
    claimed = duties.claim(row["_id"], now=clock.now(), lease=timedelta(seconds=60))
    assert claimed is not None

    return done(lambda: work(claimed))


def done(work: Callable[[], object]) -> Act:
    """Something of the domain, and whether the database let it through."""

    def act() -> bool:
        try:
            work()
        except OperationFailure as error:
            if error.code != UNKNOWN_ERROR:
                raise
            return False
        return True

    return act


def due_now(kind: str) -> None:
    """What waits for its time is due by now."""
    past = clock.now() - timedelta(seconds=1)
    duties.rows().update_many({"kind": kind}, {"$set": {"next_at": past}})


def fails_whole(act: Act, least: int, hinted: list[str]) -> None:
    """`least` is how many writes the action makes at least, its commit among them."""
    before = dump()
    hinted.clear()
    for writes in range(MOST_WRITES):
        with failing_after(writes):
            ended = act()
        if ended:
            break
        assert dump() == before, f"after {writes} writes"
        assert hinted == []
    assert ended
    assert writes >= least
    assert dump() != before
