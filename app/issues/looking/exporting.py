"""Whole lists on their way out of the house: bounded, and written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.issues.looking import walking
from app.issues.looking.listing import UNSEEN, Listed
from app.people.who import Who

MOST_ROWS = 50_000
BATCH = 500


def export(who: Who, found: Listed, told: Mapping[str, Any], now: datetime) -> list[ObjectId]:
    """The ids of all rows of a list, in order, once it is written down that `who` takes them away.

    `told` says which list, how it was narrowed and in which form it goes. Raises Invalid for too many.
    """
    ids = found.ids(MOST_ROWS + 1)
    if len(ids) > MOST_ROWS:
        raise Invalid("export.too_many", most=MOST_ROWS)
    data = {**told, "rows": len(ids)}
    history.append("export", ObjectId(), "export", by=who.acting(), now=now, data=data)
    return ids


def batches(found: Listed, ids: Sequence[ObjectId]) -> Iterator[list[Row]]:
    """The rows with these ids, in order, some at a time."""
    for start in range(0, len(ids), BATCH):
        yield walking.by_id(found.rows, ids[start : start + BATCH], UNSEEN)
