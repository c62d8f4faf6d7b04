"""Figures that people enter, since no rule can compute them."""

from __future__ import annotations

from typing import Any, ClassVar

from bson import Decimal128
from mongoengine import Decimal128Field, IntField, StringField

from app.foundation import amounts
from app.foundation.entries import STANDING, Entry
from app.scoreboards.scoring import Value


class ScoreFigure(Entry):
    """What an entered item of a `board` is for a subject in a period, and from where that is known (`basis`).

    `score_firms` are those that it sums up, where it is of tax or statistics. The subject is a unit's code,
    or the id of a department or commissioner. `about` is `{board}:{item}:{period}:{subject}`.
    """

    board: str = StringField(required=True)
    score_item: str = StringField(required=True)
    score_period: str = StringField(required=True)
    score_subject: str = StringField(required=True)
    score_value: Decimal128 = Decimal128Field(required=True)
    score_firms: int | None = IntField(null=True, default=None)
    basis: str = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "score_figures"}


def figures_of(board: str, item: str, period: str) -> dict[str, Value]:
    """What stands entered, by subject."""
    query = {"board": board, "score_item": item, "score_period": period, **STANDING}
    return {
        row["score_subject"]: Value(
            value=amounts.read(row["score_value"]),
            firms=row.get("score_firms"),
            entry=row["_id"],
            links=(f"/scoreboards/{board}/figures?period={period}",),
        )
        for row in ScoreFigure.rows().find(query)
    }
