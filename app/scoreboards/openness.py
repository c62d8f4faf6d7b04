"""Whether a period is open still, and what holds that against everybody who writes at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo.errors import DuplicateKeyError

from app.foundation.db import Row
from app.foundation.errors import Conflict, NotFound
from app.scoreboards import periods
from app.scoreboards.documents import FROZEN, OPEN, ScorePeriod
from app.scoreboards.periods import Period

UNTOUCHED = 0


def read(board: str, period: str) -> Row | None:
    """The period as it is stored; None while nothing was done to it."""
    row: Row | None = ScorePeriod.rows().find_one({"board": board, "period": period})
    return row


def version_of(row: Row | None) -> int:
    """How often it was written to."""
    return int(row["version"]) if row else UNTOUCHED


def touch(board: str, period: str) -> None:
    """Note that something of an open period changes: whoever reckoned with it before has to look again.

    Joins the surrounding transaction. Raises Conflict for a frozen one, or when somebody was faster.
    """
    _write(board, period, read(board, period), {"state": OPEN})


def close(board: str, period: str, seen: int, frozen: Mapping[str, Any]) -> None:
    """Freeze it, if nothing was done to it since it was at version `seen`.

    Joins the surrounding transaction. Raises like `touch`.
    """
    row = read(board, period)
    check_open(row)
    if version_of(row) != seen:
        raise Conflict("changed_meanwhile")
    _write(board, period, row, {**frozen, "state": FROZEN})


def check_open(row: Row | None) -> None:
    """Raise Conflict for a period that is frozen."""
    if row is not None and row["state"] == FROZEN:
        raise Conflict("score.frozen")


def frozen(board: str, period: str) -> Row:
    """The period, which is frozen. Raises Conflict where it is not."""
    row = read(board, period)
    if row is None or row["state"] != FROZEN:
        raise Conflict("score.not_frozen")
    return row


def period_of(code: str, every: str) -> Period:
    """The period with this code. Raises NotFound for none, or for one of another length."""
    try:
        return periods.of(code, every)
    except ValueError:
        raise NotFound("not_found") from None


def _write(board: str, period: str, row: Row | None, values: Mapping[str, Any]) -> None:
    check_open(row)
    if row is None:
        try:
            ScorePeriod.insert_row(board=board, period=period, version=UNTOUCHED + 1, **values)
        except DuplicateKeyError:
            raise Conflict("changed_meanwhile") from None
        return
    guard = {"_id": row["_id"], "version": row["version"], "state": OPEN}
    update = {"$set": dict(values), "$inc": {"version": 1}}
    if not ScorePeriod.rows().update_one(guard, update).modified_count:
        raise Conflict("changed_meanwhile")
