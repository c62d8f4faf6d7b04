"""Scores as they are frozen: all that explains them, and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.foundation import amounts
from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.scoreboards.scoring import Score, Scored, Value, Values
from app.scoreboards.template import Template

_NUMBERS = ("value", "numerator", "denominator", "last")
_PLAIN = ("sample", "firms", "withheld", "entry")
_LISTS = ("numerator_ids", "denominator_ids", "links")


def row_of(score: Score) -> Row:
    """The stored form, without whose it is."""
    return {
        "subject": score.subject,
        "total": _stored(score.total),
        "rank": score.rank,
        "excluded": score.why[0].params["reason"] if score.excluded else None,
        "why": [each.as_dict() for each in score.why],
        "items": [_item(each) for each in score.items],
    }


def score_of(row: Mapping[str, Any], template: Template) -> Score:
    """The score that was stored as `row` by this template."""
    items = []
    for each in row["items"]:
        item = template.item(each["code"])
        if item is None:
            raise KeyError(each["code"])
        steps = tuple(Reason(**step) for step in each["steps"])
        numbers = (amounts.read(each["normalised"]), amounts.read(each["points"]))
        items.append(Scored(item, _value(each), each["small"], *numbers, steps))
    return Score(
        row["subject"],
        amounts.read(row["total"]),
        row["rank"],
        tuple(items),
        row["excluded"] is not None,
        tuple(Reason(**each) for each in row["why"]),
    )


def values_of(scores: Iterable[Score]) -> Values:
    """The values that scores were made of."""
    return {score.subject: {each.item.code: each.value for each in score.items} for score in scores}


def _item(scored: Scored) -> Row:
    value = scored.value
    return {
        "code": scored.item.code,
        **{name: _stored(getattr(value, name)) for name in _NUMBERS},
        **{name: getattr(value, name) for name in _PLAIN},
        **{name: list(getattr(value, name)) for name in _LISTS},
        "small": scored.small,
        "normalised": _stored(scored.normalised),
        "points": _stored(scored.points),
        "steps": [each.as_dict() for each in scored.steps],
    }


def _value(row: Mapping[str, Any]) -> Value:
    numbers: Row = {name: amounts.read(row[name]) for name in _NUMBERS}
    lists: Row = {name: tuple(row[name]) for name in _LISTS}
    return Value(**numbers, **{name: row[name] for name in _PLAIN}, **lists)


def _stored(value: Decimal | None) -> Any:
    return None if value is None else amounts.stored(value)
