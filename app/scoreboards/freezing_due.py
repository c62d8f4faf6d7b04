"""When periods are frozen, and owing it."""

from __future__ import annotations

from datetime import UTC, datetime, time

from bson import ObjectId

from app.foundation import days, duties
from app.foundation.district import pack
from app.scoreboards import periods
from app.scoreboards.periods import Period

KIND = "scoreboards.freeze"


def freezes_at(period: Period) -> datetime:
    """When the district's day of the month after the period begins."""
    day = days.months_later(days.month(period.last), 1).replace(day=pack().scoreboards.freeze_day)
    return datetime.combine(day, time(), pack().zone).astimezone(UTC)


def owe(board: str, period: Period, now: datetime) -> None:
    """Owe the freezing of a period, once. Joins the surrounding transaction."""
    duties.add(
        KIND,
        ObjectId(),
        now=now,
        due_at=freezes_at(period),
        key=f"{KIND}:{board}:{period.code}",
        payload={"board": board, "period": period.code},
    )


def owe_first(board: str, every: str, now: datetime) -> None:
    """Owe the freezing of the period that runs at `now`: what came before is nobody's."""
    owe(board, periods.holding(days.today(now), every), now)
