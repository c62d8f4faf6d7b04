"""Numbers for people, such as JY20261124-0007: unique within a day, rising, gaps allowed.

A process takes a block at a time, outside any transaction that is under way: a counter inside one would make
all who open issues wait for each other, and give the same block again when it fails.
"""

from __future__ import annotations

import threading
from contextvars import Context
from datetime import datetime

from pymongo import ReturnDocument

from app.foundation import db
from app.foundation.district import local, pack

BLOCK = 20

_lock = threading.Lock()
_blocks: dict[str, range] = {}


def next_number(now: datetime) -> str:
    """The next number of the district's day. One that is not used in the end is left out."""
    day = f"{local(now):%Y%m%d}"
    with _lock:
        left = _blocks.get(day) or Context().run(_take_block, day)
        _blocks.clear()
        _blocks[day] = left[1:]
    return f"{pack().number_prefix}{day}-{left[0]:04d}"


def forget() -> None:
    """Drop the block at hand, for a process that changes to another database."""
    with _lock:
        _blocks.clear()


def _take_block(day: str) -> range:
    row = db.database().counters.find_one_and_update(
        {"_id": f"issue:{day}"},
        {"$inc": {"last": BLOCK}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    assert row is not None  # noqa: S101  # an upsert that returns what it left
    return range(row["last"] - BLOCK + 1, row["last"] + 1)
